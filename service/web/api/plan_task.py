"""Tasks 任务 of the yearly plan for programs: look, change, note, set milestones, finish.

`If-Match` is always the ETag of the task: whatever is done about a task is a new version of it.
"""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.plan_task import (
    ChangePlanMilestoneIn,
    ChangePlanTaskIn,
    PlanArrivalIn,
    PlanDependenceIn,
    PlanDependenceListOut,
    PlanDependenceOut,
    PlanDoneIn,
    PlanMilestoneIn,
    PlanMilestoneListOut,
    PlanMilestoneOut,
    PlanNoteIn,
    PlanNoteOut,
    PlanNotePageOut,
    PlanNoteQuery,
    PlanReasonIn,
    PlanResumeIn,
    PlanTaskOut,
    PlanTaskPageOut,
    PlanTaskQuery,
    PlanTaskRowOut,
)
from service.operations import plan_change as changes
from service.operations import plan_dependence as dependence_operations
from service.operations import plan_milestone as milestone_operations
from service.operations import plan_task as operations
from service.operations.plan_dependence import Arrival, DependenceDraft
from service.operations.plan_milestone import MilestoneDraft
from service.queries import plan_light
from service.queries import plan_part as parts
from service.queries import plan_task as queries
from service.queries.plan_task import PlanTaskView, TaskFilters
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-plan-task", __name__, url_prefix="/api/v1/plans", description="计划任务")
TASK = "/<int:year>/tasks/<number>"
MILESTONE = f"{TASK}/milestones/<uuid:milestone_id>"
DEPENDENCE = f"{TASK}/dependences/<uuid:dependence_id>"


@blp.get("/<int:year>/tasks")
@action("plan.read")
@blp.arguments(PlanTaskQuery, location="query")
@blp.response(200, PlanTaskPageOut)
def listed(query: dict[str, Any], year: int) -> Response:
    """A page of the tasks in reach, in the order of the document."""
    paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
    page = queries.page(year, TaskFilters(**query), **_who(), **paging)
    return answer_page(page, PlanTaskRowOut().dump)


@blp.get(TASK)
@action("plan.read")
@blp.response(200, PlanTaskOut)
def read(year: int, number: str) -> Response:
    """One task in full."""
    return _shown(year, number)


@blp.patch(TASK)
@action("plan.edit")
@blp.arguments(ChangePlanTaskIn)
@blp.response(200, PlanTaskOut)
def change(body: dict[str, Any], year: int, number: str) -> Response:
    """Change what is planned of it; its terms follow."""
    changes.change(year, number, body, version=required_version(), **_who())
    return _shown(year, number)


@blp.get(f"{TASK}/progress")
@action("plan.read")
@blp.arguments(PlanNoteQuery, location="query")
@blp.response(200, PlanNotePageOut)
def notes(query: dict[str, Any], year: int, number: str) -> Response:
    """A page of its notes of progress, the newest first."""
    return answer_page(parts.notes(_one(year, number).id, **query), PlanNoteOut().dump)


@blp.post(f"{TASK}/progress")
@action("plan.progress")
@blp.arguments(PlanNoteIn)
@blp.response(201, PlanNoteOut)
@idempotent
def note(body: dict[str, Any], year: int, number: str) -> Response:
    """Note how it gets on."""
    text, on_date = body["text"], body["on_date"]
    made = operations.note(year, number, text, on_date=on_date, **_who())
    return answer(PlanNoteOut().dump(parts.one_note(made)), status=201)


@blp.get(f"{TASK}/milestones")
@action("plan.read")
@blp.response(200, PlanMilestoneListOut)
def milestones(year: int, number: str) -> Response:
    """Its milestones, the earliest first."""
    return answer(PlanMilestoneListOut().dump({"items": _one(year, number).milestones}))


@blp.post(f"{TASK}/milestones")
@action("plan.progress")
@blp.arguments(PlanMilestoneIn)
@blp.response(201, PlanMilestoneOut)
@idempotent
def set_milestone(body: dict[str, Any], year: int, number: str) -> Response:
    """Set a milestone."""
    made = milestone_operations.add(year, number, MilestoneDraft(**body), **_who())
    found = next(each for each in _one(year, number).milestones if each.id == made)
    return answer(PlanMilestoneOut().dump(found), status=201)


@blp.patch(MILESTONE)
@action("plan.progress")
@blp.arguments(ChangePlanMilestoneIn)
@blp.response(200, PlanTaskOut)
def change_milestone(body: dict[str, Any], year: int, number: str, milestone_id: UUID) -> Response:
    """Call it otherwise or move it."""
    told = {"version": required_version()} | _who()
    milestone_operations.change(year, number, milestone_id, body, **told)
    return _shown(year, number)


