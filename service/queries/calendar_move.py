"""Look at what a year of the calendar moves: every running date it touches, counted anew.

A date that ends before the year begins was counted without it, and so was one that starts after
it: only what lies between is read, in batches, whatever the number of clocks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from config.clock import ClockRule
from config.clock_subject import WORDS, ClockSubject
from config.privacy import Term
from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    ClockKind,
    DataRequestStatus,
    TimeUnit,
)
from models import Clock, ClockChange, DataRequest, Dispute, Organisation, db
from service.desk import Desk
from service.queries import sight
from service.queries.access import in_town, visible
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import clock as clock_rules
from service.rules import data_request as request_rules
from service.rules.access import Actor
from service.rules.calendar import WorkCalendar
from service.rules.clock import Change, Run
from service.rules.deadlines import Deadline

BATCH: Final = 1000
ANSWERED: Final = DataRequestStatus.ANSWERED
_KEYS: Final = (Clock.due_on, Clock.id)
_COUNTED: Final = (
    Clock.id,
    Clock.dispute_id,
    Clock.subject,
    Clock.subject_id,
    Clock.organisation_id,
    Clock.rule,
    Clock.length,
    Clock.unit,
    Clock.made_under["provisional"].as_boolean().label("uncertain"),
    Clock.start_on,
    Clock.raw_due_on,
    Clock.due_on,
    Clock.provisional,
)


# what was counted once is known for every clock of the same term, length and start
Memory = dict[tuple[TimeUnit, int, bool, date], Deadline]


@dataclass(frozen=True, slots=True)
class Moved:
    """One running clock whose promise another calendar changes; of a dispute or another subject."""

    clock_id: UUID
    dispute_id: UUID | None
    rule: str
    due_before: date
    due_after: date
    raw_due_after: date
    provisional_before: bool
    provisional_after: bool
    subject: ClockSubject | None = None
    subject_id: UUID | None = None
    organisation_id: UUID | None = None

    @property
    def is_later(self) -> bool:
        """Whether there is more time."""
        return self.due_after > self.due_before

    @property
    def stays(self) -> bool:
        """Whether only how sure the date is has changed."""
        return self.due_after == self.due_before


@dataclass(frozen=True, slots=True)
class MoveView:
    """The same for the list: which dispute, and who handles it; a restricted one says no more.

    What is no dispute is named by its noun, and who owes it.
    """

    moved: Moved
    number: str
    restricted: bool
    organisation: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a year moves; `firmed` dates stay and are certain now, `loosened` the reverse.

    `requests` are those of people whose answer is due another day, or certain now.
    """

    looked_at: int = 0
    later: int = 0
    earlier: int = 0
    firmed: int = 0
    loosened: int = 0
    requests: int = 0

    @property
    def dates(self) -> int:
        """How many clocks are due on another day."""
        return self.later + self.earlier

    @property
    def clocks(self) -> int:
        """How many clocks change at all."""
        return self.dates + self.firmed + self.loosened


@dataclass(slots=True)
class Tally:
    """Counts while they grow."""

    looked_at: int = 0
    later: int = 0
    earlier: int = 0
    firmed: int = 0
    loosened: int = 0
    requests: int = 0

    def take(self, moved: Sequence[Moved]) -> None:
        """Some more clocks were moved."""
        for each in moved:
            self.later += each.is_later
            self.earlier += each.due_after < each.due_before
            self.firmed += each.stays and each.provisional_before
            self.loosened += each.stays and each.provisional_after

    def counts(self) -> Counts:
        """What they have come to."""
        return Counts(**asdict(self))


@dataclass(frozen=True, slots=True)
class RequestMoved:
    """One request of somebody concerned whose answer is due otherwise."""

    id: UUID
    received_on: date
    due_before: date
    due_after: date
    provisional_before: bool
    provisional_after: bool


@sight.whole("what a calendar moves")
def counts(year: int, calendar: WorkCalendar, *, desk: Desk) -> Counts:
    """How much changes when `calendar`, new in `year`, is in force."""
    session, tally, memory = db.session(), Tally(), Memory()
    for rows in batches(session, year):
        tally.looked_at += len(rows)
        tally.take(changed(session, rows, calendar, memory))
    tally.requests = len(requests(session, year, calendar, desk.policy.privacy.term))
    return tally.counts()


