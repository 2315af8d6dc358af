"""Look at the clocks 期限 of what is no dispute: those of one thing, and what its reader owes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.access import AccessPolicy
from config.basis import Basis
from config.clock_subject import ClockSubject
from config.vocabulary import ClockEnd, ClockKind, ClockState, TimeUnit
from models import Clock, ClockChange, User, db
from service.desk import Desk
from service.queries.clock_promise import run_of
from service.rules import clock as rules
from service.rules import clock_subject as subjects
from service.rules import deadlines
from service.rules.access import Actor

_SIGNER: Final = aliased(User)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOf:
    """A published calendar moved the date: from when to when, who signed the year, and when."""

    ground: str
    due_before: date | None
    due_after: date | None
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectClock:
    """One term of a letter, a lawsuit or a duty; `late` is for ever once it is.

    What was written down by mistake was never owed, and is not late.
    """

    id: UUID
    subject: ClockSubject
    subject_id: UUID
    rule: str
    name: str
    kind: ClockKind
    state: ClockState
    stated: bool
    length: int | None
    unit: TimeUnit | None
    start_on: date
    raw_due_on: date
    due_on: date
    provisional: bool
    uncertain: bool  # the rule itself is: only the letter can state the term
    ended: ClockEnd | None
    stopped_on: date | None
    late: bool
    basis: tuple[Basis, ...]
    note: str
    moves: tuple[MoveOf, ...]


def of_subject(
    subject: ClockSubject, subject_id: UUID, *, desk: Desk, now: datetime
) -> list[SubjectClock]:
    """Every clock of one thing: running ones first, nearest first, then the stopped ones.

    Whoever calls has opened the thing for its viewer.
    """
    return of_subjects(subject, [subject_id], desk=desk, now=now).get(subject_id, [])


def of_subjects(
    subject: ClockSubject, ids: Sequence[UUID], *, desk: Desk, now: datetime
) -> dict[UUID, list[SubjectClock]]:
    """The same of several of a kind, in as few questions as of one."""
    if not ids:
        return {}
    query = (
        sa.select(Clock, ClockChange, _SIGNER.name)
        .outerjoin(ClockChange, ClockChange.clock_id == Clock.id)
        .outerjoin(_SIGNER, _SIGNER.id == ClockChange.decided_by)
        .where(Clock.subject == subject, Clock.subject_id.in_(ids))
        .order_by(Clock.start_on, Clock.id, ClockChange.asked_at, ClockChange.id)
        .execution_options(populate_existing=True)
    )
    clocks: dict[UUID, Clock] = {}
    changes: dict[UUID, list[tuple[ClockChange, str | None]]] = defaultdict(list)
    for clock, change, signer in db.session.execute(query):
        clocks[clock.id] = clock
        if change is not None:
            changes[clock.id].append((change, signer))
    found: dict[UUID, list[SubjectClock]] = defaultdict(list)
    for each in clocks.values():
        view = _view(each, changes[each.id], desk, now)
        found[view.subject_id].append(view)
    return {key: sorted(views, key=_order) for key, views in found.items()}


def owed_by(
    reader: Actor, *when: ColumnElement[bool], policy: AccessPolicy
) -> sa.Select[*tuple[Any, ...]] | None:
    """What runs on such things, is due `when`, and its reader may know of: subject, rule, day."""
    ways = _ways(reader, policy)
    if not ways:
        return None
    return (
        sa.select(Clock.subject, Clock.rule, Clock.due_on)
        .where(
            Clock.subject.is_not(None),
            Clock.stopped_at.is_(None),
            Clock.paused_from.is_(None),
            Clock.kind != ClockKind.REMEDY,
            sa.or_(*ways),
            *when,
        )
        .order_by(Clock.due_on, Clock.id)
    )


def _ways(reader: Actor, policy: AccessPolicy) -> list[ColumnElement[bool]]:
    """What of it somebody may know: the whole town's, or what their own unit owes."""
    ways: list[ColumnElement[bool]] = []
    told = [each for each in ClockSubject if subjects.tells_town(reader, each, policy)]
    mine = [each for each in ClockSubject if subjects.tells_unit(reader, each, policy)]
    if told:
        town = sorted(reader.town or ())
        here = sa.true() if reader.town is None else Clock.organisation_id.in_(town)
        ways.append(Clock.subject.in_(told) & here)
    if mine:
        ways.append(Clock.subject.in_(mine) & (Clock.organisation_id == reader.organisation_id))
    return ways


def _order(view: SubjectClock) -> tuple[bool, date, str]:
    return view.stopped_on is not None, view.due_on, str(view.id)


def _view(
    clock: Clock,
    changes: Sequence[tuple[ClockChange, str | None]],
    desk: Desk,
    now: datetime,
) -> SubjectClock:
    if clock.subject is None or clock.subject_id is None:
        raise ValueError("a clock of a dispute")
    run = run_of(clock, (each for each, _ in changes), desk.policy.clocks)
    known = desk.policy.clocks.by_id.get(clock.rule)
    return SubjectClock(
        id=clock.id,
        subject=clock.subject,
        subject_id=clock.subject_id,
        rule=clock.rule,
        name=run.rule.name,
        kind=clock.kind,
        state=rules.state(clock.paused_from, clock.stopped_at),
        stated=clock.stated,
        length=clock.length,
        unit=clock.unit,
        start_on=clock.start_on,
        raw_due_on=clock.raw_due_on,
        due_on=clock.due_on,
        provisional=clock.provisional,
        uncertain=run.rule.provisional and not clock.stated,
        ended=clock.ended,
        stopped_on=clock.stopped_on,
        late=clock.ended is not ClockEnd.MISTAKEN
        and (clock.stopped_on or desk.today(now)) > clock.due_on,
        basis=deadlines.in_force(run.rule.basis, clock.start_on),
        note=known.note if known else "",
        moves=tuple(
            MoveOf(
                ground=each.ground,
                due_before=each.due_before,
                due_after=each.due_after,
                decided_by=signer,
                decided_at=each.decided_at,
            )
            for each, signer in changes
        ),
    )
