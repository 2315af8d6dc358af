"""Notices of terms 期限: asked to change, decided, warned of step by step, moved."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from config.vocabulary import NoticeKind, Role
from models import Clock, ClockChange, Dispute, Notice, User, UserRole
from service.desk import Desk
from service.operations.notice.telling import (
    actors_of,
    close,
    directors,
    holds,
    keep,
    row_of,
    tell,
    tell_under,
)
from service.queries import notice as queries
from service.queries import sight
from service.queries.access import standing_with
from service.rules import access
from service.rules.access import Actor

K = NoticeKind
NOBODY: Final = UUID(int=0)
# who is warned, from the handler up
RISING: Final = (Role.MEDIATOR, Role.LIAISON, Role.DIRECTOR, Role.LEADER)


@sight.whole("who is told")
def change_asked(
    session: Session,
    dispute: Dispute,
    change_id: UUID,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """A pause or an extension was asked for: whoever may grant it is told."""
    liaisons = (User.organisation_id == dispute.organisation_id) & holds(Role.LIAISON)
    told = [(directors() | liaisons, K.CLOCK_ASKED)]
    deed = f"{queries.ASKED}:{change_id}"
    tell(session, dispute, deed, told, actor=actor, desk=desk, now=now)


@sight.whole("who is told")
def change_decided(
    session: Session,
    dispute: Dispute,
    change: ClockChange,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """It was granted or refused: who asked is told, and nobody is asked for it any longer."""
    change_settled(session, dispute.id, change.id, now=now)
    told = [(User.id == change.asked_by, K.CLOCK_DECIDED)]
    tell(session, dispute, f"{queries.DECIDED}:{change.id}", told, actor=actor, desk=desk, now=now)


@sight.whole("who is told")
def change_settled(session: Session, dispute_id: UUID, change_id: UUID, *, now: datetime) -> None:
    """It waits for nobody any longer: decided, taken back, or its term has stopped."""
    asked = Notice.cause.startswith(f"{queries.ASKED}:{change_id}:")
    close(session, (Notice.dispute_id == dispute_id) & asked, now=now)


@sight.whole("who is told")
def clock_step(
    session: Session,
    dispute: Dispute,
    clock: Clock,
    *,
    step: str,
    roles: Collection[Role],
    co_unit: UUID | None = None,
    desk: Desk,
    now: datetime,
) -> int:
    """A step of the ladder 预警 came: the people of its roles are told; how many.

    What a `co_unit` 协办单位 owes, its own people are told in place of those of the lead.

    Where nobody of them is there, because no unit has it yet or it names nobody, the next role up
    is told: what nobody hears of is no warning. What earlier steps said is over with it.
    """
    clock_over(session, dispute.id, clock.id, now=now)
    cause = f"{queries.CLOCK}:{clock.id}:{step}:{clock.due_on.isoformat()}"
    count, rest = 0, [each for each in RISING if each not in roles]
    for role in [*(each for each in RISING if each in roles), None, *rest]:
        if role is None:
            if count:
                break
            continue
        told = [(_of_rung(dispute, role, co_unit), K.CLOCK)]
        count += tell_under(session, dispute, cause, told, me=NOBODY, desk=desk, now=now)
        if count and role not in roles:
            break
    return count


@sight.whole("who is told")
def clock_over(session: Session, dispute_id: UUID, clock_id: UUID, *, now: datetime) -> None:
    """What reminded of a term waits no longer: a later step did, or the term has run out."""
    earlier = Notice.cause.startswith(f"{queries.CLOCK}:{clock_id}:")
    close(session, (Notice.dispute_id == dispute_id) & earlier, now=now)


def _of_rung(dispute: Dispute, role: Role, co_unit: UUID | None) -> ColumnElement[bool]:
    """Who stands for a role of the ladder: the mediator in charge, the liaisons of the unit."""
    if co_unit is not None and role in (Role.MEDIATOR, Role.LIAISON):
        return (User.organisation_id == co_unit) & holds(Role.LIAISON)
    if role is Role.MEDIATOR:
        return User.id == dispute.mediator_id if dispute.mediator_id else sa.false()
    if role is Role.LIAISON:
        return (User.organisation_id == dispute.organisation_id) & holds(Role.LIAISON)
    return holds(role)


@sight.whole("who is told")
def clocks_settled(
    session: Session, running: Mapping[UUID, Collection[tuple[UUID, date]]], *, now: datetime
) -> None:
    """Which clocks of disputes run, and when each is due: of what is no more nobody is warned."""
    unread = sa.select(Notice.id, Notice.dispute_id, Notice.cause).where(
        Notice.dispute_id.in_(running), Notice.kind == K.CLOCK, Notice.read_at.is_(None)
    )
    stands = {
        each: {f"{clock_id}:{due_on.isoformat()}" for clock_id, due_on in clocks}
        for each, clocks in running.items()
    }
    over = []
    for row in session.execute(unread):
        _, clock_id, _, due_on = row.cause.split(":")
        if f"{clock_id}:{due_on}" not in stands[row.dispute_id]:
            over.append(row.id)
    if over:
        close(session, Notice.id.in_(over), now=now)


@sight.whole("who is told")
def clocks_moved(
    session: Session, disputes: Sequence[Dispute], deed: str, *, desk: Desk, now: datetime
) -> None:
    """Terms of these disputes are due on another day: the mediator of each is told, once."""
    mediators = {each.mediator_id for each in disputes if each.mediator_id is not None}
    people = sa.select(User.id, User.name, User.organisation_id, UserRole.role).join(
        UserRole, UserRole.user_id == User.id
    )
    found = actors_of(session.execute(people.where(User.id.in_(mediators), User.active)).all())
    policy = desk.policy.access
    rows = []
    for each in disputes:
        reader = found.get(each.mediator_id) if each.mediator_id else None
        if reader is None:
            continue
        stand = standing_with(session, each, (), now)
        if access.covers(access.scope(reader, "dispute.read", policy), stand, now):
            rows.append(row_of(each, f"{deed}:{each.id}", reader.user_id, K.CLOCK_MOVED, now))
    keep(session, rows)
