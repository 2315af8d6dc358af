"""Leaders in charge 领导包案 for programs: name one, write a measure, note a look, look."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.charge import (
    ChargeIn,
    ChargePageOut,
    ChargeQuery,
    ChargeRowOut,
    ChargesOut,
    LookIn,
    MeasureIn,
)
from service.operations import charge as operations
from service.queries import charge as queries
from service.queries.charge import ChargeState
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-charge", __name__, url_prefix="/api/v1", description="领导包案")


@blp.get("/charges")
@action("charge.read")
@blp.arguments(ChargeQuery, location="query")
@blp.response(200, ChargePageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page, newest first: a leader's own, and what else one may know of."""
    state = ChargeState(query.pop("state"))
    page = queries.page(state, actor=actor(), desk=desk(), now=now(), **query)
    return answer_page(page, ChargeRowOut().dump)


@blp.get("/disputes/<uuid:dispute_id>/charge")
@action("charge.read")
@blp.response(200, ChargesOut)
@noted("read", "charge")
def of_dispute(dispute_id: UUID) -> Response:
    """Which leader answers for a dispute, who did before, and what they did."""
    return _shown(dispute_id)


@blp.post("/disputes/<uuid:dispute_id>/charge")
@action("charge.name")
@blp.arguments(ChargeIn)
@blp.response(201, ChargesOut)
@idempotent
def name(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Name the leader, in the place of who was it."""
    operations.name(dispute_id, body["leader"], actor=actor(), desk=desk(), now=now())
    return _shown(dispute_id, status=201)


@blp.post("/disputes/<uuid:dispute_id>/charge/measures")
@action("charge.write")
@blp.arguments(MeasureIn)
@blp.response(201, ChargesOut)
@idempotent
def write(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Write a measure."""
    operations.write(dispute_id, **body, actor=actor(), desk=desk(), now=now())
    return _shown(dispute_id, status=201)


@blp.post("/disputes/<uuid:dispute_id>/charge/look")
@action("charge.write")
@blp.arguments(LookIn)
@blp.response(200, ChargesOut)
def look(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Note that the leader looked into it."""
    operations.look(dispute_id, **body, actor=actor(), desk=desk(), now=now())
    return _shown(dispute_id)


def _shown(dispute_id: UUID, *, status: int = 200) -> Response:
    view = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer(ChargesOut().dump(view), status=status)
