"""周报: the leaders' page of a week, and the rows behind each of its numbers."""

from dataclasses import replace
from typing import Any, Final

from flask import Blueprint, Response, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from service.errors import Conflict, Invalid, NotFound
from service.operations import weekly as operations
from service.queries import weekly as queries
from service.queries.weekly import Overview
from service.reports import chart, docx, weekly_suits
from service.reports import weekly as reports
from service.rules import access
from service.rules import weekly as rules
from service.rules.access import Scope
from service.rules.calendar import Week
from service.rules.statistics import LEAST, Flow, Rate
from service.rules.weekly import Line, WeekFigures
from service.web import show, supervision
from service.web.door import action, actor, desk, now
from service.web.witness import noted

bp = Blueprint("weekly", __name__)
COLUMNS: Final = ("期初", "受理", "重新办理", "办结", "期末", "调解成功率")
METRICS: Final = (
    None,
    "disputes_received",
    "disputes_reopened",
    "disputes_closed",
    "disputes_open",
    "mediation_success_rate",
)
DIMENSIONS: Final = ("category", "channel", "organisation")


@bp.get("/weekly")
@action("metric.read")
def newest() -> ResponseReturnValue:
    """The last week that is over: what a leader asks for on Monday morning."""
    running = Week.of(desk().today(now()))
    return _see(url_for("weekly.one", week=str(running.previous())))


@bp.get("/weekly/<week>")
@action("metric.read")
def one(week: str) -> ResponseReturnValue:
    """One week: the frozen letter when there is one, else the figures of this moment."""
    found = queries.overview(_week(week), scope=_scope(), desk=desk(), now=now())
    following, today = found.week.next(), desk().today(now())
    ahead = following.start_on <= today
    return render_template(
        "weekly/show.html",
        title=f"{found.week.year} 年第 {found.week.number} 周运行情况",
        letter=_letter(found),
        pick_url=supervision.pick_url(),
        prev_url=url_for("weekly.one", week=str(found.week.previous())),
        next_url=url_for("weekly.one", week=str(following)) if ahead else None,
        next_label="下周" if following.end_on <= today else "下周（未结束）",
        files=_files(found),
        actions_post=_publish_button(found),
    )


