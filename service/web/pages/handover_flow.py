"""四种调解衔接: how much one mediation handed to another, and what became of it."""

from datetime import date
from typing import Any, Final

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.words import label
from schemas.handover import FlowQuery, FlowRowsQuery
from service.errors import Invalid
from service.queries import handover_flow as queries
from service.queries.handover_flow import FlowRow, Measure, Pair, Question
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.steps import load_body

bp = Blueprint("handover_flow", __name__)
M = Measure
MEASURES: Final = {
    M.SENT: "移交",
    M.ACCEPTED: "签收",
    M.BACK: "退回",
    M.OPEN: "等签收",
    M.WITHDRAWN: "撤回",
    M.ENDED: "签收后办结",
    M.AGREED: "达成协议",
}


@bp.get("/handovers/flow")
@action("metric.read")
def shown() -> ResponseReturnValue:
    """The table of a period, this year unless another is asked for."""
    given = _usual() | {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(FlowQuery, given)
    except Invalid:
        flash("日期不对，已经改回今年", "warn")
        return forms.see(url_for("handover_flow.shown"))
    question = _question(query)
    found = queries.pairs(question, now=now())
    days: dict[str, Any] = {"from": query["from_"].isoformat(), "to": query["to"].isoformat()}
    return render_template(
        "handover/flow.html",
        title="四种调解衔接",
        days=days,
        heads=list(MEASURES.values()),
        rows=[_pair(each, days) for each in found],
        total=_total(found, days) if found else None,
        flow_url=url_for("handover_flow.shown"),
    )


@bp.get("/handovers/flow/rows")
@action("metric.read")
def rows() -> ResponseReturnValue:
    """Exactly the handovers behind one number."""
    given = _usual() | {name: value for name, value in request.args.items() if value}
    query = load_body(FlowRowsQuery, given)
    page = queries.rows(
        _question(query),
        Measure(query["measure"]),
        before=query["before"],
        after=query["after"],
        now=now(),
        cursor=query["cursor"],
    )
    days = {"from": given["from"], "to": given["to"]}
    pair = [label(each) for each in (query["before"], query["after"]) if each]
    plain: dict[str, Any] = {k: v for k, v in given.items() if k != "cursor"}
    following = url_for("handover_flow.rows", **plain | {"cursor": page.next_cursor})
    return render_template(
        "handover/flow_rows.html",
        title=f"{' → '.join(pair) or '全部'}：{MEASURES[Measure(query['measure'])]}",
        period=f"{show.iso_day(days['from'])}至{show.iso_day(days['to'])}",
        rows=[_row(each) for each in page.items],
        next_url=following if page.next_cursor else None,
        back_url=url_for("handover_flow.shown", **_address(days)),
    )


def _usual() -> dict[str, str]:
    """This year until today."""
    today = desk().today(now())
    return {"from": date(today.year, 1, 1).isoformat(), "to": today.isoformat()}


def _address(days: dict[str, str]) -> dict[str, Any]:
    return dict(days)


def _question(query: dict[str, Any]) -> Question:
    return Question(query["from_"], query["to"], queries.scope_of(actor(), desk()))


def _pair(each: Pair, days: dict[str, Any]) -> dict[str, Any]:
    pair = {"before": each.before.value, "after": each.after.value}
    return {
        "before": label(each.before),
        "after": label(each.after),
        "cells": [_cell(measure, each.counts[measure], days | pair) for measure in MEASURES],
        "rate": _rate(each.counts),
    }


def _total(found: list[Pair], days: dict[str, Any]) -> dict[str, Any]:
    sums = {measure: sum(each.counts[measure] for each in found) for measure in MEASURES}
    return {
        "cells": [_cell(measure, count, days) for measure, count in sums.items()],
        "rate": _rate(sums),
    }


def _cell(measure: Measure, count: int, address: dict[str, Any]) -> dict[str, Any]:
    url = url_for("handover_flow.rows", measure=measure.value, **address) if count else None
    return {"text": str(count), "url": url}


def _rate(counts: dict[Measure, int]) -> str:
    """Of what was accepted and is over, how much was settled; with its denominator, or nothing."""
    ended, agreed = counts[M.ENDED], counts[M.AGREED]
    return f"{agreed * 100 / ended:.0f}%（{agreed}/{ended}）" if ended else "—"


def _row(each: FlowRow) -> dict[str, Any]:
    hidden = each.restricted
    return {
        "number": each.number,
        "restricted": hidden,
        "category_label": "" if hidden else show.category(each.category, desk().policy),
        "status_label": show.status(each.status, None if hidden else each.outcome),
        "from": each.from_organisation,
        "to": each.to_organisation,
        "state_label": label(each.state),
        "sent_text": show.long_day(each.sent_on),
    }
