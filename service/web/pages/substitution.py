"""离岗替岗: who is away, who stands in, and whose work goes to others for good."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.access import Reach
from config.vocabulary import AbsenceReason
from config.words import label, labels
from schemas.substitution import SubstitutionIn
from service.operations import substitution as operations
from service.queries import dispute_row
from service.queries import substitution as queries
from service.queries import user as users
from service.queries.substitution import SubstitutionView
from service.rules import access
from service.rules.substitution import StandIn
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("substitution", __name__)


@bp.get("/leave")
@action("substitution.read")
def listed() -> ResponseReturnValue:
    """Who is away now and later, and the form for one more."""
    return _page(Form())


@bp.post("/leave")
@action("substitution.manage")
def enter() -> ResponseReturnValue:
    """Note an absence."""

    def produce() -> ResponseReturnValue:
        told = load_body(SubstitutionIn, forms.body(request.form))
        reason = told.pop("reason")
        operations.enter(StandIn(**told), reason, actor=actor(), desk=desk(), now=now())
        flash("已登记，替岗的人可以办理了")
        return forms.see(url_for("substitution.listed"))

    return forms.once(produce, shown=_page, twice="这次离岗刚才已经登记过了")


@bp.post("/leave/<uuid:substitution_id>/end")
@action("substitution.manage")
def end(substitution_id: UUID) -> ResponseReturnValue:
    """Somebody is back."""
    operations.end(substitution_id, actor=actor(), desk=desk(), now=now())
    flash("已回岗")
    return forms.see(url_for("substitution.listed"))


def _page(form: Form) -> str:
    policy, today = desk().policy.access, desk().today(now())
    scope = access.require(actor(), "substitution.read", policy)
    may_manage = access.may(actor(), "substitution.manage", policy)
    return render_template(
        "substitution/list.html",
        title="离岗替岗",
        rows=[_row(each, may_manage=may_manage) for each in queries.listed(scope, today)],
        may_manage=may_manage,
        fields=_fields(town=Reach.TOWN in scope.reach) if may_manage else [],
        form=form,
        post_url=url_for("substitution.enter"),
        people=_carriers() if access.may(actor(), "user.hand_over", policy) else [],
    )


def _row(view: SubstitutionView, *, may_manage: bool) -> dict[str, Any]:
    today = desk().today(now())
    return {
        "absent": view.absent,
        "substitute": view.substitute,
        "organisation": view.organisation,
        "days": f"{show.day(view.from_on, year=today.year)}到"
        f"{show.day(view.until_on, year=today.year)}",
        "reason": label(view.reason),
        "now": view.from_on <= today,
        "end_url": url_for("substitution.end", substitution_id=view.id) if may_manage else None,
    }


def _carriers() -> list[dict[str, Any]]:
    """The mediators with open disputes, whose work may be given to others."""
    me, loads = actor(), dispute_row.open_by_mediator()
    return [
        {
            "name": each.name,
            "organisation": each.organisation,
            "open": loads[each.id],
            "url": url_for("hand_over.shown", user_id=each.id),
        }
        for each in users.mediators()
        if loads.get(each.id) and access.is_of_town(me, each.organisation_id)
    ]


def _fields(*, town: bool) -> list[dict[str, Any]]:
    me = actor()
    units = me.town if town else me.homes
    staff = [("", "请选择")] + [
        (str(each.id), f"{each.organisation}　{each.name}" if town else each.name)
        for each in users.colleagues(units)
    ]
    reasons = [("", "请选择"), *labels(AbsenceReason).items()]
    return [
        forms.described("absent", "谁离岗", "select", options=staff, required=True),
        forms.described(
            "substitute",
            "由谁替岗",
            "select",
            options=staff,
            required=True,
            hint="同一单位、同一角色的人",
        ),
        forms.described("from", "从哪一天", "date", required=True),
        forms.described("until", "到哪一天", "date", required=True, hint="这一天也算在内"),
        forms.described("reason", "原因", "select", options=reasons, required=True),
    ]