@bp.get("/weekly/<week>/workbook")
@action("metric.read")
@noted("export", "report")
def workbook(week: str) -> ResponseReturnValue:
    """The week's numbers as a workbook; no party stands in it."""
    found = queries.overview(_week(week), scope=_scope(), desk=desk(), now=now())
    name = f"weekly-{found.week}.xlsx"
    return Response(
        reports.workbook(found.figures, desk().zone, is_over=found.is_over),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/weekly/<week>/document")
@action("metric.read")
@noted("export", "report")
def document(week: str) -> ResponseReturnValue:
    """A week that is over as a Word document."""
    found = _over(week)
    return Response(
        reports.document(found.figures, desk().zone),
        mimetype=docx.MEDIA,
        headers={"Content-Disposition": f'attachment; filename="weekly-{found.week}.docx"'},
    )


@bp.get("/weekly/<week>/suits")
@action("metric.read")
def suits(week: str) -> ResponseReturnValue:
    """The letter of suits and letters alone 应诉与办复周报, to look at and to print."""
    found = _over(week)
    figures = found.figures
    return render_template(
        "weekly/suits.html",
        title=weekly_suits.title(figures),
        period_text=reports.period_text(figures.week),
        cut_off_text=show.moment(figures.cut_off, desk().zone),
        state_label=_state(found),
        state_tone="ok" if found.published else "warn",
        rows=_lawsuits(figures),
        missing=weekly_suits.NOT_COUNTED if figures.answering is None else "",
        sha256=found.published.sha256 if found.published else None,
        files=[
            {
                "label": "Word 文档",
                "url": url_for("weekly.suits_document", week=str(found.week)),
            }
        ],
        back_url=url_for("weekly.one", week=str(found.week)),
    )


@bp.get("/weekly/<week>/suits/document")
@action("metric.read")
@noted("export", "report")
def suits_document(week: str) -> ResponseReturnValue:
    """The same as a Word document."""
    found = _over(week)
    return Response(
        weekly_suits.document(found.figures, desk().zone),
        mimetype=docx.MEDIA,
        headers={"Content-Disposition": f'attachment; filename="suits-{found.week}.docx"'},
    )


@bp.post("/weekly/<week>/publish")
@action("report.publish")
def publish(week: str) -> ResponseReturnValue:
    """Freeze a week that is over; once published it stays as it is."""
    asked = _week(week)
    try:
        operations.publish(asked, actor=actor(), desk=desk(), now=now())
        flash("已发布，数字不再变动；以后的更正另列", "ok")
    except Conflict as refusal:
        flash(refusal.detail, "warn")
    return _see(url_for("weekly.one", week=str(asked)))


def _over(week: str) -> Overview:
    """A week that is over; part of a week is compared with no whole one."""
    found = queries.overview(_week(week), scope=_scope(), desk=desk(), now=now())
    if not found.is_over:
        raise NotFound("本周尚未结束，下周一起才有周报")
    return found


def _files(found: Overview) -> list[dict[str, str]]:
    kinds = [("workbook", "表格")]
    if found.is_over:
        kinds += [("document", "Word 文档"), ("suits", "应诉与办复周报")]
    return [
        {"label": label, "url": url_for(f"weekly.{name}", week=str(found.week))}
        for name, label in kinds
    ]


def _letter(found: Overview) -> dict[str, Any]:
    figures = found.figures
    return {
        "week": str(found.week),
        "period_text": reports.period_text(found.week),
        "cut_off_text": show.moment(figures.cut_off, desk().zone),
        "state_label": _state(found),
        "state_tone": "ok" if found.published else "warn",
        "sha256": found.published.sha256 if found.published else None,
        "sentence": [_part(each, found.week) for each in _sentence(found)],
        "figures": _key_figures(found),
        "chart": _trend(found),
        "tables": [
            _table(place, table, figures) for place, table in enumerate(reports.tables(figures))
        ],
        "lawsuits": _lawsuits(figures),
        "consultations": _consultations(figures),
        "overdue": [
            show.brief_row(each, today=desk().today(now()), policy=desk().policy)
            for each in found.overdue
        ],
        "corrections": [
            {
                "label": each.label,
                "before": each.published,
                "after": each.now,
                "reason": "发布后有补录或更正",
            }
            for each in found.corrections
        ],
    }


def _state(found: Overview) -> str:
    if found.published:
        return f"已发布第 {found.published.revision} 版"
    if not found.is_over:
        return "本周尚未结束，数字会变"
    return "本单位数字，随时变动" if found.is_own_unit else "未发布，数字会变"


def _sentence(found: Overview) -> tuple[rules.Part, ...]:
    """The sentence with the short names that stand in every list; a running week says it runs."""
    if not found.is_over:
        until = show.moment(found.figures.cut_off, desk().zone)
        lead = rules.Part(f"本周尚未结束（截至{until}），")
        return (lead, *rules.sentence_so_far(found.figures))
    return tuple(
        replace(each, text=show.category(each.group[1], desk().policy, each.text))
        if each.group
        else each
        for each in rules.sentence(found.figures)
    )


def _publish_button(found: Overview) -> dict[str, str] | None:
    may = access.may(actor(), "report.publish", desk().policy.access)
    if not may or found.published or not found.is_over:
        return None
    return {"label": "发布周报", "url": url_for("weekly.publish", week=str(found.week))}


def _part(part: rules.Part, week: Week) -> dict[str, Any]:
    if part.metric is None:
        return {"text": part.text, "url": None, "strong": False}
    narrowed = {part.group[0]: part.group[1]} if part.group else {}
    return {"text": part.text, "url": _rows_url(part.metric, week, narrowed), "strong": True}


def _key_figures(found: Overview) -> list[dict[str, Any]]:
    figures = found.figures
    flow, before, week = figures.flow, figures.before.flow, figures.week

    def against(count: int, earlier: int) -> str:
        return reports.difference(count, earlier) if found.is_over else "本周尚未结束"

    return [
        _figure(
            "受理",
            flow.received,
            against(flow.received, before.received),
            _rows_url("disputes_received", week),
        ),
        _figure(
            "办结",
            flow.closed,
            against(flow.closed, before.closed),
            _rows_url("disputes_closed", week),
        ),
        _success(figures.success, week),
        _figure(
            "超期未结",
            figures.overdue,
            f"在办 {flow.closing} 件中",
            _rows_url("disputes_overdue", week),
            "stop" if figures.overdue else "plain",
        ),
    ]


def _success(rate: Rate, week: Week) -> dict[str, Any]:
    """The success rate as a key figure; of a few cases the cases themselves."""
    told, note = reports.share(rate), f"{rate.numerator}／{rate.denominator}，达成协议 ÷ 调解终结"
    if rate.is_small:
        note = f"达成协议 ÷ 调解终结，不足 {LEAST} 件不算百分比"
    elif rate.value is None:
        note = "本周没有调解终结的纠纷"
    return {
        "label": "调解成功率",
        "value": told.removesuffix("%"),
        "unit": "%" if told.endswith("%") else "",
        "note": note,
        "url": _rows_url("mediation_success_rate", week),
        "tone": "plain",
    }


def _figure(text: str, value: int, note: str, url: str, tone: str = "plain") -> dict[str, Any]:
    return {
        "label": text,
        "value": str(value),
        "unit": "件",
        "note": note,
        "url": url,
        "tone": tone,
    }


def _trend(found: Overview) -> dict[str, Any]:
    weeks = found.trend if found.is_over else found.trend[:-1]  # whole ones only
    points = [chart.Point(str(each.week.number), each.received, each.closed) for each in weeks]
    title = f"近 {len(points)} 周受理与办结"
    return {
        "title": title,
        "note": "两线之间的灰区是当周结余",
        "svg": chart.trend(points, title),
        "rows_head": ["周", "受理", "办结"],
        "rows": [[str(e.week), str(e.received), str(e.closed)] for e in weeks],
    }


def _table(place: int, table: reports.Table, figures: WeekFigures) -> dict[str, Any]:
    dimension = DIMENSIONS[place]
    return {
        "id": dimension,
        "title": table.title,
        "note": "期初＋受理＋重新办理－办结＝期末",
        "dimension": table.dimension,
        "columns": COLUMNS,
        "rows": [_line(each, dimension, figures.week) for each in table.lines],
        "total": {"name": "合计", "cells": _cells(figures.flow, figures.success, figures.week, {})},
    }


def _line(line: Line, dimension: str, week: Week) -> dict[str, Any]:
    narrowed = {dimension: line.key}
    name = line.label
    if dimension == "category":
        name = show.category(line.key, desk().policy, line.label)
    return {"name": name, "cells": _cells(line.flow, line.success, week, narrowed)}


def _cells(flow: Flow, success: Rate, week: Week, narrowed: dict[str, str]) -> list[dict[str, Any]]:
    texts = [
        str(flow.opening),
        str(flow.received),
        str(flow.reopened),
        str(flow.closed),
        str(flow.closing),
        reports.share_of(success),
    ]
    opening = _rows_url("disputes_open", week.previous(), narrowed)
    urls = [opening, *(_rows_url(name, week, narrowed) for name in METRICS[1:] if name)]
    return [{"text": text, "url": url} for text, url in zip(texts, urls, strict=True)]


def _lawsuits(figures: WeekFigures) -> list[dict[str, Any]]:
    suits, week = figures.lawsuits, figures.week
    shown = [
        ("行政诉讼立案", suits.filed, "lawsuits_filed", {}, "一审"),
        ("行政复议受理", suits.reviews_filed, "reviews_filed", {}, ""),
        ("撤诉", suits.withdrawn, "lawsuits_withdrawn", {}, "含按撤诉处理"),
        *(
            (f"　{each.label}", each.count, "lawsuits_withdrawn", {"cause": each.key}, "")
            for each in suits.causes
        ),
        ("撤回上诉", suits.appeals_withdrawn, "appeals_withdrawn", {}, "不计入撤诉"),
    ]
    answered = [
        {
            "label": each.label,
            "note": "",
            "cell": {
                "text": str(each.numerator) if each.rate is None else reports.share_of(each.rate),
                "url": _rows_url(each.metric, week),
            },
        }
        for each in figures.answering or ()
    ]
    filed = [
        {
            "label": text,
            "note": note,
            "cell": {"text": str(count), "url": _rows_url(name, week, narrowed)},
        }
        for text, count, name, narrowed, note in shown
    ]
    return filed + answered


def _consultations(figures: WeekFigures) -> dict[str, str] | None:
    """Their number and the rows behind it; None in a letter from before they were counted."""
    if figures.consultations is None:
        return None
    return {
        "text": str(figures.consultations),
        "url": _rows_url("consultations", figures.week),
    }


def _rows_url(name: str, week: Week, narrowed: dict[str, str] | None = None) -> str:
    query: dict[str, Any] = {"from": week.start_on.isoformat(), "to": week.end_on.isoformat()}
    return url_for("figure.rows", metric_id=name, **(query | (narrowed or {})))


def _scope() -> Scope:
    return access.scope(actor(), "metric.read", desk().policy.access)


def _week(text: str) -> Week:
    try:
        return Week.parse(text)
    except (Invalid, ValueError) as refusal:
        raise NotFound("没有这一周，写法如 2026-W47") from refusal


def _see(address: str) -> Response:
    return Response(status=303, headers={"Location": address})
