"""The ladder 预警: tell the people of each step of a clock, once, and say when to look again.

A step is told by who inserts its row: unique by clock, step and due date. However often and on
however many workers this runs, everybody hears of it once; of another date, again. When one of the
parties' own terms has run out, nobody is told and what was told of it waits no longer: the row of
its dispute names the next one.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import Danger
from models import Clock, ClockStep, Dispute, db, insert, transaction
from service.desk import Desk
from service.operations import audit, joint_task, notice
from service.operations import clock as clocks
from service.operations import clock_promise as promises
from service.rules import ladder as rules
from service.rules.ladder import Moment

AT_ONCE: Final = 200


def tell_due(*, desk: Desk, now: datetime) -> int:
    """Look at every clock whose time has come, a transaction each; how many steps were told.

    One that cannot be told does not stop the others; its failure is raised after them.
    """
    db.session.rollback()
    return tell_some(desk=desk, now=now)


def tell_some(*, desk: Desk, now: datetime) -> int:
    """The same in the caller's transaction when there is one; so many at most."""
    due = db.session.execute(
        sa.select(Clock.id, Clock.dispute_id)
        .where(Clock.next_step_at <= now)
        .order_by(Clock.next_step_at)
        .limit(AT_ONCE)
    ).all()
    told, failures = 0, []
    for clock_id, dispute_id in due:
        try:
            if dispute_id is None:
                told += _look_at_subject(clock_id, desk, now)
            else:
                told += _look(clock_id, dispute_id, desk, now)
        except Exception as failure:  # noqa: BLE001 -- told below, when the others were looked at
            failures.append(failure)
    if failures:
        raise failures[0]
    return told


def _look(clock_id: UUID, dispute_id: UUID, desk: Desk, now: datetime) -> bool:
    """Tell the step of one clock that has come, if any, and store when to look again.

    The dispute is locked before its clocks, as by every deed; one somebody works on just now is
    looked at the next time.
    """
    with transaction() as session:
        dispute = session.scalar(
            sa.select(Dispute)
            .where(Dispute.id == dispute_id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        clock = session.get(Clock, clock_id, populate_existing=True)
        if dispute is None or clock is None or not _is_due(clock, now):
            return False
        if promises.has_run_out(clock, desk, now):
            clocks.remedy_passed(session, dispute, desk=desk, now=now)
            notice.clock_over(session, dispute.id, clock.id, now=now)
            _look_again(session, clock, None)
            return False
        told = _told(session, clock)
        step = promises.next_moment(clock, told, desk, now)
        if step is None or step.at > now:
            _look_again(session, clock, promises.next_step(clock, told, desk, now))
            return False
        tell = partial(_tell, session, dispute, clock, step, desk=desk, now=now)
        urgent = _is_urgent(step, dispute)
        return _take(session, clock, step, told, tell, urgent=urgent, desk=desk, now=now)


def _look_at_subject(clock_id: UUID, desk: Desk, now: datetime) -> bool:
    """The same for what is no dispute: its clock alone is locked, what a deed changes last."""
    with transaction() as session:
        clock = session.scalar(
            sa.select(Clock)
            .where(Clock.id == clock_id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if clock is None or not _is_due(clock, now):
            return False
        told = _told(session, clock)
        step = promises.next_moment(clock, told, desk, now)
        if step is None and clock.subject_id is not None:
            notice.subject_clock_over(session, clock.subject_id, clock.id, now=now)
        if step is None or step.at > now:
            _look_again(session, clock, None if step is None else step.at)
            return False
        tell = partial(_tell_of_subject, session, clock, step, desk=desk, now=now)
        return _take(session, clock, step, told, tell, urgent=step.danger, desk=desk, now=now)


def _take(
    session: Session,
    clock: Clock,
    step: Moment,
    told: set[str],
    tell: Callable[[], int],
    *,
    urgent: bool,
    desk: Desk,
    now: datetime,
) -> bool:
    """Take a step that has come, unless the night holds it back; whether it was ours to `tell`."""
    ladder, zone = desk.policy.ladder, desk.zone
    if rules.is_quiet(now, zone, ladder) and not urgent:
        _look_again(session, clock, rules.after_quiet(now, zone, ladder))
        return False
    fresh = _claim(session, clock, step, now)
    if fresh:
        _note(session, clock, step, tell(), now)
    _look_again(session, clock, promises.next_step(clock, {*told, step.step}, desk, now))
    return fresh


def _is_due(clock: Clock, now: datetime) -> bool:
    """Whether it still has to be looked at, now that nobody else changes it."""
    runs = clock.stopped_at is None and clock.paused_from is None
    return runs and clock.next_step_at is not None and clock.next_step_at <= now


def _is_urgent(step: Moment, dispute: Dispute) -> bool:
    """What nights do not hold back: danger to people."""
    return step.danger or dispute.danger is not Danger.NONE


def _told(session: Session, clock: Clock) -> set[str]:
    """The steps that were told of the clock as it is due now."""
    steps = sa.select(ClockStep.step).where(
        ClockStep.clock_id == clock.id, ClockStep.due_on == clock.due_on
    )
    return set(session.scalars(steps))


def _claim(session: Session, clock: Clock, step: Moment, now: datetime) -> bool:
    """Whether it is ours to tell: nobody told it before."""
    inserted = session.execute(
        insert(session, ClockStep)
        .values(
            clock_id=clock.id,
            step=step.step,
            due_on=clock.due_on,
            dispute_id=clock.dispute_id,
            subject=clock.subject,
            subject_id=clock.subject_id,
            told_at=now,
        )
        .on_conflict_do_nothing()
        .returning(ClockStep.step)
    )
    return inserted.first() is not None


def _tell(
    session: Session, dispute: Dispute, clock: Clock, step: Moment, *, desk: Desk, now: datetime
) -> int:
    return notice.clock_step(
        session,
        dispute,
        clock,
        step=step.step,
        roles=step.roles,
        co_unit=joint_task.unit_of(session, clock),
        desk=desk,
        now=now,
    )


def _tell_of_subject(
    session: Session, clock: Clock, step: Moment, *, desk: Desk, now: datetime
) -> int:
    return notice.subject_clock_step(
        session, clock, step=step.step, roles=step.roles, desk=desk, now=now
    )


def _note(session: Session, clock: Clock, step: Moment, told: int, now: datetime) -> None:
    subject = clock.subject.value if clock.subject else "dispute"
    audit.note(
        session,
        f"{subject}.clock-step",
        subject=subject,
        subject_id=clock.subject_id or clock.dispute_id,
        actor=None,
        now=now,
        detail={
            "clock": str(clock.id),
            "rule": clock.rule,
            "step": step.step,
            "due_on": clock.due_on.isoformat(),
            "people": told,
        },
    )


def _look_again(session: Session, clock: Clock, at: datetime | None) -> None:
    """Store when to look next; that is no change of the clock, so its version stays."""
    session.execute(
        sa.update(Clock)
        .where(Clock.id == clock.id)
        .values(next_step_at=at)
        .execution_options(synchronize_session=False)
    )
