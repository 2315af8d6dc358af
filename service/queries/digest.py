"""Look at what waits for one person 早晨提要: numbers and stages of disputes, nothing else of them.

What is mine is what I have in hand: a mediator's disputes, a liaison's unit's. To the others their
terms come by the ladder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.clock_subject import WORDS
from config.vocabulary import ClockChangeState, NoticeKind, Role
from config.words import label
from models import Clock, ClockChange, Dispute, Notice, Supervision, User, UserRole, db
from service.desk import Desk
from service.queries import clock_subject, organisation
from service.queries import notice as notices
from service.queries.access import known, visible
from service.queries.user import PERSON, placed
from service.rules import access
from service.rules import digest as rules
from service.rules import dispute as disputes
from service.rules.access import Actor
from service.rules.digest import Digest, Heap, Line, Section

Rows = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody with an address, as the policy would judge them now."""

    actor: Actor
    email: str


def readers(today: date) -> list[Reader]:
    """Everybody who works here and has an address."""
    found = db.session.execute(
        sa.select(User.id, User.name, User.organisation_id, User.email, UserRole.role)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.active, PERSON, User.email.is_not(None), User.email != "")
        .order_by(User.username)
    ).all()
    roles: dict[UUID, set[Role]] = {}
    for each in found:
        roles.setdefault(each.id, set()).add(each.role)
    rows = {each.id: each for each in found}
    return [
        Reader(
            placed(Actor(row.id, row.name, row.organisation_id, frozenset(roles[row.id])), today),
            row.email,
        )
        for row in rows.values()
    ]


def of(reader: Actor, *, desk: Desk, now: datetime) -> Digest | None:
    """What somebody is told this morning; None for who has nothing."""
    today = desk.today(now)
    asked = {
        Heap.LATE: _due(reader, Dispute.due_on < today),
        Heap.TODAY: _due(reader, Dispute.due_on == today),
        Heap.SOON: _due(reader, Dispute.due_on > today, _soon(today, desk)),
        Heap.APPROVAL: _approvals(reader, desk, now),
        Heap.SUPERVISED: _supervised(reader, desk, now),
        Heap.ANSWERED: _answered(reader, desk, now),
        Heap.STEP: _steps(reader, desk, now),
    }
    sections = [_section(heap, query, desk) for heap, query in asked.items() if query is not None]
    sections.append(_owed(reader, today, desk))
    filled = tuple(each for each in sections if each.count)
    if not filled:
        return None
    home = organisation.centre()
    return Digest(today, home.name if home else "", filled)


def _section(heap: Heap, query: Rows, desk: Desk) -> Section:
    ladder = desk.policy.ladder
    whole = query.order_by(None).subquery()
    count = db.session.scalar(sa.select(sa.func.count()).select_from(whole)) or 0
    rows: Sequence[Any] = ()
    if count:
        rows = db.session.execute(query.limit(ladder.digest_names)).all()
    lines = tuple(Line(number, label(status), on) for number, status, on in rows)
    return Section(rules.title(heap, ladder), count, lines)


def _owed(reader: Actor, today: date, desk: Desk) -> Section:
    """What is owed by a day on letters, lawsuits and the like, by nouns and terms."""
    ladder, clocks = desk.policy.ladder, desk.policy.clocks.by_id
    soon = Clock.due_on <= rules.soon_until(today, desk.calendar, ladder)
    query = clock_subject.owed_by(reader, soon, policy=desk.policy.access)
    if query is None:
        return Section(rules.title(Heap.OWED, ladder), 0, ())
    whole = query.order_by(None).subquery()
    count = db.session.scalar(sa.select(sa.func.count()).select_from(whole)) or 0
    rows = db.session.execute(query.limit(ladder.digest_names)).all() if count else ()
    lines = tuple(
        Line(WORDS[subject].noun, clocks[rule].name if rule in clocks else rule, due_on)
        for subject, rule, due_on in rows
    )
    return Section(rules.title(Heap.OWED, ladder), count, lines)


