"""Duplicates 查重 for programs: which disputes are like one that is being written down."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.duplicate import FOREIGN_FIELDS, CandidateOut, DuplicateIn, DuplicatesOut, LikeOut
from service.errors import TooOften
from service.operations import duplicate as operations
from service.queries import link as links
from service.web.door import action, actor, answer, desk, now
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-duplicate", __name__, url_prefix="/api/v1", description="查重")


@blp.post("/duplicates")
@action("duplicate.check")
@blp.arguments(DuplicateIn)
@blp.response(200, DuplicatesOut)
def check(body: dict[str, Any]) -> Response:
    """The few disputes most like it, each with the reasons; nothing of the body is stored."""
    found = operations.check(body, actor=actor(), desk=desk(), now=now())
    if found.wait:
        raise TooOften(found.wait)
    whole, foreign = CandidateOut(), CandidateOut(only=FOREIGN_FIELDS)
    return answer({"items": [(whole if each.id else foreign).dump(each) for each in found.items]})


@blp.get("/disputes/<uuid:dispute_id>/duplicates")
@action("dispute.link")
@blp.response(200, DuplicatesOut)
def like(dispute_id: UUID) -> Response:
    """The few disputes most like a stored one, and what was decided about them before."""
    found = operations.like(dispute_id, actor=actor(), desk=desk(), now=now())
    decided = links.decided(dispute_id, [each.id for each in found if each.id])
    whole, foreign = LikeOut(), CandidateOut(only=FOREIGN_FIELDS)
    items = []
    for each in found:
        known = decided.get(each.id) if each.id else None
        shown = (whole if each.id else foreign).dump(each)
        items.append(shown | ({"decided": known.relation.value} if known else {}))
    return answer({"items": items})
