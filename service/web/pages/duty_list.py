"""值班表: a month of one unit to look at and to print, its standing list, and a pasted one."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import DayKind
from schemas.duty_list import DutyIn
from service.errors import Invalid
from service.operations import duty_list as operations
from service.queries import duty_list as queries
from service.queries import member as members
from service.queries.duty_list import TurnView
from service.queries.member import MemberView
from service.rules import access
from service.rules import duty_list as rules
from service.rules.duty_list import DutyDay, Listed
from service.web import form as forms
from service.web import member as words
from service.web import month as months
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form, described
from service.web.listing import given_text, shown_again, told
from service.web.steps import load_body

bp = Blueprint("duty_list", __name__)
TWICE: Final = "这一条刚才已经写上了"
TWICE_LISTED: Final = "这份值班表刚才已经写上了。要写另一份，请核对内容后再试"
HEAD: Final = ("日子", "值班人", "节假日")
FIELDS: Final = dict(zip(rules.ORDER, HEAD, strict=True))
HINT: Final = (
    "一行一个日子：日子、姓名（几个人用顿号分开）、节假日也值班写“是”。"
    "日子写 周一、周一至周五、工作日、每天 或者 2026-12-01。"
    "名单里写到的日子按名单来，没写到的不变。"
)
EXAMPLE: Final = "周一至周五\t张三、李四\n周六\t王五\t是\n2026-12-01\t赵六"


@bp.get("/members/<uuid:member_id>/duty")
@action("member.read")
def month(member_id: UUID) -> ResponseReturnValue:
    """A month of the unit, with its list for who keeps it."""
    return _page(_member(member_id), Form())


@bp.post("/members/<uuid:member_id>/duty")
@action("duty_list.edit")
def write(member_id: UUID) -> ResponseReturnValue:
    """Say who is on duty on some weekdays or one day."""
    view = _member(member_id)

    def produce() -> Response:
        raw = forms.body(request.form)
        raw["holidays"] = "holidays" in raw
        said = load_body(DutyIn, raw)
        operations.write(member_id, **said, actor=actor(), desk=desk(), now=now())
        flash("已写上值班表")
        return forms.see(url_for("duty_list.month", member_id=member_id))

    return forms.once(produce, shown=lambda form: _page(view, form), twice=TWICE)


@bp.post("/duty/<uuid:turn_id>/end")
@action("duty_list.edit")
def remove(turn_id: UUID) -> ResponseReturnValue:
    """Take one turn out from today on."""
    unit = operations.remove(turn_id, actor=actor(), desk=desk(), now=now())
    flash("已取消")
    return forms.see(url_for("duty_list.month", member_id=unit))


@bp.get("/members/<uuid:member_id>/duty/import")
@action("duty_list.edit")
def paste(member_id: UUID) -> ResponseReturnValue:
    """An empty form for a list."""
    operations.held(member_id, actor=actor(), desk=desk())
    return _paste(_member(member_id), Form(key=""), None)


@bp.post("/members/<uuid:member_id>/duty/import")
@action("duty_list.edit")
def submit(member_id: UUID) -> ResponseReturnValue:
    """Try the list, or write it when that is what was pressed."""
    view = _member(member_id)
    if request.form.get("action") == "commit":
        return forms.once(
            lambda: _take(member_id),
            shown=lambda form: _paste(view, form, None),
            twice=TWICE_LISTED,
        )
    try:
        found = operations.preview(member_id, given_text(), actor=actor(), desk=desk(), now=now())
        return _paste(view, shown_again(), _preview(found))
    except Invalid as refusal:
        return _paste(view, forms.typed(request.form, refusal.fields), None), 422


def _take(member_id: UUID) -> Response:
    found = operations.take_list(member_id, given_text(), actor=actor(), desk=desk(), now=now())
    if any(each.problems for each in found):
        raise Invalid({"text": ["有的行有误，请先看结果，改好再写"]})
    flash(f"已写上 {len(found)} 行")
    return forms.see(url_for("duty_list.month", member_id=member_id))


def _member(member_id: UUID) -> MemberView:
    scope = access.require(actor(), "member.read", desk().policy.access)
    return members.one(member_id, scope)


def _page(view: MemberView, form: Form) -> str:
    today = desk().today(now())
    first = months.of_address(request.args.get("month"), today)
    edits = words.may("duty_list.edit", view.id)
    before, after = months.beside(first)
    days = _days(view, first)
    return render_template(
        "duty_list/month.html",
        title=f"值班表：{view.name}",
        month=months.told(first),
        phone=view.duty_phone or view.phone or "",
        days=[_day(each, today) for each in days],
        gaps=[show.day(each.on) for each in days if each.gap and each.on >= today],
        before_url=url_for("duty_list.month", member_id=view.id, month=before),
        after_url=url_for("duty_list.month", member_id=view.id, month=after),
        member_url=url_for("member.detail", member_id=view.id),
        edits=edits,
        standing=_standing(view.id, today) if edits else [],
        form=form,
        fields=_fields() if edits else [],
        post_url=url_for("duty_list.write", member_id=view.id),
        import_url=url_for("duty_list.paste", member_id=view.id) if edits else None,
    )


def _days(view: MemberView, first: date) -> list[DutyDay]:
    """The days of the month on which the unit is a member."""
    turns = queries.of_month(view.id, first)
    return [each for each in rules.month(first, turns, desk().calendar) if view.is_member(each.on)]


def _day(each: DutyDay, today: date) -> dict[str, Any]:
    off = each.kind in (DayKind.HOLIDAY, DayKind.WEEKEND)
    called = each.called or ""
    note = called if each.kind is DayKind.HOLIDAY else ""
    note = "调休上班" if each.kind is DayKind.MAKEUP else note
    if each.instead:
        note = f"{note}，当天另行安排" if note else "当天另行安排"
    return {
        "day": show.day(each.on),
        "weekday": show.WEEKDAYS[each.on.weekday()],
        "names": "、".join(each.names),
        "gap": each.gap,
        "off": off,
        "note": note,
        "today": each.on == today,
    }


def _standing(unit: UUID, today: date) -> list[dict[str, Any]]:
    return [_turn(each) for each in queries.standing(unit, day=today)]


def _turn(view: TurnView) -> dict[str, Any]:
    turn = view.turn
    when = show.day(turn.on_date, year=0) if turn.on_date else ""
    if turn.weekday is not None:
        when = f"每周{show.WEEKDAYS[turn.weekday]}" + ("，节假日也值班" if turn.holidays else "")
    return {
        "when": when,
        "name": turn.name,
        "url": url_for("duty_list.remove", turn_id=view.id),
    }


def _fields() -> list[dict[str, Any]]:
    return [
        described(
            "day",
            "哪天",
            required=True,
            maxlength=40,
            hint="写 周一至周五、工作日、每天或者 2026-12-01；这些日子原来的人不再值班",
        ),
        described("names", "谁值班", required=True, maxlength=200, hint="几个人用顿号分开"),
        described("holidays", "节假日也值班", "checkbox"),
    ]


def _paste(view: MemberView, form: Form, found: dict[str, Any] | None) -> str:
    return render_template(
        "duty_list/import.html",
        title=f"粘贴值班表：{view.name}",
        form=form,
        post_url=url_for("duty_list.submit", member_id=view.id),
        back_url=url_for("duty_list.month", member_id=view.id),
        hint=HINT,
        example=EXAMPLE,
        preview=found,
    )


def _preview(found: Sequence[Listed]) -> dict[str, Any]:
    """A tried list as components/listing.html shows it."""
    wrong = sum(bool(each.problems) for each in found)
    return {
        "key": Form().key,
        "counts": [("可以写上", len(found) - wrong, "ok"), ("有误", wrong, "stop")],
        "head": HEAD,
        "rows": [_line(each) for each in found],
        "text": given_text(),
        "commit": None if wrong else f"写上这 {len(found)} 行",
        "note": "把有误的行改好再试；改好之前一行也不写入。" if wrong else "",
    }


def _line(each: Listed) -> dict[str, Any]:
    days = "、".join(f"周{show.WEEKDAYS[day]}" for day in each.weekdays)
    return {
        "line": each.line,
        "fate_label": "有误" if each.problems else "可以写上",
        "tone": "stop" if each.problems else "ok",
        "cells": (
            show.day(each.on, year=0) if each.on else days or each.said,
            "、".join(each.names),
            "也值班" if each.holidays else "",
        ),
        "problems": [
            told(wrong.column, FIELDS.get(wrong.field, ""), wrong.reason) for wrong in each.problems
        ],
    }