@sight.whole("what a calendar moves")
def page(
    year: int,
    calendar: WorkCalendar,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[MoveView]:
    """The clocks that change, what is due first in front, of the disputes the viewer may know of.

    Who draws years up or signs them has to see what they move in the whole town.
    """
    session, after, theirs = db.session(), None, _told_to(actor, desk, now)
    if cursor:
        told = read_cursor(cursor, as_day, as_id)
        after = (told[0], told[1])
    found: list[Moved] = []
    memory = Memory()
    for rows in batches(session, year, after=after, theirs=theirs):
        found += changed(session, rows, calendar, memory)
        if len(found) > limit:
            break
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor([last.due_before.isoformat(), str(last.clock_id)])
    return Page(_views(session, found[:limit]), following)


def batches(
    session: Session,
    year: int,
    *,
    after: tuple[date, UUID] | None = None,
    theirs: Sequence[ColumnElement[bool]] = (),
    size: int = BATCH,
) -> Iterator[Sequence[Any]]:
    """The running clocks that are counted and touch `year`, by their date, some at a time.

    One that is paused promises no date: it is counted when it goes on. `theirs` are conditions on
    the dispute, which leave out what is no dispute.
    """
    while True:
        query = sa.select(*_COUNTED).where(*_touching(year))
        if theirs:
            query = query.join(Dispute, Dispute.id == Clock.dispute_id).where(*theirs)
        if after is not None:
            query = query.where(beyond(_KEYS, after, descending=False))
        rows = session.execute(query.order_by(*_KEYS).limit(size)).all()
        if rows:
            yield rows
        if len(rows) < size:
            return
        after = (rows[-1].due_on, rows[-1].id)


def again(session: Session, year: int, clock_ids: Sequence[UUID]) -> Sequence[Any]:
    """Those of some clocks that still run and touch the year, as they are now."""
    query = sa.select(*_COUNTED, Clock.made_under).where(*_touching(year), Clock.id.in_(clock_ids))
    return session.execute(query.order_by(Clock.id)).all()


def changed(
    session: Session, rows: Sequence[Any], calendar: WorkCalendar, memory: Memory
) -> list[Moved]:
    """Those of the rows whose promise `calendar` changes, in their order."""
    histories = _changes(session, [row.id for row in rows])
    found = []
    for row in rows:
        promise = _promise(row, histories.get(row.id, ()), calendar, memory)
        if promise is None:
            continue
        stands = (row.raw_due_on, row.due_on, row.provisional)
        if (promise.raw_due_on, promise.due_on, promise.provisional) != stands:
            found.append(_moved(row, promise))
    return found


def requests(
    session: Session, year: int, calendar: WorkCalendar, term: Term, *, lock: bool = False
) -> list[RequestMoved]:
    """The open requests of people whose answer is due otherwise; there are few of them."""
    query = (
        sa.select(
            DataRequest.id, DataRequest.received_on, DataRequest.due_on, DataRequest.due_provisional
        )
        .where(
            DataRequest.status != ANSWERED,
            DataRequest.due_on >= date(year, 1, 1),
            DataRequest.received_on <= date(year, 12, 31),
        )
        .order_by(DataRequest.id)
    )
    rows = session.execute(query.with_for_update() if lock else query).all()
    found = []
    for row in rows:
        due_on, provisional = request_rules.due(row.received_on, term, calendar)
        if (due_on, provisional) != (row.due_on, row.due_provisional):
            before = (row.due_on, due_on, row.due_provisional)
            found.append(RequestMoved(row.id, row.received_on, *before, provisional))
    return found


def _told_to(actor: Actor, desk: Desk, now: datetime) -> Sequence[ColumnElement[bool]]:
    policy = desk.policy.access
    if any(access.may(actor, each, policy) for each in ("calendar.edit", "calendar.sign")):
        return () if actor.town is None else (in_town(actor),)
    return (visible(access.scope(actor, "dispute.list", policy), now),)


def _touching(year: int) -> list[ColumnElement[bool]]:
    return [
        Clock.stopped_at.is_(None),
        Clock.paused_from.is_(None),
        Clock.stated.is_(False),
        Clock.unit != TimeUnit.HOUR,
        Clock.due_on >= date(year, 1, 1),
        Clock.start_on <= date(year, 12, 31),
    ]


def _changes(session: Session, clock_ids: Sequence[UUID]) -> dict[UUID, list[Change]]:
    query = (
        sa.select(ClockChange)
        .where(
            ClockChange.clock_id.in_(clock_ids),
            ClockChange.state == ClockChangeState.GRANTED,
            ClockChange.kind.in_((ClockChangeKind.PAUSE, ClockChangeKind.EXTEND)),
        )
        .order_by(ClockChange.asked_at, ClockChange.id)
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[Change]] = {}
    for each in session.scalars(query):
        told = Change(
            each.kind,
            each.state,
            each.ground,
            length=each.length,
            from_on=each.from_on,
            until_on=each.until_on,
        )
        found.setdefault(each.clock_id, []).append(told)
    return found


def _promise(
    row: Any, history: Sequence[Change], calendar: WorkCalendar, memory: Memory
) -> Deadline | None:
    known = (row.unit, row.length, bool(row.uncertain), row.start_on)
    if not history and known in memory:
        return memory[known]
    promise = clock_rules.promised(_run(row, history), calendar)
    if not history and promise is not None:
        memory[known] = promise
    return promise


def _run(row: Any, history: Sequence[Change]) -> Run:
    """The clock, with what of its rule decides the date: length, unit, whether it is uncertain."""
    rule = ClockRule(
        id=row.rule,
        name="",
        trigger="",
        length=row.length,
        unit=row.unit,
        basis=(),
        kind=ClockKind.STATUTORY,
        provisional=bool(row.uncertain),
    )
    return Run(rule=rule, start_on=row.start_on, changes=tuple(history))


def _moved(row: Any, promise: Deadline) -> Moved:
    return Moved(
        clock_id=row.id,
        dispute_id=row.dispute_id,
        rule=row.rule,
        due_before=row.due_on,
        due_after=promise.due_on,
        raw_due_after=promise.raw_due_on,
        provisional_before=row.provisional,
        provisional_after=promise.provisional,
        subject=row.subject,
        subject_id=row.subject_id,
        organisation_id=row.organisation_id,
    )


def _views(session: Session, found: Sequence[Moved]) -> list[MoveView]:
    query = (
        sa.select(Dispute.id, Dispute.number, Dispute.restricted, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(Dispute.id.in_({each.dispute_id for each in found if each.dispute_id}))
    )
    told = {row.id: row for row in session.execute(query)}
    units = sa.select(Organisation.id, Organisation.name).where(
        Organisation.id.in_({each.organisation_id for each in found if each.organisation_id})
    )
    names = {row.id: row.name for row in session.execute(units)}
    views = []
    for each in found:
        if each.dispute_id is not None:
            row = told[each.dispute_id]
            views.append(MoveView(each, row.number, row.restricted, row.name))
        elif each.subject is not None:
            unit = names.get(each.organisation_id) if each.organisation_id else None
            views.append(MoveView(each, WORDS[each.subject].noun, False, unit))
    return views
