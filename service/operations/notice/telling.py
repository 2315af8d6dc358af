"""Who is told: the people of a kind who may open the dispute, one row for each of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from config.vocabulary import DisputeStatus, NoticeKind, Role
from models import Dispute, Notice, User, UserRole, insert_on
from service.desk import Desk
from service.queries import notice as queries
from service.queries import sight
from service.queries.access import standing
from service.queries.user import PERSON, placed_together
from service.rules import access
from service.rules.access import Actor, Standing

Told = Sequence[tuple[ColumnElement[bool], NoticeKind]]  # who, and of what; the first is said
ALARMS: Final = (NoticeKind.REVEALED_OFTEN,)
People = sa.Select[*tuple[Any, ...]]


@sight.whole("who is told")
def tell(
    session: Session,
    dispute: Dispute,
    deed: str,
    told: Told,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """One row for each of the told who may open the dispute, in one statement.

    `deed` says with the dispute and its version what brought it about.
    """
    cause = f"{deed}:{dispute.id}:{dispute.version}"
    tell_under(session, dispute, cause, told, me=actor.user_id, desk=desk, now=now)


def tell_under(
    session: Session,
    dispute: Dispute,
    cause: str,
    told: Told,
    *,
    me: UUID,
    desk: Desk,
    now: datetime,
) -> int:
    """As `tell`, under a cause of its own, to everybody but `me`; how many may open it."""
    stand = standing(session, dispute, now)
    readers = readers_of(session, stand, people_of(told), me=me, desk=desk, now=now)
    keep(session, [row_of(dispute, cause, reader, kind, now) for reader, kind in readers.items()])
    return len(readers)


def row_of(
    dispute: Dispute, cause: str, reader: UUID, kind: NoticeKind, now: datetime
) -> dict[str, Any]:
    """A notice of one reader, as it is stored."""
    return {
        "id": uuid4(),
        "user_id": reader,
        "kind": kind,
        "cause": cause,
        "dispute_id": dispute.id,
        "told_at": now,
    }


def keep(session: Session, rows: list[dict[str, Any]]) -> None:
    """Write rows down; whoever was told of the same cause before is not told again."""
    if rows:
        session.connection().execute(_once(session.get_bind().dialect.name), rows)


@cache
def _once(dialect: str) -> sa.Insert:
    return insert_on(dialect, Notice).on_conflict_do_nothing(
        index_elements=[Notice.user_id, Notice.cause]
    )


def close(session: Session, over: ColumnElement[bool], *, now: datetime) -> None:
    """What is `over` waits in nobody's inbox any longer."""
    session.execute(
        sa.update(Notice)
        .where(Notice.read_at.is_(None), over)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def people_of(told: Told) -> People:
    """Everybody of the told but oneself, `me`; a row for each role they hold."""
    kind = sa.case(*((who, sa.literal(what.value)) for who, what in told))
    return (
        sa.select(User.id, User.name, User.organisation_id, UserRole.role, kind.label("kind"))
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            User.active,
            PERSON,
            User.id != sa.bindparam("me"),
            sa.or_(*(who for who, _ in told)),
        )
    )


@cache
def who_dispatches() -> People:
    """Who is asked to dispatch what came in; the question is built once."""
    return people_of([(directors(), NoticeKind.REGISTERED)])


def readers_of(
    session: Session, stand: Standing, asked: People, *, me: UUID, desk: Desk, now: datetime
) -> dict[UUID, NoticeKind]:
    """Whom of the told the policy lets open the dispute, and of what they are told.

    The policy itself decides person by person: a unit and a town have few people. What is told of
    a number alone is told to who sees brief rows as well.
    """
    found = session.connection().execute(asked, {"me": me}).all()
    people = actors_of(found)
    policy = desk.policy.access
    return {
        each.id: NoticeKind(each.kind)
        for each in found
        if access.covers(access.scope(people[each.id], "dispute.read", policy), stand, now)
        or (each.kind in queries.TO_BRIEF and queries.sees_brief(people[each.id], policy))
        or (
            each.kind == queries.TO_SENDER
            and access.covers(access.scope(people[each.id], "handover.read", policy), stand, now)
        )
    }


def actors_of(found: Sequence[Any]) -> dict[UUID, Actor]:
    """The people of rows that name a person once for each role, as the policy judges them now."""
    people: dict[UUID, Actor] = {}
    for each in found:
        held = people[each.id].roles if each.id in people else frozenset()
        roles = held | {each.role} if each.role else held
        people[each.id] = Actor(each.id, each.name, each.organisation_id, roles)
    return {each.user_id: each for each in placed_together(people.values())}


def actor_of(session: Session, user_id: UUID) -> Actor | None:
    """Somebody who works here as the policy would judge them now; None when they do not."""
    people = (
        sa.select(User.id, User.name, User.organisation_id, UserRole.role)
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .where(User.id == user_id, User.active)
    )
    return actors_of(session.execute(people).all()).get(user_id)


def waiting_at(dispute: Dispute) -> ColumnElement[bool]:
    """Who takes on what comes to a unit: its liaisons, its mediators while nobody is named."""
    unnamed = dispute.mediator_id is None
    roles = (Role.LIAISON, Role.MEDIATOR) if unnamed else (Role.LIAISON,)
    return (User.organisation_id == dispute.organisation_id) & holds(*roles)


def has_it(dispute: Dispute) -> ColumnElement[bool]:
    """Who has it in hand: the liaisons of its unit and its mediator; nobody before the dispatch."""
    if dispute.status is DisputeStatus.REGISTERED or dispute.organisation_id is None:
        return sa.false()
    return waiting_at(dispute) | (User.id == dispute.mediator_id)


def directors() -> ColumnElement[bool]:
    """The directors; which of them, the policy says."""
    return holds(Role.DIRECTOR)


def holds(*roles: Role) -> ColumnElement[bool]:
    """Whoever has one of the roles."""
    return User.id.in_(sa.select(UserRole.user_id).where(UserRole.role.in_(roles)))
