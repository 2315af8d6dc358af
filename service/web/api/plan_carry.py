"""Carrying a plan over to the next year 结转, for programs."""

from typing import Any

from flask import Response

from schemas.plan_carry import PlanCarryIn, PlanCarryOut
from service.operations import plan_carry as operations
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint

blp = StrictBlueprint(
    "api-plan-carry", __name__, url_prefix="/api/v1/plans", description="年度计划结转"
)


@blp.post("/<int:year>/carry")
@action("plan.edit")
@blp.arguments(PlanCarryIn)
@blp.response(201, PlanCarryOut)
@idempotent
def carry_over(_body: dict[str, Any], year: int) -> Response:
    """Make the next year's plan of this one, each task with the one it goes on from."""
    made = operations.carry_over(year, actor=actor(), desk=desk(), now=now())
    return answer(PlanCarryOut().dump({"id": made, "year": year + 1}), status=201)
