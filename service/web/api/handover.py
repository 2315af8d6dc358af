"""Handovers 移交 for programs: send, look, accept, return, withdraw, and the flow."""

from typing import Any
from uuid import UUID

from flask import Response, request

from config.vocabulary import HandoverState
from schemas.handover import (
    FlowOut,
    FlowQuery,
    FlowRowOut,
    FlowRowsOut,
    FlowRowsQuery,
    HandoverAnswerOut,
    HandoverDetailOut,
    HandoverIn,
    HandoverListOut,
    HandoverOut,
    HandoverPageOut,
    HandoverQuery,
    HandoverReturnIn,
)
from service.operations import handover as operations
from service.operations.handover import HandoverDraft
from service.queries import handover as queries
from service.queries import handover_flow as flows
from service.queries.handover import Box
from service.queries.handover_flow import Measure, Question
from service.rules import access
from service.rules.handover import Agreed
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-handover", __name__, url_prefix="/api/v1", description="移交")


@blp.get("/handovers")
@action("handover.read")
@blp.arguments(HandoverQuery, location="query")
@blp.response(200, HandoverPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of a box: what waits for the unit, what it sent, what came back too often."""
    box = Box(query.pop("box"))
    scope = access.scope(actor(), "handover.read", desk().policy.access)
    page = queries.page(box, scope=scope, desk=desk(), now=now(), **query)
    return answer_page(page, HandoverOut().dump)


@blp.get("/handovers/flow")
@action("metric.read")
@blp.arguments(FlowQuery, location="query")
@blp.response(200, FlowOut)
def flow(query: dict[str, Any]) -> Response:
    """How much each of the four mediations handed to each, and what became of it."""
    question = _question(query)
    found = flows.pairs(question, now=now())
    return answer(FlowOut().dump({"start": question.start, "end": question.end, "pairs": found}))


@blp.get("/handovers/flow/rows")
@action("metric.read")
@blp.arguments(FlowRowsQuery, location="query")
@blp.response(200, FlowRowsOut)
def flow_rows(query: dict[str, Any]) -> Response:
    """Exactly the handovers behind one number of the flow."""
    page = flows.rows(
        _question(query),
        Measure(query["measure"]),
        before=query["before"],
        after=query["after"],
        now=now(),
        cursor=query["cursor"],
    )
    return answer_page(page, FlowRowOut().dump)


@blp.get("/disputes/<uuid:dispute_id>/handovers")
@action("handover.read")
@blp.response(200, HandoverListOut)
@noted("read", "handover")
def of_dispute(dispute_id: UUID) -> Response:
    """Every move of a dispute, in their order; who handed it over is told of their own."""
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    shape = HandoverDetailOut()
    version = found[0].version if found else None
    return answer({"items": [shape.dump(each) for each in found]}, version=version)


@blp.post("/disputes/<uuid:dispute_id>/handovers")
@action("handover.send")
@blp.arguments(HandoverIn)
@blp.response(201, HandoverDetailOut)
@idempotent
def send(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Send a dispute to another unit. `If-Match`, with the ETag of the dispute, may be given."""
    made = operations.send(
        dispute_id,
        HandoverDraft(**body | {"consent": Agreed(**body["consent"])}),
        version=required_version() if "If-Match" in request.headers else None,
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    view = queries.one(dispute_id, made, actor=actor(), desk=desk(), now=now())
    return answer(HandoverDetailOut().dump(view), version=view.version, status=201)


@blp.post("/disputes/<uuid:dispute_id>/handovers/<uuid:handover_id>/accept")
@action("handover.answer")
@blp.response(200, HandoverAnswerOut)
def accept(dispute_id: UUID, handover_id: UUID) -> Response:
    """Take the dispute over. `If-Match` is the ETag of the dispute."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.accept(dispute_id, handover_id, version=required_version(), **told)
    return _answered(handover_id, HandoverState.ACCEPTED)


@blp.post("/disputes/<uuid:dispute_id>/handovers/<uuid:handover_id>/return")
@action("handover.answer")
@blp.arguments(HandoverReturnIn)
@blp.response(200, HandoverAnswerOut)
def give_back(body: dict[str, Any], dispute_id: UUID, handover_id: UUID) -> Response:
    """Return it with a coded reason. `If-Match` is the ETag of the dispute."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.give_back(dispute_id, handover_id, **body, version=required_version(), **told)
    return _answered(handover_id, HandoverState.RETURNED)


@blp.post("/disputes/<uuid:dispute_id>/handovers/<uuid:handover_id>/withdraw")
@action("handover.send")
@blp.response(200, HandoverAnswerOut)
def withdraw(dispute_id: UUID, handover_id: UUID) -> Response:
    """Take back what nobody has answered yet. `If-Match` is the ETag of the dispute."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.withdraw(dispute_id, handover_id, version=required_version(), **told)
    return _answered(handover_id, HandoverState.WITHDRAWN)


def _answered(handover_id: UUID, state: HandoverState) -> Response:
    return answer(HandoverAnswerOut().dump({"id": handover_id, "state": state}))


def _question(query: dict[str, Any]) -> Question:
    return Question(query["from_"], query["to"], flows.scope_of(actor(), desk()))
