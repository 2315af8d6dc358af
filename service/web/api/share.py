"""Shares 共享 of a dispute for programs."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.share import ShareIn, ShareOut, SharePageOut
from service.operations import share as operations
from service.operations.share import ShareDraft
from service.queries import share as queries
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-share", __name__, url_prefix="/api/v1", description="共享")


@blp.get("/disputes/<uuid:dispute_id>/shares")
@action("dispute.share")
@blp.response(200, SharePageOut)
def listed(dispute_id: UUID) -> Response:
    """With whom it is and was shared."""
    return answer(_shown(dispute_id))


@blp.post("/disputes/<uuid:dispute_id>/shares")
@action("dispute.share")
@blp.arguments(ShareIn)
@blp.response(201, SharePageOut)
@idempotent
def share(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Share it; every share is shown."""
    operations.share(dispute_id, ShareDraft(**body), actor=actor(), desk=desk(), now=now())
    return answer(_shown(dispute_id), status=201)


@blp.post("/disputes/<uuid:dispute_id>/shares/<uuid:share_id>/end")
@action("dispute.share")
@blp.response(200, SharePageOut)
def end(dispute_id: UUID, share_id: UUID) -> Response:
    """End a share."""
    operations.end(dispute_id, share_id, actor=actor(), desk=desk(), now=now())
    return answer(_shown(dispute_id))


def _shown(dispute_id: UUID) -> dict[str, Any]:
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return {"items": [ShareOut().dump(each) for each in found]}
