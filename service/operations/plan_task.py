"""Tasks 任务 of the yearly plan: note the progress of one, finish it, give it up; their terms.

Every deed makes a new version of its task, so who read the task before learns that it changed. A
task with a lead owes its last day, and its open milestones theirs: these are stated terms.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.clock_subject import ClockSubject
from config.plan import PlanTaskState, PlanTaskStep
from config.vocabulary import ClockEnd
from models import PlanEvidence, PlanMilestone, PlanNote, PlanTask, transaction
from service.desk import Desk
from service.errors import Forbidden
from service.operations import clock_subject as clocks
from service.operations.clock_subject import Owed
from service.operations.event import record
from service.operations.load import plan_task_for_change
from service.rules import access
from service.rules import plan_task as rules
from service.rules.access import Actor

EDIT: Final = "plan.edit"
PROGRESS: Final = "plan.progress"
TASK_RULE: Final = "PLAN.TASK"
MILESTONE_RULE: Final = "PLAN.MILESTONE"


# -- how it gets on ------------------------------------------------------------------------------


def note(
    year: int,
    number: str,
    text: str,
    *,
    on_date: date | None = None,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Note how a task gets on; its id. Raises NotFound, Forbidden, Conflict, Invalid."""
    with transaction() as session:
        task = plan_task_for_change(
            session, year, number, PROGRESS, version=None, actor=actor, desk=desk
        )
        rules.check_not_dropped(task.state)
        today = desk.today(now)
        day = on_date or today
        rules.check_done_on(day, today, "on_date")
        made = uuid4()
        session.add(
            PlanNote(
                id=made,
                task_id=task.id,
                on_date=day,
                text=text,
                recorded_by=actor.user_id,
                recorded_at=now,
            )
        )
        detail = {"note": str(made), "on_date": day.isoformat()}
        noted(session, task, "task-progress", actor=actor, now=now, detail=detail)
    return made


# -- its state -----------------------------------------------------------------------------------


