"""The restricted class 受限 for programs: naming, breaking the glass, marking."""

from typing import Any
from uuid import UUID

from flask import Response

from config.vocabulary import DisputeStatus
from schemas.base import PageQuery
from schemas.dispute import DisputeOut
from schemas.restricted import (
    DecisionIn,
    GlassOut,
    GlassPageOut,
    NamedIn,
    NamedOut,
    NamedPageOut,
    ReasonIn,
)
from service.errors import NotFound
from service.operations import restricted as operations
from service.queries import dispute as disputes
from service.queries import restricted as queries
from service.rules import access
from service.rules.restricted import GlassState
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-restricted", __name__, url_prefix="/api/v1", description="限制查阅")


@blp.get("/disputes/<uuid:dispute_id>/named")
@action("dispute.name")
@blp.response(200, NamedPageOut)
def named(dispute_id: UUID) -> Response:
    """Who is and was named."""
    return answer(_named(dispute_id))


@blp.post("/disputes/<uuid:dispute_id>/named")
@action("dispute.name")
@blp.arguments(NamedIn)
@blp.response(201, NamedPageOut)
@idempotent
def name(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Name somebody; everybody named is shown."""
    person, reason = body["person"], body["reason"]
    operations.name(dispute_id, person, reason, actor=actor(), desk=desk(), now=now())
    return answer(_named(dispute_id), status=201)


@blp.post("/disputes/<uuid:dispute_id>/named/<uuid:named_id>/end")
@action("dispute.name")
@blp.response(200, NamedPageOut)
def end_naming(dispute_id: UUID, named_id: UUID) -> Response:
    """End a naming."""
    operations.end_naming(dispute_id, named_id, actor=actor(), desk=desk(), now=now())
    return answer(_named(dispute_id))


@blp.post("/disputes/<uuid:dispute_id>/break-glass")
@action("dispute.break_glass")
@blp.arguments(ReasonIn)
@blp.response(201, GlassOut)
@idempotent
def ask(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Ask to break the glass."""
    reason = body["reason"]
    made = operations.ask_for_glass(dispute_id, reason, actor=actor(), desk=desk(), now=now())
    return answer(_glass(made), status=201)


@blp.get("/break-glass")
@action("glass.list")
@blp.arguments(PageQuery, location="query")
@blp.response(200, GlassPageOut)
def glasses(query: dict[str, Any]) -> Response:
    """Every breaking of the glass, newest first, without its reason."""
    page = queries.glasses(desk=desk(), now=now(), limit=query["limit"], cursor=query["cursor"])
    return answer_page(page, _shape().dump)


@blp.get("/break-glass/<uuid:glass_id>")
@action("glass.decide")
@blp.response(200, GlassOut)
def glass(glass_id: UUID) -> Response:
    """One, with its reason while it waits; that it was opened is written down."""
    told = _glass(glass_id)
    if told["state"] == GlassState.PENDING:
        told["reason"] = operations.glass_reason(glass_id, actor=actor(), desk=desk(), now=now())
    return answer(told)


@blp.post("/break-glass/<uuid:glass_id>/decide")
@action("glass.decide")
@blp.arguments(DecisionIn)
@blp.response(200, GlassOut)
def decide(body: dict[str, Any], glass_id: UUID) -> Response:
    """Agree or refuse, as the second person."""
    operations.decide_glass(glass_id, **body, actor=actor(), desk=desk(), now=now())
    return answer(_glass(glass_id))


@blp.post("/break-glass/<uuid:glass_id>/end")
@action("dispute.break_glass")
@blp.response(200, GlassOut)
def end(glass_id: UUID) -> Response:
    """Look no longer, or ask no longer."""
    operations.end_glass(glass_id, actor=actor(), desk=desk(), now=now())
    return answer(_glass(glass_id))


@blp.post("/disputes/<uuid:dispute_id>/restrict")
@action("dispute.restrict")
@blp.arguments(ReasonIn)
@blp.response(200, DisputeOut)
def restrict(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Mark it; id and status only when that took it away from the caller."""
    why = body["reason"]
    status = operations.restrict(dispute_id, why, actor=actor(), desk=desk(), now=now())
    return _dispute(dispute_id, status)


@blp.post("/disputes/<uuid:dispute_id>/unrestrict")
@action("dispute.unrestrict")
@blp.arguments(ReasonIn)
@blp.response(200, DisputeOut)
def unrestrict(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Unmark it and its visit."""
    why = body["reason"]
    status = operations.unrestrict(dispute_id, why, actor=actor(), desk=desk(), now=now())
    return _dispute(dispute_id, status)


def _named(dispute_id: UUID) -> dict[str, Any]:
    found = queries.named(dispute_id, actor=actor(), desk=desk(), now=now())
    return {"items": [NamedOut().dump(each) for each in found]}


def _glass(glass_id: UUID) -> dict[str, Any]:
    view = queries.glass(glass_id, desk=desk(), now=now())
    may_list = access.may(actor(), "glass.list", desk().policy.access)
    if not may_list and view.asker_id != actor().user_id:
        raise NotFound
    told: dict[str, Any] = _shape().dump(view)
    return told


def _shape() -> GlassOut:
    return GlassOut(exclude=("reason",))


def _dispute(dispute_id: UUID, status: DisputeStatus) -> Response:
    try:
        view = disputes.one(dispute_id, actor=actor(), desk=desk(), now=now())
    except NotFound:
        return answer({"id": str(dispute_id), "status": status.value, "steps": []})
    return answer(DisputeOut().dump(view), version=view.version)
