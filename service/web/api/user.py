"""Accounts 账户 for programs: list, create, reset, close and open; the link is told once."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.user import AccountIn, AccountListOut, AccountOut, DisableIn, InvitedOut
from service.operations import hand_over, second_factor, user_list, user_session
from service.operations import user as operations
from service.operations.hand_over import Plan
from service.operations.user import UserDraft
from service.queries import user as queries
from service.web import address
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-user", __name__, url_prefix="/api/v1", description="账户")


@blp.get("/users")
@action("user.list")
@blp.response(200, AccountListOut)
def listed() -> Response:
    """Every account, without anything secret."""
    shape = AccountOut()
    items = [shape.dump(each) for each in queries.accounts(now=now())]
    return answer({"items": items, "next_cursor": None})


@blp.post("/users")
@action("user.create")
@blp.arguments(AccountIn)
@blp.response(201, InvitedOut)
@idempotent
def create(body: dict[str, Any]) -> Response:
    """Create an account; the answer holds the one-time link of its owner."""
    draft = UserDraft(**body)
    made = user_list.engage_one(draft, actor=actor(), desk=desk(), now=now(), by_link=True)
    response = _invited(made.user_id, made.sign_in_code or "", status=201)
    response.headers["Location"] = f"/api/v1/users/{made.user_id}"
    return response


@blp.get("/users/<uuid:user_id>")
@action("user.list")
@blp.response(200, AccountOut)
def read(user_id: UUID) -> Response:
    """One account."""
    return _shown(user_id)


@blp.post("/users/<uuid:user_id>/reset")
@action("user.reset")
@blp.response(200, InvitedOut)
def reset(user_id: UUID) -> Response:
    """Take the password away; the answer holds the one-time link to set a new one."""
    return _invited(
        user_id, operations.reset(user_id, actor=actor(), desk=desk(), now=now(), by_link=True)
    )


@blp.post("/users/<uuid:user_id>/disable")
@action("user.disable")
@blp.arguments(DisableIn)
@blp.response(200, AccountOut)
def disable(body: dict[str, Any], user_id: UUID) -> Response:
    """Close an account; its sessions end at once. Open disputes go to the `successor`."""
    plan = Plan(body["successor"]) if body["successor"] else None
    hand_over.close(user_id, plan, actor=actor(), desk=desk(), now=now())
    return _shown(user_id)


@blp.post("/users/<uuid:user_id>/enable")
@action("user.disable")
@blp.response(200, AccountOut)
def enable(user_id: UUID) -> Response:
    """Open a closed account again."""
    operations.enable(user_id, actor=actor(), desk=desk(), now=now())
    return _shown(user_id)


@blp.post("/users/<uuid:user_id>/second-factor/reset")
@action("user.reset_second_factor")
@blp.response(200, AccountOut)
def reset_second_factor(user_id: UUID) -> Response:
    """Take somebody's second factor away; they enrol anew at the next sign-in."""
    second_factor.reset(user_id, actor=actor(), desk=desk(), now=now())
    return _shown(user_id)


@blp.post("/users/<uuid:user_id>/sessions/end")
@action("session.revoke")
@blp.response(200, AccountOut)
def end_sessions(user_id: UUID) -> Response:
    """Sign somebody out wherever they are signed in."""
    user_session.end_all(user_id, actor=actor(), desk=desk(), now=now())
    return _shown(user_id)


def _shown(user_id: UUID) -> Response:
    return answer(AccountOut().dump(queries.account(user_id, now=now())))


def _invited(user_id: UUID, long_code: str, *, status: int = 200) -> Response:
    account = queries.account(user_id, now=now())
    told = AccountOut().dump(account) | {
        "link": address.first_sign_in_link(long_code),
        "link_expires_at": account.invited_until and account.invited_until.isoformat(),
    }
    return answer(told, status=status)