@blp.post(f"{MILESTONE}/steps/finish")
@action("plan.progress")
@blp.arguments(PlanDoneIn)
@blp.response(200, PlanTaskOut)
def finish_milestone(body: dict[str, Any], year: int, number: str, milestone_id: UUID) -> Response:
    """Say that it is reached."""
    told = {"version": required_version()} | _who()
    milestone_operations.finish(year, number, milestone_id, body["done_on"], **told)
    return _shown(year, number)


@blp.post(f"{MILESTONE}/steps/drop")
@action("plan.progress")
@blp.arguments(PlanReasonIn)
@blp.response(200, PlanTaskOut)
def drop_milestone(body: dict[str, Any], year: int, number: str, milestone_id: UUID) -> Response:
    """Give it up."""
    told = {"version": required_version()} | _who()
    milestone_operations.drop(year, number, milestone_id, body["reason"], **told)
    return _shown(year, number)


@blp.get(f"{TASK}/dependences")
@action("plan.read")
@blp.response(200, PlanDependenceListOut)
def dependences(year: int, number: str) -> Response:
    """The documents of superiors it waits for or waited for."""
    return answer(PlanDependenceListOut().dump({"items": _one(year, number).dependences}))


@blp.post(f"{TASK}/dependences")
@action("plan.progress")
@blp.arguments(PlanDependenceIn)
@blp.response(201, PlanDependenceOut)
@idempotent
def wait_for(body: dict[str, Any], year: int, number: str) -> Response:
    """Say which document it waits for."""
    made = dependence_operations.add(year, number, DependenceDraft(**body), **_who())
    found = next(each for each in _one(year, number).dependences if each.id == made)
    return answer(PlanDependenceOut().dump(found), status=201)


@blp.post(f"{DEPENDENCE}/steps/arrive")
@action("plan.progress")
@blp.arguments(PlanArrivalIn)
@blp.response(200, PlanTaskOut)
def arrive(body: dict[str, Any], year: int, number: str, dependence_id: UUID) -> Response:
    """Note that it came."""
    told = {"version": required_version()} | _who()
    dependence_operations.arrive(year, number, dependence_id, Arrival(**body), **told)
    return _shown(year, number)


@blp.post(f"{DEPENDENCE}/steps/drop")
@action("plan.progress")
@blp.arguments(PlanReasonIn)
@blp.response(200, PlanTaskOut)
def wait_no_more(body: dict[str, Any], year: int, number: str, dependence_id: UUID) -> Response:
    """Wait for it no more."""
    told = {"version": required_version()} | _who()
    dependence_operations.drop(year, number, dependence_id, body["reason"], **told)
    return _shown(year, number)


@blp.post(f"{TASK}/steps/finish")
@action("plan.progress")
@blp.arguments(PlanDoneIn)
@blp.response(200, PlanTaskOut)
def finish(body: dict[str, Any], year: int, number: str) -> Response:
    """Say that it is done; without evidence that is refused."""
    operations.finish(year, number, body["done_on"], version=required_version(), **_who())
    return _shown(year, number)


@blp.post(f"{TASK}/steps/reopen")
@action("plan.progress")
@blp.arguments(PlanReasonIn)
@blp.response(200, PlanTaskOut)
def reopen(body: dict[str, Any], year: int, number: str) -> Response:
    """Take it up again after it was said to be done."""
    operations.reopen(year, number, body["reason"], version=required_version(), **_who())
    return _shown(year, number)


@blp.post(f"{TASK}/steps/drop")
@action("plan.edit")
@blp.arguments(PlanReasonIn)
@blp.response(200, PlanTaskOut)
def drop(body: dict[str, Any], year: int, number: str) -> Response:
    """Give it up."""
    operations.drop(year, number, body["reason"], version=required_version(), **_who())
    return _shown(year, number)


@blp.post(f"{TASK}/steps/resume")
@action("plan.edit")
@blp.arguments(PlanResumeIn)
@blp.response(200, PlanTaskOut)
def resume(_: dict[str, Any], year: int, number: str) -> Response:
    """Take it up again after it was given up."""
    operations.resume(year, number, version=required_version(), **_who())
    return _shown(year, number)


def _who() -> dict[str, Any]:
    return {"actor": actor(), "desk": desk(), "now": now()}


def _one(year: int, number: str) -> PlanTaskView:
    return queries.one(year, number, **_who())


def _shown(year: int, number: str) -> Response:
    view = _one(year, number)
    _, lit = plan_light.of_task(year, number, **_who())
    shown = PlanTaskOut().dump(view) | PlanTaskOut(only=("light", "reasons")).dump(lit)
    return answer(shown, version=view.version)
