"""Grants 授权 for programs: change roles, see what waits, agree or refuse."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.grant import GrantDecisionIn, GrantIn, GrantListOut, GrantOut
from schemas.user import AccountOut
from service.operations import grant as operations
from service.operations.grant import GrantDraft
from service.queries import grant as queries
from service.queries import user as users
from service.web.door import action, actor, answer, desk, now
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-grant", __name__, url_prefix="/api/v1", description="授权")


@blp.post("/users/<uuid:user_id>/roles")
@action("user.grant")
@blp.arguments(GrantIn)
@blp.response(200, AccountOut)
def change(body: dict[str, Any], user_id: UUID) -> Response:
    """Change roles and unit; `waiting` holds the request when a second person must agree."""
    draft = GrantDraft(**body)
    operations.change(user_id, draft, actor=actor(), desk=desk(), now=now())
    waiting = queries.of_user(user_id)
    told = AccountOut().dump(users.account(user_id, now=now()))
    return answer(told | {"waiting": GrantOut().dump(waiting) if waiting else None})


@blp.get("/grants")
@action("grant.read")
@blp.response(200, GrantListOut)
def listed() -> Response:
    """What waits for a second person, then what was decided last."""
    return _listed()


@blp.post("/grants/<uuid:grant_id>/decide")
@action("grant.decide")
@blp.arguments(GrantDecisionIn)
@blp.response(200, GrantListOut)
def decide(body: dict[str, Any], grant_id: UUID) -> Response:
    """Agree or refuse, as another person than the one who asked."""
    operations.decide(grant_id, agreed=body["agree"], actor=actor(), desk=desk(), now=now())
    return _listed()


def _listed() -> Response:
    shape = GrantOut()
    found = [*queries.waiting(), *queries.decided()]
    return answer({"items": [shape.dump(each) for each in found], "next_cursor": None})
