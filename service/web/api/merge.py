"""Merges 并案 for programs: let one dispute go into another, list, part them again."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.dispute import DisputeOut
from schemas.merge import MergedOut, MergeIn, MergesOut, UndoIn
from service.operations import merge as operations
from service.queries import dispute as disputes
from service.queries import merge as queries
from service.web.attachment import store
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.parser import StrictBlueprint
from service.web.witness import looked_at

blp = StrictBlueprint("api-merge", __name__, url_prefix="/api/v1", description="并案")


@blp.post("/disputes/<uuid:dispute_id>/merge")
@action("dispute.merge")
@blp.arguments(MergeIn)
@blp.response(200, DisputeOut)
def merge(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Let the dispute of a number go into this one, which remains."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    made = operations.merge(dispute_id, body, version=required_version(), store=store(), **told)
    return _shown(dispute_id, {"merge": str(made)})


@blp.get("/disputes/<uuid:dispute_id>/merges")
@action("dispute.read")
@blp.response(200, MergesOut)
@looked_at
def listed(dispute_id: UUID) -> Response:
    """What went into this one, with what it said; nothing of a sealed one."""
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    found = queries.of_opened(opened, desk=desk())
    return answer({"items": [MergedOut().dump(each) for each in found]})


@blp.post("/disputes/<uuid:dispute_id>/merges/<uuid:merge_id>/undo")
@action("dispute.merge")
@blp.arguments(UndoIn)
@blp.response(200, DisputeOut)
def undo(body: dict[str, Any], dispute_id: UUID, merge_id: UUID) -> Response:
    """Part the two again, within 30 days."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    gone = operations.undo(dispute_id, merge_id, body["reason"], version=required_version(), **told)
    return _shown(dispute_id, {"parted": str(gone)})


def _shown(dispute_id: UUID, more: dict[str, str]) -> Response:
    view = disputes.one(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer({**DisputeOut().dump(view), **more}, version=view.version)
