"""Years of the calendar 工作日历: drawn up by the planner, signed by the director, who moves dates.

What a signed year moves, moves in the transaction that signs it. A clock that somebody started
meanwhile with the calendar of before is found a little later, by a job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.vocabulary import ClockChangeKind, ClockChangeState
from models import (
    CalendarYear,
    Clock,
    ClockChange,
    DataRequest,
    Dispute,
    Event,
    insert,
    transaction,
)
from service.desk import Desk
from service.errors import Conflict, NotFound, Stale
from service.operations import audit, clock, clock_subject, notice
from service.queries import calendar as queries
from service.queries import calendar_move as moves
from service.queries import sight
from service.queries.calendar_move import Counts, Memory, Moved
from service.rules import access
from service.rules import calendar_year as rules
from service.rules.access import Actor
from service.rules.calendar import WorkCalendar
from service.rules.calendar_year import YearDays

SUBJECT: Final = "calendar"
MOVED: Final = "clock-moved"
AT_ONCE: Final = 500
TWICE: Final = "这一年已经有一份草稿在等签发，请先修改或撤回那一份"


def draft(
    year: int, days: YearDays, source: str, *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Draw up a year from a notice; it is in force when somebody else has signed it.

    Raises Invalid at the wrong row, Conflict when a draft of that year waits already.
    """
    access.require(actor, "calendar.edit", desk.policy.access)
    rules.check(year, days)
    rules.check_source(source)
    draft_id = uuid4()
    with transaction() as session:
        _wait_turn(session)
        number = _next_number(session, year, desk)
        made = (
            insert(session, CalendarYear)
            .values(
                id=draft_id,
                year=year,
                number=number,
                days=days.ordered().as_json(),
                source=source,
                drafted_by=actor.user_id,
                drafted_at=now,
                version=1,
            )
            .on_conflict_do_nothing(index_elements=[CalendarYear.year, CalendarYear.number])
            .returning(CalendarYear.id)
        )
        if session.execute(made).first() is None:
            raise Conflict(TWICE)
        _note(session, "draft", draft_id, actor, now, year=year, number=number)
    return draft_id


