"""Links 关联 for programs: what a dispute is tied to, and deciding about another one."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.dispute import LinkIn
from schemas.link import LinkOut, LinksOut
from service.operations import link as operations
from service.queries import link as queries
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-link", __name__, url_prefix="/api/v1", description="关联")


@blp.get("/disputes/<uuid:dispute_id>/links")
@action("dispute.read")
@blp.response(200, LinksOut)
def listed(dispute_id: UUID) -> Response:
    """The disputes it is tied to, as the caller may see them."""
    return _shown(dispute_id, 200)


@blp.post("/disputes/<uuid:dispute_id>/links")
@action("dispute.link")
@blp.arguments(LinkIn)
@blp.response(201, LinksOut)
@idempotent
def decide(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Decide, or decide otherwise, what another dispute is to this one."""
    operations.decide(dispute_id, body, actor=actor(), desk=desk(), now=now())
    return _shown(dispute_id, 201)


def _shown(dispute_id: UUID, status: int) -> Response:
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer({"items": [LinkOut().dump(each) for each in found]}, status=status)
