"""Repeated visits 重复访 for programs: list them, take one down."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.repeat import CardIn, RepeatIn, RepeatOut, RepeatsOut, TakenOut
from service.operations import repeat as operations
from service.queries import repeat as queries
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint
from service.web.witness import looked_at

blp = StrictBlueprint("api-repeat", __name__, url_prefix="/api/v1", description="重复来访")


@blp.get("/disputes/<uuid:dispute_id>/repeats")
@action("dispute.read")
@blp.response(200, RepeatsOut)
@looked_at
def listed(dispute_id: UUID) -> Response:
    """Every visit again about a dispute; what was said of a sealed one is not told."""
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    items = [RepeatOut().dump(each) for each in found]
    return answer({"items": items, "review": queries.wants_review(found, desk=desk(), now=now())})


@blp.post("/disputes/<uuid:dispute_id>/repeats")
@action("dispute.repeat")
@blp.arguments(RepeatIn)
@blp.response(201, RepeatOut)
@idempotent
def note(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Take down that somebody came again."""
    made = operations.note(dispute_id, body, actor=actor(), desk=desk(), now=now())
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer(RepeatOut().dump(next(each for each in found if each.id == made)), status=201)


@blp.post("/repeats")
@action("dispute.repeat")
@blp.arguments(CardIn)
@blp.response(201, TakenOut)
@idempotent
def note_by_card(body: dict[str, Any]) -> Response:
    """The same of a dispute the caller may not open, by number and the visitor's ID card."""
    number, ordinal = operations.note_by_card(body, actor=actor(), desk=desk(), now=now())
    return answer({"number": number, "ordinal": ordinal}, status=201)
