"""牵头和协办: which unit led, which worked along, what came back from which; every dispute once."""

from datetime import date
from typing import Any, Final

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.joint_task import CreditQuery, CreditRowsQuery
from service.errors import Invalid
from service.queries import joint_credit as queries
from service.queries import organisation as organisations
from service.queries.joint_credit import Credit, CreditRow, UnitCredit
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.steps import load_body

bp = Blueprint("joint_credit", __name__)
CREDITS: Final = {Credit.LEAD: "牵头", Credit.CO: "协办", Credit.BACK: "退回过"}
NOBODY: Final = "还没有承办单位"


@bp.get("/joint-tasks/credit")
@action("metric.read")
def shown() -> ResponseReturnValue:
    """The units of a period, this year unless another is asked for."""
    given = _usual() | {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(CreditQuery, given)
    except Invalid:
        flash("日期不对，已经改回今年", "warn")
        return forms.see(url_for("joint_credit.shown"))
    asked = queries.question(query["from_"], query["to"], actor=actor(), desk=desk())
    days = {"from": query["from_"].isoformat(), "to": query["to"].isoformat()}
    return render_template(
        "joint_task/credit.html",
        title="牵头和协办",
        days=days,
        heads=list(CREDITS.values()),
        cases=queries.cases(asked, desk=desk()),
        rows=[_unit(each, days) for each in queries.units(asked, desk=desk())],
        credit_url=url_for("joint_credit.shown"),
    )


@bp.get("/joint-tasks/credit/rows")
@action("metric.read")
def rows() -> ResponseReturnValue:
    """Exactly the disputes behind one number."""
    given = _usual() | {name: value for name, value in request.args.items() if value}
    query = load_body(CreditRowsQuery, given)
    asked = queries.question(query["from_"], query["to"], actor=actor(), desk=desk())
    credit, unit = Credit(query["credit"]), query["unit"]
    page = queries.rows(asked, credit, unit, desk=desk(), cursor=query["cursor"])
    days: dict[str, Any] = {"from": given["from"], "to": given["to"]}
    plain: dict[str, Any] = {k: v for k, v in given.items() if k != "cursor"}
    following = url_for("joint_credit.rows", **plain | {"cursor": page.next_cursor})
    names = {each.id: each.name for each in organisations.active()}
    whose = NOBODY if unit is None else names.get(unit, "这个单位")
    return render_template(
        "joint_task/credit_rows.html",
        title=f"{whose}：{CREDITS[credit]}",
        period=f"{show.iso_day(days['from'])}至{show.iso_day(days['to'])}登记的",
        rows=[_row(each) for each in page.items],
        next_url=following if page.next_cursor else None,
        back_url=url_for("joint_credit.shown", **days),
    )


def _usual() -> dict[str, str]:
    """This year until today."""
    today = desk().today(now())
    return {"from": date(today.year, 1, 1).isoformat(), "to": today.isoformat()}


def _unit(each: UnitCredit, days: dict[str, str]) -> dict[str, Any]:
    unit = {"unit": str(each.organisation_id)} if each.organisation_id else {}
    cells = []
    for credit in CREDITS:
        count, address = each.counts[credit], {"credit": credit.value, **days, **unit}
        url = url_for("joint_credit.rows", **address) if count else None  # type: ignore[arg-type]  # its own keywords are flags
        cells.append({"text": str(count), "url": url})
    return {"name": each.organisation or NOBODY, "cells": cells}


def _row(each: CreditRow) -> dict[str, Any]:
    hidden = each.restricted
    return {
        "number": each.number,
        "restricted": hidden,
        "category_label": "" if hidden else show.category(each.category, desk().policy),
        "status_label": show.status(each.status, None if hidden else each.outcome),
        "organisation": each.organisation or "",
        "times": each.times,
        "registered_text": show.long_day(each.registered_on),
    }
