"""Signing in 登录 for programs."""

from typing import Any

from flask import Response

from schemas.sign_in import PasswordIn, SessionStartOut, SignInIn, UserOut
from service.operations import password as passwords
from service.operations import sign_in as operations
from service.operations.sign_in import SignedIn
from service.queries import user as users
from service.queries.user import Caller
from service.web.door import (
    actor,
    answer,
    desk,
    now,
    origin,
    public,
    signed_in,
    unsettled,
    visitor,
)
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-sign-in", __name__, url_prefix="/api/v1", description="登录")


@blp.post("/sign-in")
@public
@blp.arguments(SignInIn)
@blp.response(200, SessionStartOut)
def sign_in(body: dict[str, Any]) -> Response:
    """Open a session and give its bearer token."""
    begun = operations.sign_in(
        body["username"],
        body["password"],
        code=body["totp"],
        origin=origin(),
        desk=desk(),
        now=now(),
    )
    return _begun(begun)


@blp.post("/sign-out")
@signed_in
@unsettled
@blp.response(204)
def sign_out() -> Response:
    """End the session of the token that came with the request."""
    found = visitor()
    if found is not None:
        operations.sign_out(found.token, actor=actor(), now=now())
    return Response(status=204)


@blp.get("/me")
@signed_in
@unsettled
@blp.response(200, UserOut)
def me() -> Response:
    """Who the token belongs to."""
    found = visitor()
    return answer(UserOut().dump(user_shown(found.caller)) if found else None)


@blp.post("/me/password")
@signed_in
@unsettled
@blp.arguments(PasswordIn)
@blp.response(200, SessionStartOut)
def change_password(body: dict[str, Any]) -> Response:
    """Give oneself another password; every session ends, the answer holds a fresh one."""
    begun = passwords.change(
        body["old"], body["password"], actor=actor(), origin=origin(), desk=desk(), now=now()
    )
    return _begun(begun)


def _begun(begun: SignedIn) -> Response:
    caller = users.by_token(begun.token, policy=desk().policy.sign_in, now=now())
    return answer(
        SessionStartOut().dump(
            {
                "token": begun.token,
                "user": user_shown(caller) if caller else None,
                "expires_at": begun.expires_at,
            }
        )
    )


def user_shown(caller: Caller) -> dict[str, Any]:
    """A caller as programs see them."""
    return {
        "id": caller.actor.user_id,
        "username": caller.username,
        "name": caller.actor.name,
        "roles": sorted(role.value for role in caller.actor.roles),
        "organisation": {
            "id": caller.actor.organisation_id,
            "kind": caller.organisation_kind,
            "name": caller.organisation,
        },
    }
