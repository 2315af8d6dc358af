"""One masked field in clear 脱敏查看 for programs, and who had what shown."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.reveal import RevealIn, RevealListOut, RevealOut, RevealRowOut
from service.operations import load
from service.operations import reveal as operations
from service.queries import reveal as queries
from service.web.door import action, actor, answer, desk, now
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-reveal", __name__, url_prefix="/api/v1", description="脱敏查看")


@blp.post("/disputes/<uuid:dispute_id>/reveals")
@action("dispute.reveal")
@blp.arguments(RevealIn)
@blp.response(200, RevealOut)
def reveal(body: dict[str, Any], dispute_id: UUID) -> Response:
    """One value in clear, after the trail says who saw it and why."""
    made = operations.reveal(
        dispute_id, body["field"], body["reason"], actor=actor(), desk=desk(), now=now()
    )
    return answer(RevealOut().dump(made))


@blp.get("/disputes/<uuid:dispute_id>/reveals")
@action("dispute.reveal")
@blp.response(200, RevealListOut)
def listed(dispute_id: UUID) -> Response:
    """Who was shown what, newest first."""
    dispute = operations.allowed(dispute_id, actor=actor(), desk=desk(), now=now())
    found = queries.of_dispute(dispute_id, load.field_key(dispute, desk()))
    shape = RevealRowOut()
    return answer({"items": [shape.dump(each) for each in found]})