def _in_hand(reader: Actor) -> ColumnElement[bool] | None:
    """What somebody has in hand; None for who handles none."""
    ways = []
    if Role.MEDIATOR in reader.roles:
        ways.append(Dispute.mediator_id == reader.user_id)
        open_class = Dispute.restricted.is_(False)
        ways += [open_class & (Dispute.mediator_id == each) for each in reader.stands_for]
    if Role.LIAISON in reader.roles:
        mine = Dispute.organisation_id == reader.organisation_id
        ways.append(mine & Dispute.restricted.is_(False))
    return sa.or_(*ways) if ways else None


def _due(reader: Actor, *when: ColumnElement[bool]) -> Rows | None:
    """What somebody has in hand whose date is `when`; what is paused is not due."""
    mine = _in_hand(reader)
    if mine is None:
        return None
    return (
        sa.select(Dispute.number, Dispute.status, Dispute.due_on)
        .where(
            Dispute.status.in_(sorted(disputes.OPEN)),
            Dispute.due_paused.is_(False),
            mine,
            *when,
        )
        .order_by(Dispute.due_on, Dispute.number)
    )


def _soon(today: date, desk: Desk) -> ColumnElement[bool]:
    return Dispute.due_on <= rules.soon_until(today, desk.calendar, desk.policy.ladder)


def _approvals(reader: Actor, desk: Desk, now: datetime) -> Rows | None:
    """What others asked for and one may decide."""
    scope = access.scope(reader, "clock.approve", desk.policy.access)
    if not scope.reach:
        return None
    return (
        sa.select(Dispute.number, Dispute.status, sa.null())
        .join(ClockChange, ClockChange.dispute_id == Dispute.id)
        .where(
            ClockChange.state == ClockChangeState.ASKED,
            ClockChange.asked_by.is_distinct_from(reader.user_id),
            known(scope, now),
        )
        .order_by(ClockChange.asked_at, Dispute.number)
    )


def _supervised(reader: Actor, desk: Desk, now: datetime) -> Rows | None:
    """What presses one's unit, or oneself as mediator, and waits for a reply."""
    scope = access.scope(reader, "supervision.answer", desk.policy.access)
    if not scope.reach:
        return None
    mine = Dispute.mediator_id.in_([reader.user_id, *reader.stands_for])
    return (
        sa.select(Dispute.number, Dispute.status, Supervision.reply_by)
        .join(Supervision, Supervision.dispute_id == Dispute.id)
        .where(
            Supervision.ended_at.is_(None),
            Supervision.replied_at.is_(None),
            Supervision.organisation_id.in_(reader.homes) | mine,
            known(scope, now),
        )
        .order_by(Supervision.reply_by, Dispute.number)
    )


def _answered(reader: Actor, desk: Desk, now: datetime) -> Rows | None:
    """What one ordered and has to judge the reply of."""
    scope = access.scope(reader, "supervision.order", desk.policy.access)
    if not scope.reach:
        return None
    return (
        sa.select(Dispute.number, Dispute.status, sa.null())
        .join(Supervision, Supervision.dispute_id == Dispute.id)
        .where(
            Supervision.ordered_by == reader.user_id,
            Supervision.ended_at.is_(None),
            Supervision.replied_at.is_not(None),
            visible(scope, now),
        )
        .order_by(Supervision.replied_at, Dispute.number)
    )


def _steps(reader: Actor, desk: Desk, now: datetime) -> Rows:
    """Of what the ladder reminded somebody since the last digest, and nobody dealt with since."""
    today = desk.today(now)
    last = rules.last_working_day(today, desk.calendar)
    since = datetime.combine(last, desk.policy.ladder.digest, desk.zone).astimezone(UTC)
    reads = known(access.scope(reader, "dispute.read", desk.policy.access), now)
    if notices.sees_brief(reader, desk.policy.access):
        reads = sa.true()
    return (
        sa.select(Dispute.number, Dispute.status, sa.null())
        .join(Notice, Notice.dispute_id == Dispute.id)
        .where(
            Notice.user_id == reader.user_id,
            Notice.kind == NoticeKind.CLOCK,
            Notice.read_at.is_(None),
            Notice.told_at > since,
            reads,
        )
        .order_by(Notice.told_at, Dispute.number)
    )
