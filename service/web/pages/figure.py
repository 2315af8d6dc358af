"""The rows behind one number 指标明细: exactly those it counts, brief ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.errors import Invalid
from service.queries import metric
from service.queries.metric import MetricView, Question
from service.queries.metric.dispute import BriefRow
from service.queries.page import as_day
from service.rules import access
from service.rules import metric as dictionary
from service.rules.calendar import Week
from service.rules.metric import Family, Metric
from service.rules.statistics import Period, Rate
from service.web import consultation, lawsuit, plan_entry, show, suggestion, supervision
from service.web import form as forms
from service.web.door import action, actor, desk, now

bp = Blueprint("figure", __name__)


def _to_week(question: Question) -> dict[str, str]:
    week = Week.of(question.period.start_on)
    return {"label": "回到周报", "url": url_for("weekly.one", week=str(week))}


def _to_letters(_: Question) -> dict[str, str]:
    return {"label": "回到建议书办复情况", "url": url_for("suggestion.figures")}


def _dispute(each: BriefRow) -> dict[str, Any]:
    return show.brief_row(each, today=desk().today(now()), policy=desk().policy)


def _monitor(question: Question) -> str:
    return url_for("lawsuit_figure.monitor", year=question.period.start_on.year)


@dataclass(frozen=True, slots=True)
class Table:
    """How the rows of one kind are shown: by which template, each as what, and where back."""

    template: str
    row: Callable[[Any], dict[str, Any]]
    back: Callable[[Question], dict[str, str]] = _to_week


TABLES: Final[Mapping[Family, Table]] = MappingProxyType(
    {
        Family.DISPUTE: Table("dispute/behind.html", _dispute),
        Family.LAWSUIT: Table("lawsuit/behind.html", lawsuit.brief),
        Family.CONSULTATION: Table("consultation/behind.html", consultation.brief),
        Family.SUGGESTION: Table("suggestion/behind.html", suggestion.brief, _to_letters),
        Family.PLAN_ENTRY: Table("plan_entry/behind.html", plan_entry.brief, plan_entry.back),
    }
)
# rows that have a page of their own
ELSEWHERE: Final[Mapping[Family, Callable[[Question], str]]] = MappingProxyType(
    {Family.LITIGATION: _monitor}
)


@bp.get("/figures/<metric_id>")
@action("metric.read")
def rows(metric_id: str) -> ResponseReturnValue:
    """Exactly the rows behind one number, brief ones."""
    question = _question(metric_id)
    asked = question.metric
    if asked.family in ELSEWHERE:
        return forms.see(ELSEWHERE[asked.family](question))
    table = TABLES[asked.family]
    found = metric.figure(question, policy=desk().policy)
    page = metric.page(question, limit=50, cursor=request.args.get("cursor"))
    return render_template(
        "weekly/rows.html",
        title=f"{asked.label}明细",
        figure=_figure(found),
        table=table.template,
        rows=[table.row(each) for each in page.items],
        pick_url=supervision.pick_url(),
        next_url=_next(asked, page.next_cursor) if page.next_cursor else None,
        back=table.back(question),
        files=[],
    )


def _figure(found: MetricView) -> dict[str, Any]:
    return {
        "label": found.metric.label,
        "value_text": _value(found),
        "definition": found.metric.definition,
        "period_text": _period_text(found.period),
        "cut_off_text": show.moment(now(), desk().zone),
        "count": found.numerator if found.denominator is None else found.denominator,
        "rows_text": "" if found.metric.family is not Family.PLAN_ENTRY else _value(found),
    }


def _next(asked: Metric, cursor: str) -> str:
    known = ("from", "to", *asked.groups)
    given: dict[str, Any] = {k: request.args[k] for k in known if k in request.args}
    return url_for("figure.rows", metric_id=asked.id, **given, cursor=cursor)


def _question(metric_id: str) -> Question:
    found = dictionary.find(metric_id)
    narrowed = {name: value for name in found.groups if (value := request.args.get(name))}
    return Question(
        metric=found,
        period=Period(_day("from"), _day("to")),
        today=desk().today(now()),
        scope=access.scope(actor(), "metric.read", desk().policy.access),
        narrowed=narrowed,
    )


def _day(name: str) -> date:
    try:
        return as_day(request.args.get(name, ""))
    except ValueError as refusal:
        raise Invalid({name: ["日期应为 年-月-日"]}) from refusal


def _period_text(period: Period) -> str:
    last = date.fromordinal(period.end_on.toordinal() - 1)
    return f"{show.long_day(period.start_on)}至{show.long_day(last)}"


def _value(found: MetricView) -> str:
    if found.metric.is_rate and found.denominator is not None:
        rate = Rate(found.numerator, found.denominator)
        return plan_entry.share(rate, found.metric.unit)
    value = found.value or 0
    told = int(value) if value.denominator == 1 else float(value)
    return f"{told} {found.metric.unit}"
