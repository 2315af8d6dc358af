"""入驻签到: who has to be here today, signed in by one click, and a month of every unit."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import SeatKind
from schemas.attendance import SignInUnitIn
from service.errors import Conflict
from service.operations import attendance as operations
from service.queries import attendance as queries
from service.queries.attendance import Expected, Month
from service.rules import access
from service.rules.attendance import Coming, Due
from service.web import form as forms
from service.web import member as words
from service.web import month as months
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.steps import load_body

bp = Blueprint("attendance", __name__)


@bp.get("/attendance")
@action("attendance.read")
def today() -> ResponseReturnValue:
    """Who has to be at the centre today, and who is."""
    day = desk().today(now())
    found = queries.of_day(day, actor=actor(), desk=desk())
    signs = access.may(actor(), "attendance.sign", desk().policy.access)
    rows = [_expected(each, signs=signs) for each in found]
    return render_template(
        "attendance/today.html",
        title="入驻签到",
        day=show.long_day(day),
        worked=desk().calendar.is_working_day(day),
        due=[row for row, each in zip(rows, found, strict=True) if each.due],
        others=[row for row, each in zip(rows, found, strict=True) if not each.due],
        month_url=url_for("attendance.month"),
    )


@bp.post("/attendance/<uuid:member_id>/sign")
@action("attendance.sign")
def sign(member_id: UUID) -> ResponseReturnValue:
    """A unit is here."""
    told = load_body(SignInUnitIn, forms.body(request.form))
    operations.sign_in(member_id, told["name"], actor=actor(), desk=desk(), now=now())
    flash("已签到")
    return forms.see(url_for("attendance.today"))


@bp.post("/attendance/<uuid:member_id>/ask")
@action("attendance.sign")
def ask(member_id: UUID) -> ResponseReturnValue:
    """A unit on call was asked to come."""
    operations.ask(member_id, actor=actor(), desk=desk(), now=now())
    flash("已记下，到了再点签到")
    return forms.see(url_for("attendance.today"))


@bp.post("/attendance/notes/<uuid:attendance_id>/withdraw")
@action("attendance.sign")
def withdraw(attendance_id: UUID) -> ResponseReturnValue:
    """It was noted by mistake."""
    try:
        operations.withdraw(attendance_id, actor=actor(), desk=desk(), now=now())
        flash("已撤销")
    except Conflict as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("attendance.today"))


@bp.get("/attendance/month")
@action("attendance.read")
def month() -> ResponseReturnValue:
    """Every unit over a month: how often it had to come and how often it did."""
    first = months.of_address(request.args.get("month"), desk().today(now()))
    found = queries.of_month(first, actor=actor(), desk=desk(), now=now())
    before, after = months.beside(first)
    return render_template(
        "attendance/month.html",
        title="入驻出勤",
        month=months.told(first),
        rows=[_line(each, months.named(first)) for each in found],
        before_url=url_for("attendance.month", month=before),
        after_url=url_for("attendance.month", month=after),
        today_url=url_for("attendance.today"),
    )


@bp.get("/attendance/<uuid:member_id>")
@action("attendance.read")
def of_unit(member_id: UUID) -> ResponseReturnValue:
    """The rows behind a number: every day or call of one unit."""
    first = months.of_address(request.args.get("month"), desk().today(now()))
    found = queries.of_unit(member_id, first, actor=actor(), desk=desk(), now=now())
    before, after = months.beside(first)
    return render_template(
        "attendance/unit.html",
        title=f"出勤：{found.unit.name}",
        month=months.told(first),
        total=_line(found, months.named(first)),
        due=[_due(each) for each in found.kept.due],
        beside=[_coming(each) for each in found.kept.beside],
        before_url=url_for("attendance.of_unit", member_id=member_id, month=before),
        after_url=url_for("attendance.of_unit", member_id=member_id, month=after),
        month_url=url_for("attendance.month", month=months.named(first)),
    )


def _expected(each: Expected, *, signs: bool) -> dict[str, Any]:
    came = [one for one in each.noted if one.coming.came_at]
    waiting = [one for one in each.noted if not one.coming.came_at]
    on_call = each.sitting.kind is SeatKind.ON_CALL
    unit = each.unit.id
    return {
        "name": each.unit.name,
        "url": url_for("member.detail", member_id=unit),
        "seat": words.seat_words(each.sitting),
        "duty": "、".join(each.on_duty),
        "phone": each.unit.duty_phone or each.unit.phone or "",
        "notes": [
            _coming(one.coming)
            | {
                "url": url_for("attendance.withdraw", attendance_id=one.id) if signs else None,
            }
            for one in (*waiting, *came)
        ],
        "waiting": bool(waiting),
        "here": bool(came),
        "sign_url": url_for("attendance.sign", member_id=unit)
        if signs and (waiting or not came)
        else None,
        "ask_url": url_for("attendance.ask", member_id=unit)
        if signs and on_call and not waiting
        else None,
    }


def _line(each: Month, month_name: str) -> dict[str, Any]:
    kept = each.kept
    rate = f"{kept.numerator * 100 / kept.denominator:.1f}%" if kept.denominator else "—"
    return {
        "name": each.unit.name,
        "url": url_for("attendance.of_unit", member_id=each.unit.id, month=month_name),
        "seat": words.seat_words(each.unit.seats[-1] if each.unit.seats else None),
        "came": kept.numerator,
        "due": kept.denominator,
        "rate": rate,
        "beside": len(kept.beside),
    }


def _due(each: Due) -> dict[str, Any]:
    return {
        "day": show.day(each.on),
        "weekday": show.WEEKDAYS[each.on.weekday()],
        "asked": f"{show.moment(each.asked_at, desk().zone)[-5:]} 请到场" if each.asked_at else "",
        "came": each.came,
        "comings": [_coming(one) for one in each.comings if one.came_at],
    }


def _coming(each: Coming) -> dict[str, Any]:
    zone = desk().zone
    return {
        "day": show.day(each.on),
        "name": each.name,
        "asked": show.moment(each.asked_at, zone)[-5:] if each.asked_at else "",
        "came": show.moment(each.came_at, zone)[-5:] if each.came_at else "",
    }
