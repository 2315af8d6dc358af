"""The citizen's slip for programs 公开查询: no sign-in, and one answer for every miss."""

from typing import Any

from flask import Response, request

from config.words import stage
from schemas.progress import ProgressIn, ProgressOut
from service.operations import progress as operations
from service.web.door import answer, desk, now, public
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-progress", __name__, url_prefix="/api/v1/public", description="公开查询")


@blp.post("/progress")
@public
@blp.arguments(ProgressIn)
@blp.response(200, ProgressOut)
def ask(body: dict[str, Any]) -> Response:
    """How far the dispute on a slip has come."""
    told = operations.ask(
        body["number"], body["code"], address=request.remote_addr or "", desk=desk(), now=now()
    )
    shown = {
        "stage": stage(told.status),
        "organisation": told.organisation,
        "next_on": told.next_on,
    }
    return answer(ProgressOut().dump(shown))