def revise(
    draft_id: UUID,
    days: YearDays,
    source: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Write a draft anew; whoever does is who drew it up."""
    access.require(actor, "calendar.edit", desk.policy.access)
    with transaction() as session:
        row = _draft(session, draft_id, version)
        rules.check(row.year, days)
        rules.check_source(source)
        row.days, row.source = days.ordered().as_json(), source
        row.drafted_by, row.drafted_at = actor.user_id, now
        _note(session, "revise", draft_id, actor, now, year=row.year, number=row.number)


def withdraw(draft_id: UUID, *, version: int, actor: Actor, desk: Desk, now: datetime) -> None:
    """Take a draft back; nothing was in force by it."""
    access.require(actor, "calendar.edit", desk.policy.access)
    with transaction() as session:
        row = _draft(session, draft_id, version)
        year, number = row.year, row.number
        session.delete(row)
        _note(session, "withdraw", draft_id, actor, now, year=year, number=number)


@sight.whole("what a calendar moves")
def sign(draft_id: UUID, *, version: int, actor: Actor, desk: Desk, now: datetime) -> Counts:
    """Put a drawn-up year into force, and move every running date that it touches.

    All of it or nothing. Raises Conflict for one's own draft, Stale when it is no longer as it was
    looked at.
    """
    access.require(actor, "calendar.sign", desk.policy.access)
    with transaction() as session:
        _wait_turn(session)
        row = _draft(session, draft_id, version)
        if row.drafted_by == actor.user_id:
            raise Conflict("自己拟的日历，要由别人签发")
        days = YearDays.from_json(row.days)
        queries.forget(session)  # somebody may have signed while we waited
        calendar = rules.put_in_force(desk.calendar, {row.year: days}, desk.calendar.version + 1)
        row.signed_by, row.signed_at = actor.user_id, now
        session.flush()
        made = _apply(session, row, calendar, actor=actor, desk=desk, now=now)
        told = asdict(made) | {"year": row.year, "number": row.number, "calendar": calendar.version}
        _note(session, "sign", draft_id, actor, now, **told)
        queries.forget(session)
    return made


@sight.whole("what a calendar moves")
def settle(draft_id: UUID, *, desk: Desk, now: datetime) -> Counts:
    """Move what was started with the calendar of before while this year was being signed."""
    with transaction() as session:
        _wait_turn(session)
        row = session.get_one(CalendarYear, draft_id)
        made = _apply(session, row, desk.calendar, actor=None, desk=desk, now=now)
        if made.clocks or made.requests:
            _note(session, "settle", draft_id, None, now, **asdict(made) | {"year": row.year})
    return made


@dataclass(frozen=True, slots=True)
class _Cause:
    """The signed year that moves things, and who moves them; nobody does for a job."""

    year: int
    number: int
    drafted_by: UUID
    signed_by: UUID | None
    actor: Actor | None


def _apply(
    session: Session,
    row: CalendarYear,
    calendar: WorkCalendar,
    *,
    actor: Actor | None,
    desk: Desk,
    now: datetime,
) -> Counts:
    """Everything that `calendar` moves in the year of `row`.

    The disputes are held in the order of their ids throughout, and each in one go.
    """
    cause = _Cause(row.year, row.number, row.drafted_by, row.signed_by, actor)
    then = replace(desk, calendars=lambda: calendar)
    tally, memory, theirs = moves.Tally(), Memory(), dict[UUID, list[UUID]]()
    others: list[UUID] = []  # the clocks of what is no dispute
    for rows in moves.batches(session, cause.year):
        tally.looked_at += len(rows)
        for each in moves.changed(session, rows, calendar, memory):
            if each.dispute_id is None:
                others.append(each.clock_id)
            else:
                theirs.setdefault(each.dispute_id, []).append(each.clock_id)
    order = sorted(theirs)
    for some in (order[n : n + AT_ONCE] for n in range(0, len(order), AT_ONCE)):
        clock_ids = [each for dispute_id in some for each in theirs[dispute_id]]
        tally.take(_move(session, cause, some, clock_ids, memory, desk=then, now=now))
    for some in (others[n : n + AT_ONCE] for n in range(0, len(others), AT_ONCE)):
        tally.take(_move_others(session, cause, some, memory, desk=then, now=now))
    tally.requests = _move_requests(session, cause, desk=then, now=now)
    return tally.counts()


def _move(
    session: Session,
    cause: _Cause,
    dispute_ids: Sequence[UUID],
    clock_ids: Sequence[UUID],
    memory: Memory,
    *,
    desk: Desk,
    now: datetime,
) -> list[Moved]:
    """Move some clocks: their disputes are held first, as every other deed on clocks does."""
    held = sa.select(Dispute.id).where(Dispute.id.in_(dispute_ids)).order_by(Dispute.id)
    session.execute(held.with_for_update())
    rows = moves.again(session, cause.year, clock_ids)
    moved = moves.changed(session, rows, desk.calendar, memory)
    if moved:
        _rewrite(session, {each.id: each.made_under for each in rows}, moved, desk.calendar)
        _keep_history(session, cause, moved, now)
        session.expire_all()  # what an earlier batch read of their other clocks
        _follow(session, cause, moved, desk=desk, now=now)
    return moved


def _move_others(
    session: Session,
    cause: _Cause,
    clock_ids: Sequence[UUID],
    memory: Memory,
    *,
    desk: Desk,
    now: datetime,
) -> list[Moved]:
    """The same of what is no dispute: the rows that carry the dates are held first."""
    clock_subject.hold(session, clock_ids)
    rows = moves.again(session, cause.year, clock_ids)
    moved = moves.changed(session, rows, desk.calendar, memory)
    if not moved:
        return moved
    _rewrite(session, {each.id: each.made_under for each in rows}, moved, desk.calendar)
    _keep_history(session, cause, moved, now)
    session.expire_all()
    redated = {each.clock_id for each in moved if not each.stays}
    versions = clock_subject.follow(
        session, [each.clock_id for each in moved], redated, desk=desk, now=now
    )
    _tell_other_events(session, cause, moved, versions, now=now)
    deed = f"calendar-{cause.year}-{cause.number}"
    concerned = session.scalars(sa.select(Clock).where(Clock.id.in_(redated)).order_by(Clock.id))
    notice.subject_clocks_moved(session, concerned.all(), deed, desk=desk, now=now)
    return moved


def _follow(
    session: Session, cause: _Cause, moved: Sequence[Moved], *, desk: Desk, now: datetime
) -> None:
    """What the rows of the disputes say, when to warn, their stories, and who is told."""
    theirs = sa.select(Dispute).where(Dispute.id.in_({each.dispute_id for each in moved}))
    disputes = session.scalars(theirs.order_by(Dispute.id)).all()
    clock.settle_all(session, disputes, desk=desk, now=now)
    for each in disputes:
        flag_modified(each, "status")  # a new version, whatever its row repeats
    session.flush()
    _tell_events(session, cause, disputes, moved, now=now)
    redated = {each.dispute_id for each in moved if not each.stays}
    concerned = [each for each in disputes if each.id in redated]
    deed = f"calendar-{cause.year}-{cause.number}"
    notice.clocks_moved(session, concerned, deed, desk=desk, now=now)


def _rewrite(
    session: Session,
    made_under: dict[UUID, dict[str, Any]],
    moved: Sequence[Moved],
    calendar: WorkCalendar,
) -> None:
    """The new promises."""
    statement = (
        sa.update(Clock.__table__)  # type: ignore[arg-type]  # many rows at once, by their ids
        .where(Clock.id == sa.bindparam("clock_id"))
        .values(
            raw_due_on=sa.bindparam("raw"),
            due_on=sa.bindparam("due"),
            provisional=sa.bindparam("uncertain"),
            made_under=sa.bindparam("made"),
            version=Clock.version + 1,
        )
    )
    rows = [
        {
            "clock_id": each.clock_id,
            "raw": each.raw_due_after,
            "due": each.due_after,
            "uncertain": each.provisional_after,
            "made": made_under[each.clock_id] | {"calendar": calendar.version},
        }
        for each in moved
    ]
    session.connection().execute(statement, rows)


def _keep_history(session: Session, cause: _Cause, moved: Sequence[Moved], now: datetime) -> None:
    """One change of each clock: asked for by who drew the year up, granted by who signed it."""
    rows = [
        {
            "id": uuid4(),
            "clock_id": each.clock_id,
            "dispute_id": each.dispute_id,
            "subject": each.subject,
            "subject_id": each.subject_id,
            "kind": ClockChangeKind.CALENDAR,
            "state": ClockChangeState.GRANTED,
            "ground": f"{SUBJECT}-{cause.year}",
            "due_before": each.due_before,
            "due_after": each.due_after,
            "asked_by": cause.drafted_by,
            "asked_at": now,
            "decided_by": cause.signed_by,
            "decided_at": now,
        }
        for each in moved
    ]
    session.connection().execute(sa.insert(ClockChange), rows)


def _tell_events(
    session: Session,
    cause: _Cause,
    disputes: Sequence[Dispute],
    moved: Sequence[Moved],
    *,
    now: datetime,
) -> None:
    """In the story of each dispute: which terms moved; the trail has one entry for all of them."""
    told: dict[UUID, list[dict[str, str]]] = {}
    for each in moved:
        if each.dispute_id is not None:
            told.setdefault(each.dispute_id, []).append(_dates(each))
    rows = [
        _event(cause, now)
        | {
            "subject": "dispute",
            "subject_id": each.id,
            "detail": {"fields": ["due_on"], "year": cause.year, "clocks": told[each.id]},
            "version": each.version,
        }
        for each in disputes
    ]
    session.connection().execute(sa.insert(Event), rows)


def _tell_other_events(
    session: Session,
    cause: _Cause,
    moved: Sequence[Moved],
    versions: Mapping[UUID, int | None],
    *,
    now: datetime,
) -> None:
    """The same in the stories of what is no dispute, one for each of its clocks."""
    rows = [
        _event(cause, now)
        | {
            "subject": each.subject.value,
            "subject_id": each.subject_id,
            "detail": {"fields": ["due_on"], "year": cause.year, "clocks": [_dates(each)]},
            "version": versions.get(each.subject_id),
        }
        for each in moved
        if each.subject is not None and each.subject_id is not None
    ]
    session.connection().execute(sa.insert(Event), rows)


def _dates(moved: Moved) -> dict[str, str]:
    """One term in a story: its rule, and the day before and after."""
    dates = {"before": moved.due_before.isoformat(), "after": moved.due_after.isoformat()}
    return {"rule": moved.rule} | dates


def _event(cause: _Cause, now: datetime) -> dict[str, Any]:
    """What is the same of all of them."""
    actor = cause.actor
    return {
        "happened_at": now,
        "actor_id": actor.user_id if actor else None,
        "organisation_id": actor.organisation_id if actor else None,
        "action": MOVED,
        "request_id": actor.request_id if actor else None,
    }


def _move_requests(session: Session, cause: _Cause, *, desk: Desk, now: datetime) -> int:
    """Answers that were promised to people concerned follow as well; how many."""
    term = desk.policy.privacy.term
    found = moves.requests(session, cause.year, desk.calendar, term, lock=True)
    for each in found:
        asked = session.get_one(DataRequest, each.id, populate_existing=True)
        asked.due_on, asked.due_provisional = each.due_after, each.provisional_after
        session.flush()  # gives the new version to the event
        told = {
            "subject": "data_request",
            "subject_id": each.id,
            "detail": {"fields": ["due_on"], "year": cause.year, "due_on": str(each.due_after)},
            "version": asked.version,
        }
        session.add(Event(**_event(cause, now) | told))
    return len(found)


def _wait_turn(session: Session) -> None:
    """One after the other draws up and signs: what each finds stays so until it is done."""
    session.execute(sa.select(CalendarYear.id).order_by(CalendarYear.id).with_for_update())


def _next_number(session: Session, year: int, desk: Desk) -> int:
    """The number of the next version; what ships in the file is the first of its year."""
    newest = session.scalar(
        sa.select(sa.func.max(CalendarYear.number)).where(CalendarYear.year == year)
    )
    waits = sa.select(CalendarYear.id).where(
        CalendarYear.year == year, CalendarYear.signed_at.is_(None)
    )
    if session.execute(waits).first() is not None:
        raise Conflict(TWICE)
    shipped = 1 if year in desk.calendar.holidays.years else 0
    return (newest or shipped) + 1


def _draft(session: Session, draft_id: UUID, version: int) -> CalendarYear:
    row = session.get(CalendarYear, draft_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("没有这份日历草稿，可能已经撤回")
    if row.signed_at is not None:
        raise Conflict("这一版已经签发，不能再改；要改请另拟一版")
    if row.version != version:
        raise Stale(["days"])
    return row


def _note(
    session: Session, deed: str, draft_id: UUID, actor: Actor | None, now: datetime, **told: int
) -> None:
    audit.note(
        session,
        f"{SUBJECT}.{deed}",
        subject=SUBJECT,
        subject_id=draft_id,
        actor=actor,
        now=now,
        detail=told,
    )
