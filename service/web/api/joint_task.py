"""Joint handling 联调 for programs: ask units along, answer, refuse, let off, look."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response

from schemas.joint_task import (
    CreditOut,
    CreditQuery,
    CreditRowOut,
    CreditRowsOut,
    CreditRowsQuery,
    TaskAnswerIn,
    TaskListOut,
    TaskOut,
    TaskPageOut,
    TaskQuery,
    TaskRefuseIn,
    TasksIn,
    TaskWaiveIn,
)
from service.operations import joint_task as operations
from service.operations.joint_task import TaskDraft
from service.queries import joint_credit as ledger
from service.queries import joint_task as queries
from service.queries.joint_credit import Credit
from service.queries.joint_task import Desktop, TaskRow
from service.web.door import action, actor, answer, desk, now
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-joint-task", __name__, url_prefix="/api/v1", description="联调")


@blp.get("/joint-tasks")
@action("joint.read")
@blp.arguments(TaskQuery, location="query")
@blp.response(200, TaskPageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page: what waits for one's unit, what it answered, what one leads and waits for."""
    desktop, scope = Desktop(query.pop("desktop")), queries.read_scope(actor(), desk())
    page = queries.page(desktop, scope=scope, desk=desk(), now=now(), **query)
    return answer_page(page, TaskOut().dump)


@blp.get("/joint-tasks/credit")
@action("metric.read")
@blp.arguments(CreditQuery, location="query")
@blp.response(200, CreditOut)
def credit(query: dict[str, Any]) -> Response:
    """Which unit led, which worked along, what came back from which; every dispute once."""
    asked = ledger.question(query["from_"], query["to"], actor=actor(), desk=desk())
    told = {
        "start": asked.start,
        "end": asked.end,
        "cases": ledger.cases(asked, desk=desk()),
        "units": ledger.units(asked, desk=desk()),
    }
    return answer(CreditOut().dump(told))


@blp.get("/joint-tasks/credit/rows")
@action("metric.read")
@blp.arguments(CreditRowsQuery, location="query")
@blp.response(200, CreditRowsOut)
def credit_rows(query: dict[str, Any]) -> Response:
    """Exactly the disputes behind one number of one unit."""
    asked = ledger.question(query["from_"], query["to"], actor=actor(), desk=desk())
    which, unit = Credit(query["credit"]), query["unit"]
    page = ledger.rows(asked, which, unit, desk=desk(), cursor=query["cursor"])
    return answer_page(page, CreditRowOut().dump)


@blp.get("/disputes/<uuid:dispute_id>/tasks")
@action("joint.read")
@blp.response(200, TaskListOut)
@noted("read", "joint")
def of_dispute(dispute_id: UUID) -> Response:
    """Who does what for a dispute until when, and what came of it."""
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer({"items": _dumped(found)})


@blp.post("/disputes/<uuid:dispute_id>/tasks")
@action("joint.start")
@blp.arguments(TasksIn)
@blp.response(201, TaskListOut)
@idempotent
def start(body: dict[str, Any], dispute_id: UUID) -> Response:
    """Ask units along, each with a task."""
    drafts = [TaskDraft(**each) for each in body["tasks"]]
    made = operations.start(dispute_id, drafts, actor=actor(), desk=desk(), now=now())
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    return answer({"items": _dumped([e for e in found if e.id in made])}, status=201)


@blp.post("/disputes/<uuid:dispute_id>/tasks/<uuid:task_id>/answer")
@action("joint.answer")
@blp.arguments(TaskAnswerIn)
@blp.response(200, TaskOut)
def reply(body: dict[str, Any], dispute_id: UUID, task_id: UUID) -> Response:
    """The co-unit's opinion on its own task."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.answer(dispute_id, task_id, body["words"], **told)
    return _one(dispute_id, task_id)


@blp.post("/disputes/<uuid:dispute_id>/tasks/<uuid:task_id>/refuse")
@action("joint.answer")
@blp.arguments(TaskRefuseIn)
@blp.response(200, TaskOut)
def refuse(body: dict[str, Any], dispute_id: UUID, task_id: UUID) -> Response:
    """The co-unit cannot do it, and says why."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.answer(dispute_id, task_id, body["words"], refuses=True, **told)
    return _one(dispute_id, task_id)


@blp.post("/disputes/<uuid:dispute_id>/tasks/<uuid:task_id>/waive")
@action("joint.waive")
@blp.arguments(TaskWaiveIn)
@blp.response(200, TaskOut)
def waive(body: dict[str, Any], dispute_id: UUID, task_id: UUID) -> Response:
    """The lead waits no longer, and says why."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.waive(dispute_id, task_id, body["reason"], **told)
    return _one(dispute_id, task_id)


def _one(dispute_id: UUID, task_id: UUID) -> Response:
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    return answer(TaskOut().dump(queries.one(dispute_id, task_id, **told)))


def _dumped(rows: Sequence[TaskRow]) -> list[Any]:
    shape = TaskOut()
    return [shape.dump(each) for each in rows]
