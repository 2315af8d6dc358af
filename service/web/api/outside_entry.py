"""Outside entries 外部系统登记 for programs: list, note, withdraw."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.outside_entry import (
    OutsideEntryIn,
    OutsideEntryListOut,
    OutsideEntryMadeOut,
    OutsideEntryOut,
    OutsideEntryWithdrawIn,
    TwinOut,
)
from service.operations import outside_entry as operations
from service.operations.outside_entry import EntryDraft
from service.queries import dispute as disputes
from service.queries import outside_entry as queries
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint(
    "api-outside-entry", __name__, url_prefix="/api/v1", description="外部系统登记"
)


@blp.get("/disputes/<uuid:dispute_id>/outside-entries")
@action("dispute.read")
@blp.response(200, OutsideEntryListOut)
def listed(dispute_id: UUID) -> Response:
    """The numbers others keep the dispute under."""
    return _shown(dispute_id)


@blp.post("/disputes/<uuid:dispute_id>/outside-entries")
@action("dispute.outside_entry")
@blp.arguments(OutsideEntryIn)
@blp.response(201, OutsideEntryMadeOut)
@idempotent
def enter(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Note one; `same` warns of other disputes under the same number."""
    draft = EntryDraft(**body)
    made = operations.enter(dispute_id, draft, actor=actor(), desk=desk(), now=now())
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    same = queries.twins(
        dispute_id, draft.system, draft.number, actor=actor(), desk=desk(), now=now()
    )
    shown = OutsideEntryOut().dump(next(e for e in found if e.id == made))
    return answer(shown | {"same": [TwinOut().dump(each) for each in same]}, status=201)


@blp.post("/disputes/<uuid:dispute_id>/outside-entries/<uuid:entry_id>/withdraw")
@action("dispute.outside_entry")
@blp.arguments(OutsideEntryWithdrawIn)
@blp.response(200, OutsideEntryListOut)
def withdraw(body: dict[str, Any], dispute_id: UUID, entry_id: UUID) -> Response:
    """Take one back that was a mistake; those that are left."""
    operations.withdraw(dispute_id, entry_id, body["reason"], actor=actor(), desk=desk(), now=now())
    return _shown(dispute_id)


def _shown(dispute_id: UUID) -> Response:
    view = disputes.one(dispute_id, actor=actor(), desk=desk(), now=now())
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    shape = OutsideEntryOut()
    items = [shape.dump(each) for each in found]
    return answer({"source_reference": view.source_reference, "items": items})
