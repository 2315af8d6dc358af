"""Substitutions 替岗 for programs: who is away, and who stands in."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.substitution import SubstitutionIn, SubstitutionListOut, SubstitutionOut
from service.operations import substitution as operations
from service.queries import substitution as queries
from service.queries.substitution import SubstitutionView
from service.rules import access
from service.rules.substitution import StandIn
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-substitution", __name__, url_prefix="/api/v1", description="替岗")


@blp.get("/substitutions")
@action("substitution.read")
@blp.response(200, SubstitutionListOut)
def listed() -> Response:
    """Who is away today or later, of one's own unit or of the town."""
    shape = SubstitutionOut()
    return answer({"items": [shape.dump(each) for each in _mine()], "next_cursor": None})


@blp.post("/substitutions")
@action("substitution.manage")
@blp.arguments(SubstitutionIn)
@blp.response(201, SubstitutionOut)
@idempotent
def enter(body: dict[str, Any]) -> Response:
    """Note an absence and who stands in."""
    reason = body.pop("reason")
    made = operations.enter(StandIn(**body), reason, actor=actor(), desk=desk(), now=now())
    view = next(each for each in _mine() if each.id == made)
    response = answer(SubstitutionOut().dump(view), status=201)
    response.headers["Location"] = "/api/v1/substitutions"
    return response


@blp.post("/substitutions/<uuid:substitution_id>/end")
@action("substitution.manage")
@blp.response(204)
def end(substitution_id: UUID) -> Response:
    """Somebody is back."""
    operations.end(substitution_id, actor=actor(), desk=desk(), now=now())
    return Response(status=204)


def _mine() -> list[SubstitutionView]:
    scope = access.require(actor(), "substitution.read", desk().policy.access)
    return queries.listed(scope, desk().today(now()))
