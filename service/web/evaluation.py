"""The yearly appraisal 年度考核 as its pages and doors show it."""

from typing import Any, Final

from flask import url_for

from config import evaluation as schemes
from config.evaluation import Scheme
from service.errors import NotFound
from service.queries.evaluation import ObjectionView, SchemeView, StoredView, YearView
from service.reports import evaluation as reports
from service.reports.evaluation import Sheet
from service.rules import access
from service.rules import evaluation as rules
from service.rules.evaluation import Appraisal, Line
from service.web import show
from service.web.door import actor, desk

YEARS: Final = range(1990, 2200)
STATE_TONES: Final = {"open": "warn", "upheld": "ok", "rejected": "plain"}


def check_year(year: int) -> None:
    """NotFound for a year nobody keeps figures of."""
    if year not in YEARS:
        raise NotFound("没有这一年")


def sheet(view: YearView) -> Sheet:
    """What goes on paper."""
    stored = view.stored
    return Sheet(
        yearly=view.yearly,
        units=view.units,
        stage=stored.stage if stored else None,
        revision=stored.revision if stored else 1,
        seal=stored.sha256 if stored else "",
        until=stored.objections_until if stored else None,
        reason=(stored.reason or "") if stored else "",
    )


def row(year: int, unit: Appraisal) -> dict[str, Any]:
    """One unit in the table of results."""
    return {
        "url": url_for("evaluation.unit", year=year, unit_id=unit.organisation),
        "name": unit.name,
        "total": reports.points_text(unit),
        "grade": unit.grade,
        "tone": "stop" if unit.is_vetoed else "plain",
        "working": unit.working,
        "vetoes": reports.vetoes(unit),
        "unscored": sum(each.score is None for each in unit.lines),
    }


def line(year: int, unit: Appraisal, each: Line) -> dict[str, Any]:
    """One indicator with its working; the figure opens its rows."""
    span = rules.period(year)
    opens = access.may(actor(), "metric.read", desk().policy.access)
    known = each.figure is not None and opens
    asked: dict[str, Any] = {
        "organisation": str(unit.organisation),
        "from": span.start_on.isoformat(),
        "to": span.end_on.isoformat(),
    }
    return {
        "code": each.code,
        "name": each.name,
        "weight": schemes.plain(each.weight),
        "rule": each.rule,
        "figure": reports.figure_text(each),
        "rows_url": url_for("figure.rows", metric_id=each.metric, **asked) if known else None,
        "said": reports.said(each),
        "score": "—" if each.score is None else str(each.score),
        "adjusted": bool(each.adjusted),
    }


def objection(each: ObjectionView) -> dict[str, Any]:
    """One objection, and what was answered."""
    zone = desk().zone
    points = "" if each.points is None else f"{each.points:+} 分"
    return {
        "id": str(each.id),
        "organisation": each.organisation,
        "unit_url": url_for("evaluation.unit", year=each.year, unit_id=each.organisation_id),
        "name": each.name,
        "words": each.words,
        "state_label": schemes.name(each.state),
        "state_tone": STATE_TONES[each.state.value],
        "points": points,
        "reason": each.reason or "",
        "raised_by": each.raised_by,
        "raised_text": show.moment(each.raised_at, zone),
        "decided_by": each.decided_by or "",
        "decided_text": show.moment(each.decided_at, zone) if each.decided_at else "",
        "decide_url": url_for("evaluation.decide", year=each.year, objection_id=each.id)
        if each.may_decide
        else None,
        "version": each.version,
    }


def edition(view: SchemeView) -> dict[str, Any]:
    """One edition of a scheme."""
    zone = desk().zone
    return {
        "id": str(view.id),
        "number": view.number,
        "drafted_by": view.drafted_by,
        "drafted_text": show.moment(view.drafted_at, zone),
        "published_by": view.published_by or "",
        "published_text": show.moment(view.published_at, zone) if view.published_at else "",
        "version": view.version,
        **scheme_words(view.scheme),
    }


def scheme_words(found: Scheme) -> dict[str, Any]:
    """A scheme in words."""
    return {
        "name": found.name,
        "kinds": schemes.kind_names(found.kinds),
        "objection_days": found.objection_days,
        "nothing_due": schemes.name(found.nothing_due),
        "least_weight": schemes.plain(found.least_weight),
        "grades": "；".join(
            f"{each.name} {schemes.plain(each.least)} 分起" for each in found.grades
        ),
        "vetoed": found.vetoed,
        "indicators": [
            {
                "name": each.name,
                "metric": each.metric,
                "weight": schemes.plain(each.weight),
                "rule": rules.rule_text(each),
                "basis": "、".join(f"{one.law}第{one.article}条" for one in each.basis),
            }
            for each in found.indicators
        ],
        "vetoes": [
            {"name": each.name, "metric": each.metric, "rule": rules.veto_text(each)}
            for each in found.vetoes
        ],
    }


def frozen(each: StoredView) -> dict[str, Any]:
    """One stored result in the list of them."""
    final = each.stage is schemes.Stage.FINAL
    return {
        "url": url_for(
            "evaluation.one", year=each.year, stage=each.stage.value, revision=each.revision
        ),
        "label": f"定稿第 {each.revision} 版" if final else "公示",
        "made_by": each.made_by,
        "made_text": show.moment(each.made_at, desk().zone),
        "reason": each.reason or "",
        "sha256": each.sha256,
    }
