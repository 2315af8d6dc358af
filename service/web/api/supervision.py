"""Supervision 督办 for programs: list, order, reply, send back, end."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.supervision import (
    AnswerIn,
    OrderIn,
    SendBackIn,
    SupervisionDetailOut,
    SupervisionListOut,
    SupervisionOut,
    SupervisionPageOut,
    SupervisionQuery,
)
from service.operations import supervision as operations
from service.operations.supervision import Order
from service.queries import dispute as disputes
from service.queries import supervision as queries
from service.queries.supervision import Filters
from service.rules import access
from service.rules.supervision import SupervisionState
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-supervision", __name__, url_prefix="/api/v1", description="督办")


@blp.get("/supervisions")
@action("supervision.read")
@blp.arguments(SupervisionQuery, location="query")
@blp.response(200, SupervisionPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page: what waits by the day its reply is due, the rest newest first."""
    paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
    state = SupervisionState(query.pop("state")) if query["state"] else query.pop("state")
    filters = Filters(state=state, **query)
    scope = access.scope(actor(), "supervision.read", desk().policy.access)
    page = queries.page(filters, scope=scope, desk=desk(), now=now(), **paging)
    counted = queries.counts(filters, scope=scope, desk=desk(), now=now())
    shape = SupervisionOut()
    shown: dict[str, Any] = {
        "items": [shape.dump(each) for each in page.items],
        "next_cursor": page.next_cursor,
        "counts": {each.value: count for each, count in counted.items()},
    }
    if page.total is not None:
        shown["total"] = page.total
    return answer(shown)


@blp.post("/supervisions")
@action("supervision.order")
@blp.arguments(OrderIn)
@blp.response(201, SupervisionListOut)
@idempotent
def order(body: dict[str, Any]) -> Response:
    """Press the units that have these disputes in hand; a row for each."""
    chosen = body.pop("disputes")
    made = operations.order(chosen, Order(**body), actor=actor(), desk=desk(), now=now())
    shape = SupervisionOut()
    items = [shape.dump(_one(each).row) for each in made]
    return answer({"items": items}, status=201)


@blp.get("/supervisions/<uuid:supervision_id>")
@action("supervision.read")
@blp.response(200, SupervisionDetailOut)
@noted("read", "supervision")
def read(supervision_id: UUID) -> Response:
    """One with its words; that they were read is written down."""
    return _shown(supervision_id)


@blp.post("/supervisions/<uuid:supervision_id>/answer")
@action("supervision.answer")
@blp.arguments(AnswerIn)
@blp.response(200, SupervisionDetailOut)
def reply(body: dict[str, Any], supervision_id: UUID) -> Response:
    """Reply for the unit."""
    operations.answer(supervision_id, body["words"], actor=actor(), desk=desk(), now=now())
    return _shown(supervision_id)


@blp.post("/supervisions/<uuid:supervision_id>/send-back")
@action("supervision.order")
@blp.arguments(SendBackIn)
@blp.response(200, SupervisionDetailOut)
def send_back(body: dict[str, Any], supervision_id: UUID) -> Response:
    """The reply will not do."""
    operations.send_back(supervision_id, body["words"], actor=actor(), desk=desk(), now=now())
    return _shown(supervision_id)


@blp.post("/supervisions/<uuid:supervision_id>/finish")
@action("supervision.order")
@blp.response(200, SupervisionDetailOut)
def finish(supervision_id: UUID) -> Response:
    """End it."""
    operations.finish(supervision_id, actor=actor(), desk=desk(), now=now())
    return _shown(supervision_id)


@blp.get("/disputes/<uuid:dispute_id>/supervisions")
@action("dispute.read")
@blp.response(200, SupervisionListOut)
def of_dispute(dispute_id: UUID) -> Response:
    """Those about one dispute, newest first; none for who has no business with them."""
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    found = queries.of_opened(opened, actor=actor(), desk=desk(), now=now())
    shape = SupervisionOut()
    return answer({"items": [shape.dump(each) for each in found]})


def _shown(supervision_id: UUID) -> Response:
    return answer(SupervisionDetailOut().dump(_one(supervision_id)))


def _one(supervision_id: UUID) -> queries.SupervisionView:
    return queries.one(supervision_id, actor=actor(), desk=desk(), now=now())
