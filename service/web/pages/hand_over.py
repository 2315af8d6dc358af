"""交接: what somebody who leaves has in hand goes to others, then the account is closed."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import Role
from config.words import label
from schemas.hand_over import HandOverIn
from service.errors import Conflict, Invalid
from service.operations import hand_over as operations
from service.operations.hand_over import Plan
from service.queries import hand_over as queries
from service.queries import substitution as substitutions
from service.queries import user as users
from service.queries.hand_over import Carried, InHand, Successor
from service.queries.user import AccountView
from service.rules import access
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.turn import stopped

bp = Blueprint("hand_over", __name__)
CLOSE = "close"
NOBODY = "请选择接手的人：在这里选一位，或者在下面逐件选"
TWICE = "刚才已经交接过了，请看现在还剩下什么"


@bp.get("/users/<uuid:user_id>/hand-over")
@action("user.hand_over")
def shown(user_id: UUID) -> ResponseReturnValue:
    """What the person has in hand, and who takes it."""
    return _page(user_id, Form())


@bp.post("/users/<uuid:user_id>/hand-over")
@action("user.hand_over")
def give(user_id: UUID) -> ResponseReturnValue:
    """Give it to others; with the second button the account is closed as well."""

    def produce() -> ResponseReturnValue:
        plan = Plan(**load_body(HandOverIn, forms.body(request.form)))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        if request.form.get("action") == CLOSE:
            operations.close(user_id, plan, **told)
            flash("已交接并停用，这个人马上不能再用系统")
            return forms.see(url_for("user.detail", user_id=user_id))
        if plan.successor is None and not any(plan.each.values()):
            raise Invalid({"successor": [NOBODY]})
        moved = operations.hand_over(user_id, plan, **told)
        flash(f"已交接 {moved} 件，接手的人会收到消息")
        return forms.see(url_for("hand_over.shown", user_id=user_id))

    try:
        return forms.once(produce, shown=lambda form: _page(user_id, form), twice=TWICE)
    except Conflict as refusal:
        return stopped(refusal, to=url_for("hand_over.shown", user_id=user_id))


def _page(user_id: UUID, form: Form) -> str:
    account = users.account(user_id, now=now())
    held = queries.in_hand(user_id, actor=actor(), desk=desk())
    people = queries.successors(user_id, held.disputes)
    by_hand = Role.DIRECTOR in actor().roles
    rows = [_row(each, people, by_hand) for each in held.disputes]
    return render_template(
        "user/hand_over.html",
        title=f"交接　{account.name}",
        account=account,
        held=held,
        rows=rows,
        restricted=0 if by_hand else held.restricted,
        form=form,
        successors=[("", "逐件指定，或者暂不交接"), *_options(people)],
        labels={f"each.{each.id}": each.number for each in held.disputes},
        post_url=url_for("hand_over.give", user_id=user_id),
        **_around(account, held, by_hand),
    )


def _around(account: AccountView, held: InHand, by_hand: bool) -> dict[str, Any]:
    """Where else one may go, and whether closing is offered."""
    policy = desk().policy.access
    may_close = access.may(actor(), "user.disable", policy) and account.active
    lists = access.may(actor(), "user.list", policy)
    blocked = held.restricted and not by_hand
    return {
        "may_close": may_close and not blocked and account.id != actor().user_id,
        "back_url": url_for("user.detail", user_id=account.id)
        if lists
        else url_for("substitution.listed"),
        "back_label": "返回账户" if lists else "返回离岗替岗",
    }


def _row(each: Carried, people: list[Successor], by_hand: bool) -> dict[str, Any]:
    today = desk().today(now())
    fitting = [one for one in people if one.organisation_id == each.organisation_id]
    return {
        "name": f"each.{each.id}",
        "number": each.number,
        "category": show.category(each.category, desk().policy),
        "status": label(each.status),
        "tone": show.TONES.get(each.status, "plain"),
        "organisation": each.organisation,
        "deadline": show.deadline(each.due_on, today, paused=each.due_paused),
        "restricted": each.restricted,
        "options": [
            ("", "请选择" if each.restricted else "按上面的"),
            *_options(fitting if each.organisation_id else people),
        ]
        if by_hand or not each.restricted
        else None,
    }


def _options(people: list[Successor]) -> list[tuple[str, str]]:
    """Who may take over; who is away says so."""
    away = substitutions.away(desk().today(now()))
    return [
        (str(each.id), f"{each.name}（离岗）" if each.id in away else each.name) for each in people
    ]
