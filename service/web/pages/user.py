"""账户: who has one, new ones, passwords taken away and given anew, closed and opened again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import STAFF, Role
from config.words import label
from schemas.user import AccountIn
from service.errors import Conflict
from service.operations import second_factor, user_list, user_session
from service.operations import user as operations
from service.operations.user import UserDraft
from service.operations.user_list import Engaged
from service.queries import grant as grants
from service.queries import organisation as organisations
from service.queries import user as queries
from service.queries import user_session as user_sessions
from service.queries.user import AccountFilters, AccountView
from service.queries.user_session import SessionView
from service.rules import access
from service.web import form as forms
from service.web import organisation as units
from service.web import show, slip
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.turn import stopped, turn

bp = Blueprint("user", __name__)
ROLES: Final = [(role.value, label(role)) for role in STAFF]
STATES: Final = {"active": "在用", "locked": "已锁定", "inactive": "已停用"}
TWICE: Final = "这个账户刚才已经建过了。要再建一个，请核对内容后再点建立"


@bp.get("/users")
@action("user.list")
def listed() -> ResponseReturnValue:
    """Every account, narrowed by what was chosen."""
    given = {name: value for name, value in request.args.items() if value}
    found = queries.accounts(_filters(given), now=now())
    units = [(str(each.id), each.name) for each in organisations.register(everything=True)]
    return render_template(
        "user/list.html",
        title="账户",
        rows=[_row(each) for each in found],
        query=given.get("q", ""),
        filters=[
            _filter("role", "角色", ROLES, given),
            _filter("organisation", "单位", units, given),
            _filter("state", "状态", list(STATES.items()), given),
        ],
        list_url=url_for("user.listed"),
        new_url=url_for("user.new") if _may("user.create") else None,
        import_url=url_for("user_list.paste") if _may("user.create") else None,
    )


@bp.get("/users/new")
@action("user.create")
def new() -> ResponseReturnValue:
    """An empty form."""
    return _new(Form())


@bp.post("/users/new")
@action("user.create")
def create() -> ResponseReturnValue:
    """Create an account and show its slip once."""

    def produce() -> str:
        raw = forms.body(request.form)
        role = raw.pop("role", None)
        draft = UserDraft(**load_body(AccountIn, raw | {"roles": [role] if role else []}))
        made = user_list.engage_one(draft, actor=actor(), desk=desk(), now=now())
        return slip.drawn([made], title="账户已建立")

    return forms.once(produce, shown=_new, twice=TWICE, at=_at_role)


@bp.get("/users/<uuid:user_id>")
@action("user.list")
def detail(user_id: UUID) -> ResponseReturnValue:
    """One account, and what may be done with it."""
    account = queries.account(user_id, now=now())
    running = _running(user_id) if _may("session.revoke") else []
    return render_template(
        "user/detail.html",
        title=account.name,
        account=_row(account),
        form=Form(),
        carried=queries.carried(user_id),
        own=user_id == actor().user_id,
        reset_url=_offered("user.reset", user_id, account.active),
        unlock_url=_offered("user.unlock", user_id, account.locked),
        roles_url=_offered("grant.ask", user_id, account.active and user_id != actor().user_id),
        pending=_pending(user_id),
        hand_over_url=url_for("hand_over.shown", user_id=user_id)
        if _may("user.hand_over")
        else None,
        disable_url=_offered("user.disable", user_id, account.active),
        enable_url=_offered("user.enable", user_id, not account.active),
        sessions=[_session(each) for each in running],
        end_sessions_url=_offered(
            "user.end_sessions", user_id, bool(running) and user_id != actor().user_id
        ),
        second_factor_url=_offered(
            "user.reset_second_factor", user_id, account.second_factor_at is not None
        ),
        back_url=url_for("user.listed"),
    )


@bp.post("/users/<uuid:user_id>/reset")
@action("user.reset")
def reset(user_id: UUID) -> ResponseReturnValue:
    """Take the password away and show the slip to set a new one, once."""

    def produce() -> str:
        sign_in_code = operations.reset(user_id, actor=actor(), desk=desk(), now=now())
        account = queries.account(user_id, now=now())
        made = Engaged(user_id, account.username, sign_in_code)
        return slip.drawn([made], title="密码已重置")

    try:
        return forms.kept(produce)
    except Conflict as refusal:
        return stopped(refusal, to=url_for("user.detail", user_id=user_id))


@bp.post("/users/<uuid:user_id>/disable")
@action("user.disable")
def disable(user_id: UUID) -> ResponseReturnValue:
    """Close the account."""
    return _turn(user_id, operations.disable, "已停用，这个人马上不能再用系统")


@bp.post("/users/<uuid:user_id>/enable")
@action("user.disable")
def enable(user_id: UUID) -> ResponseReturnValue:
    """Open it again."""
    return _turn(user_id, operations.enable, "已启用，原来的密码还能用")


@bp.post("/users/<uuid:user_id>/unlock")
@action("user.reset")
def unlock(user_id: UUID) -> ResponseReturnValue:
    """Lift the lock."""
    return _turn(user_id, operations.unlock, "已解锁，可以再登录")


@bp.post("/users/<uuid:user_id>/second-factor/reset")
@action("user.reset_second_factor")
def reset_second_factor(user_id: UUID) -> ResponseReturnValue:
    """Take the second factor away; it is enrolled anew at the next sign-in."""
    return _turn(user_id, second_factor.reset, "动态口令已重置，下次登录时重新登记")


@bp.post("/users/<uuid:user_id>/sessions/end")
@action("session.revoke")
def end_sessions(user_id: UUID) -> ResponseReturnValue:
    """Sign the person out everywhere."""
    return _turn(user_id, user_session.end_all, "已退出这个账户登录的全部地方")


def _pending(user_id: UUID) -> dict[str, str] | None:
    """The change of roles that waits for somebody else."""
    view = grants.of_user(user_id)
    if view is None:
        return None
    wanted = "、".join(label(Role(each)) for each in view.roles)
    return {"roles": wanted, "asked_by": view.asked_by}


def _new(form: Form) -> str:
    return render_template(
        "user/new.html",
        title="新账户",
        form=form,
        roles=ROLES,
        units=units.choices(),
        post_url=url_for("user.create"),
        back_url=url_for("user.listed"),
    )


def _at_role(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """The errors at the fields of the form, which asks for one role."""
    return {"role" if name.startswith("roles") else name: said for name, said in fields.items()}


def _turn(user_id: UUID, deed: Callable[..., None], said: str) -> ResponseReturnValue:
    mine = partial(deed, user_id, actor=actor(), desk=desk(), now=now())
    return turn(mine, said, to=url_for("user.detail", user_id=user_id))


def _may(name: str) -> bool:
    return access.may(actor(), name, desk().policy.access)


def _offered(endpoint: str, user_id: UUID, fits: bool) -> str | None:
    """Where a deed is done, when it fits the account and the caller may do it."""
    deeds = {
        "user.enable": "user.disable",
        "user.unlock": "user.reset",
        "grant.ask": "user.grant",
        "user.end_sessions": "session.revoke",
    }
    may = _may(deeds.get(endpoint, endpoint))
    return url_for(endpoint, user_id=user_id) if fits and may else None


def _filters(given: dict[str, str]) -> AccountFilters:
    """What was chosen; words nobody offered narrow nothing."""
    state, role = given.get("state"), given.get("role", "")
    return AccountFilters(
        text=given.get("q", "").strip()[:60],
        role=Role(role) if role in set(STAFF) else None,
        organisation=_unit(given.get("organisation", "")),
        active={"active": True, "inactive": False}.get(state or ""),
        locked=True if state == "locked" else None,
    )


def _unit(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _filter(
    name: str, text: str, options: list[tuple[str, str]], given: dict[str, str]
) -> dict[str, Any]:
    return {"name": name, "label": text, "value": given.get(name, ""), "options": options}


def _row(account: AccountView) -> dict[str, Any]:
    return {
        "url": url_for("user.detail", user_id=account.id),
        "name": account.name,
        "username": account.username,
        "role_label": slip.roles(account),
        "organisation": account.organisation,
        "organisation_url": url_for("organisation.detail", organisation_id=account.organisation_id),
        "email": account.email or "",
        "last_text": _moment(account.last_sign_in_at) or "没有登录过",
        "link_text": _moment(account.invited_until),
        "has_password": account.has_password,
        "active": account.active,
        "locked": account.locked,
        "second_factor_text": _moment(account.second_factor_at),
    }


def _running(user_id: UUID) -> list[SessionView]:
    return user_sessions.running(user_id, policy=desk().policy.sign_in, now=now())


def _session(view: SessionView) -> dict[str, str]:
    return {
        "device": view.device or "不详",
        "address": view.address or "不详",
        "started_text": _moment(view.started_at),
        "seen_text": _moment(view.seen_at),
    }


def _moment(instant: datetime | None) -> str:
    return show.moment(instant, desk().zone) if instant else ""
