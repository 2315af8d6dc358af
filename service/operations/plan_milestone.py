"""Milestones 节点 of a task: add one, move it, reach it, give it up; its term follows.

Who leads the task sets them; who works along says that one is reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import ClockEnd
from models import PlanMeasure, PlanMilestone, PlanTask, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import clock_subject as clocks
from service.operations import plan_task as tasks
from service.operations.load import plan_task_for_change
from service.rules import plan_task as rules
from service.rules.access import Actor

NOT_FOUND: Final = "没有找到这个节点"
OVER: Final = "这个节点已经有结果，不能再改"
MOST: Final = 60  # of one task


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneDraft:
    """A milestone to set: what is reached by which day, and of which measure, if of one."""

    name: str
    due_on: date
    measure: UUID | None = None


def add(
    year: int, number: str, draft: MilestoneDraft, *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Set a milestone; its id. Raises NotFound, Forbidden, Conflict, Invalid at `measure`."""
    with transaction() as session:
        task = tasks.leading(session, year, number, version=None, actor=actor, desk=desk)
        rules.check_open(task.state)
        there = sa.select(sa.func.count()).where(PlanMilestone.task_id == task.id)
        if (session.scalar(there) or 0) >= MOST:
            raise Conflict(f"一项任务最多 {MOST} 个节点")
        rules.check_within(draft.due_on, task.starts_on, task.due_on)
        _check_measure(session, task, draft.measure)
        row = PlanMilestone(
            id=uuid4(),
            task_id=task.id,
            measure_id=draft.measure,
            name=draft.name,
            due_on=draft.due_on,
        )
        session.add(row)
        session.flush()
        _promise(session, task, row, desk=desk, now=now)
        detail = {"milestone": str(row.id), "due_on": draft.due_on.isoformat()}
        tasks.noted(session, task, "task-milestone-add", actor=actor, now=now, detail=detail)
        return row.id


def change(
    year: int,
    number: str,
    milestone_id: UUID,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Call it otherwise or move it; once its day had come, moving it needs a `reason`.

    Raises NotFound, Forbidden, Stale, Conflict for one that is over, Invalid at the fields.
    """
    with transaction() as session:
        task = tasks.leading(session, year, number, version=version, actor=actor, desk=desk)
        row = _open(session, task, milestone_id)
        stood = {"name": row.name, "due_on": row.due_on, "measure": row.measure_id}
        told = {
            name: changes[name] for name in stood if changes.get(name, stood[name]) != stood[name]
        }
        if not told:
            return
        reason = changes.get("reason")
        before, after = row.due_on, told.get("due_on", row.due_on)
        if after != before:
            rules.check_within(after, task.starts_on, task.due_on)
        rules.check_moved(before, after, reason=reason, today=desk.today(now))
        _check_measure(session, task, told.get("measure"))
        with session.no_autoflush:
            columns = {"measure": "measure_id"}
            for name, value in told.items():
                setattr(row, columns.get(name, name), value)
            _promise(session, task, row, desk=desk, now=now)
        detail: dict[str, Any] = {"milestone": str(row.id), "parts": sorted(told)}
        if after != before:
            detail |= {"before": {"due_on": str(before)}, "after": {"due_on": str(after)}}
        tasks.noted(
            session,
            task,
            "task-milestone-change",
            actor=actor,
            now=now,
            detail=detail,
            reason=reason,
        )


def finish(
    year: int,
    number: str,
    milestone_id: UUID,
    done_on: date,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Say on which day it was reached; whoever works on the task may."""
    with transaction() as session:
        task = plan_task_for_change(
            session, year, number, tasks.PROGRESS, version=version, actor=actor, desk=desk
        )
        row = _open(session, task, milestone_id)
        rules.check_done_on(done_on, desk.today(now))
        with session.no_autoflush:
            row.done_on, row.done_by, row.done_at = done_on, actor.user_id, now
            owing = tasks.owed_for(task, row)
            clocks.stop(session, owing, ClockEnd.MET, done_on, desk=desk, now=now)
        detail = {"milestone": str(row.id), "done_on": done_on.isoformat()}
        tasks.noted(session, task, "task-milestone-finish", actor=actor, now=now, detail=detail)


def drop(
    year: int,
    number: str,
    milestone_id: UUID,
    reason: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Give it up, and say why."""
    with transaction() as session:
        task = tasks.leading(session, year, number, version=version, actor=actor, desk=desk)
        row = _open(session, task, milestone_id)
        with session.no_autoflush:
            row.dropped_at, row.reason = now, reason
            owing, today = tasks.owed_for(task, row), desk.today(now)
            clocks.stop(session, owing, ClockEnd.WITHDRAWN, today, desk=desk, now=now)
        detail = {"milestone": str(row.id)}
        tasks.noted(
            session, task, "task-milestone-drop", actor=actor, now=now, detail=detail, reason=reason
        )


def _open(session: Session, task: PlanTask, milestone_id: UUID) -> PlanMilestone:
    """One of an open task that is still to be reached."""
    row = session.get(PlanMilestone, milestone_id, populate_existing=True)
    if row is None or row.task_id != task.id:
        raise NotFound(NOT_FOUND)
    rules.check_open(task.state)
    if row.done_on is not None or row.dropped_at is not None:
        raise Conflict(OVER)
    return row


def _check_measure(session: Session, task: PlanTask, measure_id: UUID | None) -> None:
    if measure_id is None:
        return
    measure = session.get(PlanMeasure, measure_id)
    if measure is None or measure.task_id != task.id:
        raise Invalid({"measure": ["这项任务没有这条措施"]})


def _promise(
    session: Session, task: PlanTask, row: PlanMilestone, *, desk: Desk, now: datetime
) -> None:
    owing = tasks.owed_for(task, row)
    tasks.promise(session, owing, tasks.MILESTONE_RULE, row.due_on, desk=desk, now=now)
