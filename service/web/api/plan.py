"""The yearly plan 年度计划 for programs: its years, a plan with its lights, approval, changes."""

from typing import Any

from flask import Response

from schemas.plan import (
    PlanChangeOut,
    PlanChangeQuery,
    PlanChangesOut,
    PlanLightChangeOut,
    PlanOut,
    PlanYearOut,
    PlanYearsOut,
)
from schemas.step import Nothing, StepIn
from service.operations import plan as operations
from service.queries import plan as queries
from service.queries import plan_change as changing
from service.queries.plan_change import Days
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.parser import StrictBlueprint
from service.web.steps import load_body

blp = StrictBlueprint("api-plan", __name__, url_prefix="/api/v1/plans", description="年度计划")


@blp.get("")
@action("plan.read")
@blp.response(200, PlanYearsOut)
def years() -> Response:
    """Every year that has a plan, the newest first."""
    items = [PlanYearOut().dump(each) for each in queries.years(actor(), desk=desk())]
    return answer({"items": items, "next_cursor": None})


@blp.get("/<int:year>")
@action("plan.read")
@blp.response(200, PlanOut)
def read(year: int) -> Response:
    """A year's plan as far as the caller reaches it, every task with its light and why."""
    return _shown(year)


@blp.post("/<int:year>/steps/approve")
@action("plan.approve")
@blp.arguments(StepIn)
@blp.response(200, PlanOut)
def approve(body: dict[str, Any], year: int) -> Response:
    """Approve the plan as it is worded now; not by who brought it in or changed it last."""
    load_body(Nothing, body)
    operations.approve(year, version=required_version(), actor=actor(), desk=desk(), now=now())
    return _shown(year)


@blp.get("/<int:year>/changes")
@action("plan.read")
@blp.arguments(PlanChangeQuery, location="query")
@blp.response(200, PlanChangesOut)
def changes(query: dict[str, Any], year: int) -> Response:
    """What was done to the tasks during some days, and which lights turned."""
    days = Days(query["from_"], query["to"])
    page = changing.page(
        year,
        days,
        actor=actor(),
        desk=desk(),
        limit=query["limit"],
        cursor=query["cursor"],
    )
    turned = changing.lights(year, days, actor=actor(), desk=desk(), now=now())
    return answer(
        {
            "from": days.start.isoformat(),
            "to": days.end.isoformat(),
            "lights": [PlanLightChangeOut().dump(each) for each in turned],
            "items": [PlanChangeOut().dump(each) for each in page.items],
            "next_cursor": page.next_cursor,
        }
    )


def _shown(year: int) -> Response:
    view = queries.one(year, actor=actor(), desk=desk(), now=now())
    return answer(PlanOut().dump(view), version=view.version)
