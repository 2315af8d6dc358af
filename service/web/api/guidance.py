"""Guidance 指导记录 of a justice office for programs."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.attendance import NotedOut
from schemas.guidance import GuidanceIn, GuidanceListOut, GuidanceOut, GuidanceQuery
from service.operations import guidance as operations
from service.operations.guidance import GuidanceDraft
from service.queries import guidance as queries
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-guidance", __name__, url_prefix="/api/v1", description="指导记录")


@blp.get("/guidance")
@action("guidance.read")
@blp.arguments(GuidanceQuery, location="query")
@blp.response(200, GuidanceListOut)
@noted("open", "guidance")
def listed(query: dict[str, Any]) -> Response:
    """The log, newest first."""
    page = queries.page(
        actor=actor(),
        desk=desk(),
        open_only=query["open"],
        limit=query["limit"],
        cursor=query["cursor"],
    )
    return answer_page(page, GuidanceOut().dump)


@blp.post("/guidance")
@action("guidance.record")
@blp.arguments(GuidanceIn)
@blp.response(201, NotedOut)
@idempotent
def record(body: dict[str, Any]) -> Response:
    """Write one visit into the log of one's justice office."""
    made = operations.record(GuidanceDraft(**body), actor=actor(), desk=desk(), now=now())
    return answer({"id": str(made)}, status=201)


@blp.post("/guidance/<uuid:guidance_id>/done")
@action("guidance.record")
@blp.response(204)
def done(guidance_id: UUID) -> Response:
    """What had to follow was done."""
    operations.done(guidance_id, actor=actor(), desk=desk(), now=now())
    return Response(status=204)
