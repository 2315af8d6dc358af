"""Handing over 交接 for programs: what somebody has in hand, and giving it to others."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.hand_over import HandedOverOut, HandOverIn, InHandOut
from service.operations import hand_over as operations
from service.operations.hand_over import Plan
from service.queries import hand_over as queries
from service.queries import user as users
from service.web.door import action, actor, answer, desk, now
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-hand-over", __name__, url_prefix="/api/v1", description="交接")


@blp.get("/users/<uuid:user_id>/hand-over")
@action("user.hand_over")
@blp.response(200, InHandOut)
def shown(user_id: UUID) -> Response:
    """What the person has in hand: numbers, category, unit and stage."""
    users.account(user_id, now=now())
    return answer(InHandOut().dump(queries.in_hand(user_id, actor=actor(), desk=desk())))


@blp.post("/users/<uuid:user_id>/hand-over")
@action("user.hand_over")
@blp.arguments(HandOverIn)
@blp.response(200, HandedOverOut)
def give(body: dict[str, Any], user_id: UUID) -> Response:
    """Give open disputes to other mediators of the same unit, all or none."""
    users.account(user_id, now=now())
    moved = operations.hand_over(user_id, Plan(**body), actor=actor(), desk=desk(), now=now())
    left = InHandOut().dump(queries.in_hand(user_id, actor=actor(), desk=desk()))
    return answer(left | {"handed_over": moved})
