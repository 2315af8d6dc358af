"""Requests for recusal 申请回避 for programs: take one down, decide it."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.recusal import RecusalDecisionIn, RecusalIn, RecusalOut, RecusalsOut
from service.operations import recusal as operations
from service.queries import recusal as queries
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint
from service.web.witness import looked_at

blp = StrictBlueprint("api-recusal", __name__, url_prefix="/api/v1", description="回避")


@blp.get("/disputes/<uuid:dispute_id>/recusals")
@action("dispute.read")
@blp.response(200, RecusalsOut)
@looked_at
def listed(dispute_id: UUID) -> Response:
    """All of a dispute; their words are not told of a sealed one."""
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer({"items": [RecusalOut().dump(each) for each in found]})


@blp.post("/disputes/<uuid:dispute_id>/recusals")
@action("recusal.ask")
@blp.arguments(RecusalIn)
@blp.response(201, RecusalOut)
@idempotent
def ask(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Take down that a party does not want the mediator."""
    made = operations.ask(dispute_id, body, actor=actor(), desk=desk(), now=now())
    return _one(dispute_id, made, 201)


@blp.post("/disputes/<uuid:dispute_id>/recusals/<uuid:recusal_id>/decide")
@action("recusal.decide")
@blp.arguments(RecusalDecisionIn)
@blp.response(200, RecusalOut)
def decide(body: dict[str, Any], dispute_id: UUID, recusal_id: UUID) -> Response:
    """Grant it and name another, or refuse it."""
    operations.decide(dispute_id, recusal_id, body, actor=actor(), desk=desk(), now=now())
    return _one(dispute_id, recusal_id, 200)


def _one(dispute_id: UUID, recusal_id: UUID, status: int) -> Response:
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    shown = next(each for each in found if each.id == recusal_id)
    return answer(RecusalOut().dump(shown), status=status)