def finish(
    year: int,
    number: str,
    done_on: date,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Say that a task is done: its evidence is there and none of its milestones is open.

    Raises NotFound, Forbidden, Stale, StepNotAllowed, Conflict, Invalid at `done_on`.
    """
    with transaction() as session:
        task = leading(session, year, number, version=version, actor=actor, desk=desk)
        before = task.state
        state = rules.after(before, PlanTaskStep.FINISH)
        rules.check_done_on(done_on, desk.today(now))
        ahead = open_milestones(session, task.id)
        rules.check_finish(
            evidence=proofs(session, task.id), open_milestones=[each.name for each in ahead]
        )
        with session.no_autoflush:
            task.state, task.done_on = state, done_on
            clocks.stop(session, owed(task), ClockEnd.MET, done_on, desk=desk, now=now)
        detail = {"done_on": done_on.isoformat()}
        noted(
            session,
            task,
            "task-finish",
            actor=actor,
            now=now,
            detail=detail,
            change=(before, state),
        )


def reopen(
    year: int,
    number: str,
    reason: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take up a task that was said to be done; its term runs again when it is still to come."""
    with transaction() as session:
        task = leading(session, year, number, version=version, actor=actor, desk=desk)
        before = task.state
        state = rules.after(before, PlanTaskStep.REOPEN)
        with session.no_autoflush:
            task.state, task.done_on = state, None
            start_terms(session, task, desk=desk, now=now)
        noted(
            session,
            task,
            "task-reopen",
            actor=actor,
            now=now,
            reason=reason,
            change=(before, state),
        )


def drop(
    year: int,
    number: str,
    reason: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Give a task up, and say why: nobody owes it any more."""
    with transaction() as session:
        task = plan_task_for_change(
            session, year, number, EDIT, version=version, actor=actor, desk=desk
        )
        before = task.state
        state = rules.after(before, PlanTaskStep.DROP)
        ahead = open_milestones(session, task.id)
        with session.no_autoflush:
            task.state, task.dropped_at, task.reason = state, now, reason
            for each in (owed(task), *(owed_for(task, one) for one in ahead)):
                today = desk.today(now)
                clocks.stop(session, each, ClockEnd.WITHDRAWN, today, desk=desk, now=now)
        noted(
            session, task, "task-drop", actor=actor, now=now, reason=reason, change=(before, state)
        )


def resume(
    year: int, number: str, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Take up a task that was given up; its terms run again when they are still to come."""
    with transaction() as session:
        task = plan_task_for_change(
            session, year, number, EDIT, version=version, actor=actor, desk=desk
        )
        before = task.state
        state = rules.after(before, PlanTaskStep.RESUME)
        with session.no_autoflush:
            task.state, task.dropped_at, task.reason = state, None, None
            start_terms(session, task, desk=desk, now=now)
        noted(session, task, "task-resume", actor=actor, now=now, change=(before, state))


# -- its terms -----------------------------------------------------------------------------------


def start_terms(session: Session, task: PlanTask, *, desk: Desk, now: datetime) -> None:
    """State the last day of an open task that has a lead, and of each of its open milestones.

    A day that has passed already is not stated: nobody is warned of what is long over when the
    plan of another year comes in, the light says it anyway. What runs of the same day stays.
    Whoever calls writes the event, and has flushed the milestones.
    """
    if task.state is not PlanTaskState.OPEN:
        return
    promise(session, owed(task), TASK_RULE, task.due_on, desk=desk, now=now)
    for each in open_milestones(session, task.id):
        promise(session, owed_for(task, each), MILESTONE_RULE, each.due_on, desk=desk, now=now)


def promise(
    session: Session, owing: Owed, rule: str, due_on: date, *, desk: Desk, now: datetime
) -> None:
    """Have a term run to a day; without a unit that owes it, or for a day that passed, none."""
    today = desk.today(now)
    ran = clocks.running(session, owing.subject, owing.id)
    if owing.organisation_id is not None and any(each.due_on == due_on for each in ran):
        return
    if owing.organisation_id is None or due_on < today:
        clocks.stop(session, owing, ClockEnd.REPLACED, today, desk=desk, now=now)
        return
    clocks.state(session, owing, rule, due_on, today, desk=desk, now=now)


def owed(task: PlanTask) -> Owed:
    """Whose term a task is."""
    return Owed(subject=ClockSubject.PLAN_TASK, id=task.id, organisation_id=task.lead_id)


def owed_for(task: PlanTask, milestone: PlanMilestone) -> Owed:
    """Whose term a milestone is: that of who leads its task."""
    return Owed(subject=ClockSubject.PLAN_MILESTONE, id=milestone.id, organisation_id=task.lead_id)


# -- shared with its parts -----------------------------------------------------------------------


def leading(
    session: Session,
    year: int,
    number: str,
    *,
    version: int | None,
    actor: Actor,
    desk: Desk,
) -> PlanTask:
    """The task, locked, for who answers for it; Forbidden for who only works along."""
    task = plan_task_for_change(
        session, year, number, PROGRESS, version=version, actor=actor, desk=desk
    )
    scope = access.scope(actor, PROGRESS, desk.policy.access)
    if not rules.leads(scope, task.lead_id, task.owner_id):
        raise Forbidden(rules.NOT_LEADING)
    return task


def open_milestones(session: Session, task_id: UUID) -> Sequence[PlanMilestone]:
    """The milestones of a task that are neither reached nor given up, the earliest first."""
    mine = sa.select(PlanMilestone).where(
        PlanMilestone.task_id == task_id,
        PlanMilestone.done_on.is_(None),
        PlanMilestone.dropped_at.is_(None),
    )
    return session.scalars(mine.order_by(PlanMilestone.due_on, PlanMilestone.id)).all()


def proofs(session: Session, task_id: UUID) -> int:
    """How much evidence of a task, or of one of its milestones, stands."""
    mine = sa.select(sa.func.count()).where(
        PlanEvidence.task_id == task_id, PlanEvidence.withdrawn_at.is_(None)
    )
    return session.scalar(mine) or 0


def noted(
    session: Session,
    task: PlanTask,
    deed: str,
    *,
    actor: Actor,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    reason: str | None = None,
    change: tuple[StrEnum | None, StrEnum | None] = (None, None),
) -> None:
    """Make what was done a new version of its task, and write it down."""
    flag_modified(task, "state")
    session.flush()  # gives the new version to the event
    record(
        session,
        task.id,
        subject="plan_task",
        action=deed,
        actor=actor,
        now=now,
        change=change,
        reason=reason,
        detail=dict(detail or {}),
        version=task.version,
    )
