"""Duplicates 查重 for programs: which disputes are like one that is being written down."""

from typing import Any

from flask import Response

from schemas.duplicate import FOREIGN_FIELDS, CandidateOut, DuplicateIn, DuplicatesOut
from service.errors import TooOften
from service.operations import duplicate as operations
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
