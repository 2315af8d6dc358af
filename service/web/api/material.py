"""The papers 材料 of a dispute for programs."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.material import MaterialOut, MaterialPageOut, MaterialsIn
from service.operations import material as operations
from service.queries import material as queries
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-material", __name__, url_prefix="/api/v1", description="材料")


@blp.get("/disputes/<uuid:dispute_id>/materials")
@action("dispute.material")
@blp.response(200, MaterialPageOut)
def listed(dispute_id: UUID) -> Response:
    """The papers wanted, received and given back."""
    return answer(_shown(dispute_id))


@blp.post("/disputes/<uuid:dispute_id>/materials")
@action("dispute.material")
@blp.arguments(MaterialsIn)
@blp.response(201, MaterialPageOut)
@idempotent
def note(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Note papers; all of them are shown as they stand then."""
    operations.note(dispute_id, body["items"], actor=actor(), desk=desk(), now=now())
    return answer(_shown(dispute_id), status=201)


def _shown(dispute_id: UUID) -> dict[str, Any]:
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return {"items": [MaterialOut().dump(each) for each in found]}
