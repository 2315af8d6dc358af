"""领导接访: the schedule of a month, to look at and to print, and one day with who came."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from schemas.reception import ReceptionIn, ReceptionVisitIn
from service.errors import Conflict, Invalid
from service.operations import reception as operations
from service.operations.reception import ReceptionDraft
from service.queries import reception as queries
from service.queries import user as users
from service.queries.reception import ReceptionRow, VisitRow
from service.rules import access
from service.web import form as forms
from service.web import month as months
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("reception", __name__)
TWICE: Final = "刚才已经提交过了。要再提交一次，请核对内容后再点"


@bp.get("/reception-days")
@action("reception.read")
def month() -> ResponseReturnValue:
    """The receptions of a month."""
    return _month(Form())


@bp.post("/reception-days")
@action("reception.plan")
def plan() -> ResponseReturnValue:
    """Plan one."""

    def produce() -> ResponseReturnValue:
        body = load_body(ReceptionIn, forms.body(request.form))
        operations.plan(ReceptionDraft(**body), actor=actor(), desk=desk(), now=now())
        flash("已安排接访")
        return forms.see(url_for("reception.month", month=months.named(body["on"])))

    return forms.once(produce, shown=_month, twice=TWICE)


@bp.get("/reception-days/<uuid:reception_id>")
@action("reception.read")
def detail(reception_id: UUID) -> ResponseReturnValue:
    """One, with what was brought to it."""
    return _detail(reception_id, Form())


@bp.post("/reception-days/<uuid:reception_id>/call-off")
@action("reception.plan")
def call_off(reception_id: UUID) -> ResponseReturnValue:
    """Call it off."""

    def write() -> None:
        operations.call_off(reception_id, actor=actor(), desk=desk(), now=now())
        flash("已取消这次接访")

    return _pressed(reception_id, write)


@bp.post("/reception-days/<uuid:reception_id>/visits")
@action("reception.note")
def visit(reception_id: UUID) -> ResponseReturnValue:
    """Note a dispute that was brought to it."""

    def produce() -> ResponseReturnValue:
        body = load_body(ReceptionVisitIn, forms.body(request.form))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        try:
            operations.visit(reception_id, body["number"], **told)
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash("已登记到这次接访")
        return forms.see(url_for("reception.detail", reception_id=reception_id))

    return forms.once(produce, shown=lambda form: _detail(reception_id, form), twice=TWICE)


@bp.post("/reception-days/<uuid:reception_id>/visits/<uuid:visit_id>/withdraw")
@action("reception.note")
def withdraw(reception_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """It was noted by mistake."""

    def write() -> None:
        operations.withdraw(reception_id, visit_id, actor=actor(), desk=desk(), now=now())
        flash("已撤销")

    return _pressed(reception_id, write)


def _pressed(reception_id: UUID, write: Callable[[], None]) -> ResponseReturnValue:
    try:
        write()
    except Conflict as refusal:
        flash(refusal.detail, "stop")
    return forms.see(url_for("reception.detail", reception_id=reception_id))


def _month(form: Form) -> str:
    today = desk().today(now())
    first = months.of_address(request.args.get("month"), today)
    found = queries.month(first, actor=actor(), desk=desk(), now=now())
    before, after = months.beside(first)
    plans = access.may(actor(), "reception.plan", desk().policy.access)
    return render_template(
        "reception/month.html",
        title="领导接访日程",
        month=months.told(first),
        rows=[_row(each) for each in found],
        visits=sum(each.visits for each in found),
        before_url=url_for("reception.month", month=before),
        after_url=url_for("reception.month", month=after),
        form=form,
        fields=_fields() if plans else [],
        post_url=url_for("reception.plan"),
    )


def _fields() -> list[dict[str, Any]]:
    made = forms.described
    offered = [(str(e.id), f"{e.name}（{e.organisation}）") for e in users.leaders(actor())]
    leader = [("", "请选择"), *offered]
    return [
        made("leader", "接访领导", "select", options=leader, required=True),
        made("on", "哪天", "date", required=True),
        made("begins", "几点开始", "time", required=True),
        made("ends", "几点结束", "time", required=True),
        made("place", "在哪里", required=True, maxlength=60),
    ]


def _detail(reception_id: UUID, form: Form) -> str:
    view = queries.one(reception_id, actor=actor(), desk=desk(), now=now())
    address: dict[str, Any] = {"reception_id": reception_id}
    off = view.may_plan and not view.visits
    registers = access.may(actor(), "dispute.register", desk().policy.access)
    return render_template(
        "reception/show.html",
        title=f"领导接访 {view.row.leader}",
        reception=_row(view.row),
        visits=[_visit(each, reception_id) for each in view.visits],
        form=form,
        fields=[
            forms.described(
                "number",
                "登记编号",
                required=True,
                maxlength=40,
                hint="先照平常登记来访，再把登记编号填在这里",
            )
        ]
        if view.may_note
        else [],
        post_url=url_for("reception.visit", **address),
        intake_url=url_for("intake.new") if view.may_note and registers else None,
        off_url=url_for("reception.call_off", **address) if off else None,
        month_url=url_for("reception.month", month=months.named(view.row.on)),
    )


def _row(each: ReceptionRow) -> dict[str, Any]:
    zone = desk().zone
    begins, ends = (at.astimezone(zone) for at in (each.starts_at, each.ends_at))
    return {
        "url": url_for("reception.detail", reception_id=each.id),
        "day": show.day(each.on, year=each.on.year),
        "day_text": show.long_day(each.on),
        "weekday": f"星期{show.WEEKDAYS[each.on.weekday()]}",
        "hours": f"{begins:%H:%M}–{ends:%H:%M}",
        "leader": each.leader,
        "place": each.place,
        "planned_by": each.planned_by,
        "off": each.called_off_at is not None,
        "visits": each.visits,
        "today": each.on == desk().today(now()),
    }


def _visit(each: VisitRow, reception_id: UUID) -> dict[str, Any]:
    policy = desk().policy
    return {
        "number": each.number,
        "url": url_for("dispute.detail", dispute_id=each.dispute_id) if each.opens else None,
        "category_label": show.category(each.category, policy) if each.category else "受限",
        "status_label": show.status(each.status, None),
        "organisation": each.organisation or "还没有承办单位",
        "noted_by": each.noted_by,
        "noted_text": show.moment(each.noted_at, desk().zone),
        "withdraw_url": url_for("reception.withdraw", reception_id=reception_id, visit_id=each.id)
        if each.may_withdraw
        else None,
    }
