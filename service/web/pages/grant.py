"""授权与权限: who may do what, changes of it, and those that wait for a second person."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import STAFF, Role
from config.words import label
from schemas.grant import GrantIn
from service.errors import Conflict, Forbidden, Invalid
from service.operations import grant as operations
from service.operations.grant import GrantDraft
from service.queries import grant as queries
from service.queries import user as users
from service.queries.grant import GrantView
from service.rules import access
from service.web import form as forms
from service.web import organisation as units
from service.web import right, show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.turn import stopped

bp = Blueprint("grant", __name__)
ROLES: Final = [(role.value, label(role)) for role in STAFF]
DONE: Final = "角色已经调整，这个人要重新登录"
ASKED: Final = "已经提交，等另一位管理员确认后生效"


@bp.get("/rights")
@action("rights.read")
def rights() -> ResponseReturnValue:
    """The whole policy as a table, and what waits for a second person."""
    may = access.may(actor(), "grant.decide", desk().policy.access)
    mine = queries.awaiting(actor()) if may else frozenset()
    return render_template(
        "grant/rights.html",
        title="用户与权限",
        roles=[name for _, name in ROLES],
        groups=right.table(desk().policy.access),
        waiting=[_shown(each, decides=each.id in mine) for each in queries.waiting()],
        decided=[_shown(each, decides=False) for each in queries.decided(20)],
        users_url=url_for("user.listed")
        if access.may(actor(), "user.list", desk().policy.access)
        else None,
    )


@bp.get("/users/<uuid:user_id>/roles")
@action("user.grant")
def ask(user_id: UUID) -> ResponseReturnValue:
    """The form with what the account has now."""
    account = users.account(user_id, now=now())
    values = {"organisation": str(account.organisation_id), "roles": account.roles}
    return _page(user_id, Form(values=values))


@bp.post("/users/<uuid:user_id>/roles")
@action("user.grant")
def change(user_id: UUID) -> ResponseReturnValue:
    """Change them, or have the change wait."""
    chosen = request.form.getlist("roles")
    raw: dict[str, Any] = {
        "roles": chosen,
        "organisation": request.form.get("organisation") or None,
        "reason": request.form.get("reason", "").strip() or None,
    }
    try:
        draft = GrantDraft(**load_body(GrantIn, raw))
        waits = operations.change(user_id, draft, actor=actor(), desk=desk(), now=now())
    except Invalid as refusal:
        told = {name.partition(".")[0]: "；".join(said) for name, said in refusal.fields.items()}
        typed = dict(request.form) | {"roles": chosen}
        return _page(user_id, Form(values=typed, errors=told)), 422
    except Conflict as refusal:
        return stopped(refusal, to=url_for("user.detail", user_id=user_id))
    flash(ASKED if waits else DONE)
    return forms.see(url_for("user.detail", user_id=user_id))


@bp.post("/grants/<uuid:grant_id>/decide")
@action("grant.decide")
def decide(grant_id: UUID) -> ResponseReturnValue:
    """Agree to one that waits, or refuse it."""
    agreed = forms.TRUTH.get(request.form.get("agree", ""), False)
    try:
        operations.decide(grant_id, agreed=agreed, actor=actor(), desk=desk(), now=now())
    except (Conflict, Forbidden) as refusal:
        return stopped(refusal, to=url_for("grant.rights"))
    flash("已同意，这个人要重新登录" if agreed else "已拒绝，角色没有变")
    return forms.see(url_for("grant.rights"))


def _page(user_id: UUID, form: Form) -> str:
    account = users.account(user_id, now=now())
    return render_template(
        "grant/ask.html",
        title=f"调整角色：{account.name}",
        now_text=f"现在：{'、'.join(label(Role(each)) for each in account.roles) or '没有角色'}，"
        f"{account.organisation}",
        form=form,
        roles=ROLES,
        by_two="、".join(label(role) for role in STAFF if role in right.BY_TWO),
        units=units.choices(),
        waiting=queries.of_user(user_id) is not None,
        post_url=url_for("grant.change", user_id=user_id),
        back_url=url_for("user.detail", user_id=user_id),
    )


def _shown(view: GrantView, *, decides: bool) -> dict[str, Any]:
    return {
        "name": view.name,
        "username": view.username,
        "user_url": url_for("user.detail", user_id=view.user_id),
        "roles": "、".join(label(Role(each)) for each in view.roles),
        "organisation": view.organisation,
        "reason": view.reason or "",
        "asked_by": view.asked_by,
        "asked_text": show.moment(view.asked_at, desk().zone),
        "decided_by": view.decided_by,
        "decided_text": show.moment(view.decided_at, desk().zone) if view.decided_at else "",
        "agreed": view.agreed,
        "decide_url": url_for("grant.decide", grant_id=view.id) if decides else None,
    }
