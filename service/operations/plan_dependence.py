"""Documents of superiors 上级文件 that a task waits for: name one, note that it came, let it be."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import PlanDependence, PlanTask, transaction
from service.desk import Desk
from service.errors import Conflict, NotFound
from service.operations import plan_task as tasks
from service.rules import plan_task as rules
from service.rules.access import Actor

NOT_FOUND: Final = "没有找到这份上级文件"
CAME: Final = "这份上级文件已经登记收到"
DROPPED: Final = "这份上级文件已经不再等"
MOST: Final = 30  # of one task


@dataclass(frozen=True, slots=True, kw_only=True)
class DependenceDraft:
    """A document that is waited for, whose it is, and when it is expected."""

    title: str
    issuer: str | None = None
    expected_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """On which day a document came, and under which number."""

    arrived_on: date
    document_number: str | None = None


def add(
    year: int, number: str, draft: DependenceDraft, *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Say what a task waits for; its id. Raises NotFound, Forbidden, Conflict."""
    with transaction() as session:
        task = tasks.leading(session, year, number, version=None, actor=actor, desk=desk)
        rules.check_open(task.state)
        there = sa.select(sa.func.count()).where(PlanDependence.task_id == task.id)
        if (session.scalar(there) or 0) >= MOST:
            raise Conflict(f"一项任务最多等 {MOST} 份上级文件")
        made = uuid4()
        session.add(
            PlanDependence(
                id=made,
                task_id=task.id,
                title=draft.title,
                issuer=draft.issuer,
                expected_on=draft.expected_on,
                recorded_by=actor.user_id,
                recorded_at=now,
            )
        )
        expected = draft.expected_on
        detail = {"dependence": str(made)} | (
            {"expected_on": expected.isoformat()} if expected else {}
        )
        tasks.noted(session, task, "task-dependence-add", actor=actor, now=now, detail=detail)
    return made


def arrive(
    year: int,
    number: str,
    dependence_id: UUID,
    arrival: Arrival,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Note that it came."""
    with transaction() as session:
        task = tasks.leading(session, year, number, version=version, actor=actor, desk=desk)
        row = _awaited(session, task, dependence_id)
        rules.check_done_on(arrival.arrived_on, desk.today(now), "arrived_on")
        row.arrived_on, row.document_number = arrival.arrived_on, arrival.document_number
        detail = {"dependence": str(row.id), "arrived_on": arrival.arrived_on.isoformat()}
        tasks.noted(session, task, "task-dependence-arrive", actor=actor, now=now, detail=detail)


def drop(
    year: int,
    number: str,
    dependence_id: UUID,
    reason: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Wait for it no more, and say why."""
    with transaction() as session:
        task = tasks.leading(session, year, number, version=version, actor=actor, desk=desk)
        row = _awaited(session, task, dependence_id)
        row.dropped_at = now
        detail = {"dependence": str(row.id)}
        tasks.noted(
            session,
            task,
            "task-dependence-drop",
            actor=actor,
            now=now,
            detail=detail,
            reason=reason,
        )


def _awaited(session: Session, task: PlanTask, dependence_id: UUID) -> PlanDependence:
    row = session.get(PlanDependence, dependence_id, populate_existing=True)
    if row is None or row.task_id != task.id:
        raise NotFound(NOT_FOUND)
    rules.check_open(task.state)
    if row.arrived_on is not None or row.dropped_at is not None:
        raise Conflict(CAME if row.arrived_on else DROPPED)
    return row
