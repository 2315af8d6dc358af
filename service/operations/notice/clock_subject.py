"""Notices of terms 期限 of what is no dispute: letters, lawsuits, duties; ADR 31."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from config.clock_subject import OF_UNIT
from config.vocabulary import NoticeKind, Role
from models import Clock, Notice, User
from service.desk import Desk
from service.operations.notice.telling import actors_of, close, holds, keep, people_of
from service.queries import notice as queries
from service.queries import sight
from service.rules import clock_subject as rules

K = NoticeKind
NOBODY: Final = UUID(int=0)
# who is warned, from who writes the answer up
RISING: Final = (
    Role.MEDIATOR,
    Role.LIAISON,
    Role.LEGAL,
    Role.PLANNER,
    Role.DIRECTOR,
    Role.LEADER,
)


@sight.whole("who is told")
def subject_clock_step(
    session: Session,
    clock: Clock,
    *,
    step: str,
    roles: Collection[Role],
    desk: Desk,
    now: datetime,
) -> int:
    """A step of the ladder 预警 came: those of its roles who may know of it are told; how many.

    Where nobody of them is there the next role up is told, as of disputes. What earlier steps said
    is over with it.
    """
    if clock.subject_id is None:
        return 0
    subject_clock_over(session, clock.subject_id, clock.id, now=now)
    cause = f"{queries.CLOCK}:{clock.id}:{step}:{clock.due_on.isoformat()}"
    told = _readers(session, clock, sa.or_(*(_of_rung(clock, each) for each in roles)), desk)
    for role in (each for each in RISING if each not in roles and each is not Role.MEDIATOR):
        if told:
            break
        told = _readers(session, clock, _of_rung(clock, role), desk)
    keep(session, [_row(clock, cause, each, K.CLOCK, now) for each in told])
    return len(told)


@sight.whole("who is told")
def subject_clocks_moved(
    session: Session, moved: Sequence[Clock], deed: str, *, desk: Desk, now: datetime
) -> None:
    """Terms are due on another day: the liaisons of the unit and who writes replies, once."""
    for each in moved:
        who = _of_rung(each, Role.LIAISON) | holds(Role.LEGAL)
        cause = f"{deed}:{each.id}"
        told = _readers(session, each, who, desk)
        keep(session, [_row(each, cause, reader, K.CLOCK_MOVED, now) for reader in told])


def _of_rung(clock: Clock, role: Role) -> ColumnElement[bool]:
    """Who stands for a role: those of the unit that owes it, or whoever has it."""
    if role in OF_UNIT:
        return (User.organisation_id == clock.organisation_id) & holds(role)
    return holds(role)


def _readers(session: Session, clock: Clock, who: ColumnElement[bool], desk: Desk) -> list[UUID]:
    """Whom of them the policy lets know of it."""
    if clock.subject is None:
        return []
    found = session.connection().execute(people_of([(who, K.CLOCK)]), {"me": NOBODY}).all()
    people, policy = actors_of(found), desk.policy.access
    return [
        each
        for each, actor in people.items()
        if rules.may_know(actor, clock.subject, clock.organisation_id, policy)
    ]


def _row(clock: Clock, cause: str, reader: UUID, kind: NoticeKind, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "user_id": reader,
        "kind": kind,
        "cause": cause,
        "subject": clock.subject,
        "subject_id": clock.subject_id,
        "organisation_id": clock.organisation_id,
        "told_at": now,
    }


@sight.whole("who is told")
def subject_clock_over(
    session: Session, subject_id: UUID, clock_id: UUID, *, now: datetime
) -> None:
    """What reminded of a term waits no longer: a later step did, or the term was met."""
    earlier = Notice.cause.startswith(f"{queries.CLOCK}:{clock_id}:")
    close(session, (Notice.subject_id == subject_id) & earlier, now=now)


@sight.whole("who is told")
def subject_assigned(session: Session, subject_id: UUID, organisation_id: UUID | None) -> None:
    """Another unit owes it: what was told of it is read by who may know of that unit's."""
    session.execute(
        sa.update(Notice)
        .where(Notice.subject_id == subject_id)
        .values(organisation_id=organisation_id)
        .execution_options(synchronize_session=False)
    )
