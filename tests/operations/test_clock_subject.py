"""Terms of letters, lawsuits and duties: counted to the day, one of a rule, told once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.access import Reach
from config.clock_subject import ClockSubject
from config.vocabulary import ClockEnd, NoticeKind, Role
from models import (
    AuditEntry,
    Clock,
    ClockChange,
    ClockStep,
    Dispute,
    Event,
    Notice,
    db,
    transaction,
)
from service.desk import Desk
from service.operations import audit, ladder
from service.operations import clock_subject as operations
from service.operations import notice as notices
from service.operations.clock_subject import Owed, Promise
from service.queries import calendar_move as moves
from service.queries import clock_subject as queries
from service.queries import digest
from service.queries import notice as inbox
from service.rules import clock_subject as rules
from service.rules.access import Actor
from service.rules.digest import Line
from tests.factories.calendar import signed
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = ClockSubject
WORKERS = 3

# of cases L1, L2 and L3: rule, day it came, day it is due, whether that is certain
TERMS = [
    ("PROC.PIL", date(2026, 9, 30), date(2026, 11, 30), False),
    ("PROC.PIL.URG", date(2026, 11, 16), date(2026, 12, 1), False),
    ("COURT.SUG", date(2026, 10, 31), date(2026, 12, 31), True),
    # no such day in February, whose last one is a Sunday; nobody has published 2027 yet
    ("COURT.SUG", date(2026, 12, 31), date(2027, 3, 1), True),
    ("LIT.ANSWER", date(2026, 10, 26), date(2026, 11, 10), False),
    ("LIT.APPEAL.J", date(2026, 12, 3), date(2026, 12, 18), False),
]


def owed(office: Office, subject: ClockSubject = S.SUGGESTION) -> Owed:
    """Something that a station owes."""
    return Owed(subject=subject, id=uuid4(), organisation_id=office.units["station"])


@contextmanager
def deed() -> Iterator[Session]:
    """A deed on something that owes, told in the trail as such deeds are."""
    with transaction() as session:
        yield session
        audit.note(
            session,
            "suggestion.registered",
            subject="suggestion",
            subject_id=uuid4(),
            actor=None,
            now=MONDAY_9AM,
            detail={},
        )


def test_the_terms_of_letters_and_lawsuits_are_counted_to_the_day(office: Office) -> None:
    desk, now = office.desk, MONDAY_9AM
    with deed() as session:
        for rule, start_on, due_on, provisional in TERMS:
            each = owed(office)
            made = operations.start(session, each, rule, start_on=start_on, desk=desk, now=now)
            found = operations.promise(operations.running(session, each.subject, each.id))
            assert found == Promise(due_on, rule, provisional), rule
            assert made.organisation_id == office.units["station"]
            if due_on.year == 2027:
                assert made.raw_due_on == date(2027, 2, 28)
        with pytest.raises(ValueError, match="期限"):
            operations.start(
                session, owed(office), "DV.ORDER", start_on=date(2026, 11, 2), desk=desk, now=now
            )


def test_one_runs_of_a_rule_a_stated_date_replaces_it_and_late_stays(office: Office) -> None:
    desk, now = office.desk, MONDAY_9AM + timedelta(days=31)
    mine = owed(office)
    with deed() as session:
        begun = date(2026, 10, 31)
        first = operations.start(session, mine, "COURT.SUG", start_on=begun, desk=desk, now=now)
        again = operations.start(session, mine, "COURT.SUG", start_on=begun, desk=desk, now=now)
        assert again is first
        told = date(2026, 11, 29)  # a Sunday, as the letter has it: never moved
        said = operations.state(session, mine, "COURT.SUG", told, begun, desk=desk, now=now)
        assert said is operations.state(session, mine, "COURT.SUG", told, begun, desk=desk, now=now)
        other = operations.start(
            session, mine, "PROC.GEN", start_on=date(2026, 11, 2), desk=desk, now=now
        )
    with deed() as session:
        running = operations.running(session, mine.subject, mine.id)
        assert [each.id for each in running] == [said.id, other.id]
        assert operations.promise(running) == Promise(told, "COURT.SUG", False)
        assert session.get_one(Clock, first.id).ended is ClockEnd.REPLACED
        moved = Owed(subject=mine.subject, id=mine.id, organisation_id=office.units["justice"])
        operations.assign(session, moved)
        operations.stop(
            session,
            moved,
            ClockEnd.MET,
            date(2026, 12, 1),
            rules=["COURT.SUG"],
            desk=desk,
            now=now,
        )
        (left,) = operations.running(session, mine.subject, mine.id)
        assert (left.rule, left.organisation_id) == ("PROC.GEN", office.units["justice"])
        operations.stop(session, moved, ClockEnd.CLOSED, date(2026, 12, 2), desk=desk, now=now)
        assert operations.promise(operations.running(session, mine.subject, mine.id)) is None
    late = db.session.scalars(sa.select(Clock.id).where(Clock.stopped_on > Clock.due_on)).all()
    assert late == [said.id]


def test_a_clock_is_of_a_dispute_or_of_another_subject_never_of_both_or_none(
    office: Office,
) -> None:
    with deed() as session:
        mine = owed(office, S.LAWSUIT)
        operations.start(
            session,
            mine,
            "LIT.ANSWER",
            start_on=date(2026, 10, 26),
            desk=office.desk,
            now=MONDAY_9AM,
        )
    for values in ({"subject_id": None}, {"subject": None}):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(sa.update(Clock).where(Clock.subject_id == mine.id).values(**values))


def at(month: int, day: int) -> datetime:
    """The office's morning of a day of 2026."""
    return datetime(2026, month, day, 0, 1, tzinfo=UTC)


@pytest.fixture
def desk(office: Office) -> Desk:
    """The office's, where all who may be told of letters may read them."""
    policy, town = office.desk.policy, {Role.LEGAL, Role.DIRECTOR, Role.LEADER}
    rights = {
        role: {**row, "suggestion.read": frozenset({Reach.TOWN})} if role in town else row
        for role, row in policy.access.rights.items()
    }
    mine = {"suggestion.read": frozenset({Reach.ORGANISATION})}
    rights[Role.LIAISON] = {**rights[Role.LIAISON], **mine}
    allowed = replace(policy.access, rights=MappingProxyType(rights))
    return replace(office.desk, policy=replace(policy, access=allowed))


@pytest.fixture
def people(office: Office) -> dict[str, Actor]:
    """Who is told, and two who are not: another unit's liaison, and who may not read letters."""
    return {
        "legal": office.actor(Role.LEGAL, "justice"),
        "director": office.director,
        "leader": office.leader,
        "liaison": office.actor(Role.LIAISON, "station"),
        "stranger": office.liaison,
        "window": office.window,
    }


def begun(mine: Owed, rule: str, start_on: date, desk: Desk) -> UUID:
    """A clock of it, started that day."""
    with deed() as session:
        made = operations.start(
            session, mine, rule, start_on=start_on, desk=desk, now=MONDAY_9AM - timedelta(days=30)
        )
        session.flush()
        return made.id


def warned(mine: Owed, people: dict[str, Actor], *, unread: bool = False) -> dict[str, int]:
    """How many reminders of it each has."""
    db.session.rollback()
    names = {who.user_id: name for name, who in people.items()}
    found = sa.select(Notice.user_id, sa.func.count()).where(Notice.subject_id == mine.id)
    found = found.where(Notice.read_at.is_(None)) if unread else found
    rows = db.session.execute(found.group_by(Notice.user_id))
    return {names[user_id]: count for user_id, count in rows}


def test_the_ladder_of_a_letter_rises_to_the_leader_and_each_step_is_told_once(
    office: Office, desk: Desk, people: dict[str, Actor]
) -> None:
    mine = owed(office)
    clock_id = begun(mine, "PROC.PIL", date(2026, 9, 30), desk)
    # rest days send a step to the working day before
    mornings = {"T-30": (10, 30), "T-15": (11, 13), "T-7": (11, 23), "T-1": (11, 27), "T": (11, 30)}

    def worker(now: datetime) -> None:
        with office.app.app_context():
            ladder.tell_due(desk=desk, now=now)
            db.session.remove()

    for month, day in mornings.values():
        db.session.rollback()
        with ThreadPoolExecutor(WORKERS) as workers:
            list(workers.map(worker, [at(month, day)] * WORKERS))
    db.session.rollback()
    rows = sa.select(ClockStep.step).where(ClockStep.clock_id == clock_id)
    assert db.session.scalars(rows.order_by(ClockStep.told_at)).all() == list(mornings)
    assert warned(mine, people) == {"legal": 5, "director": 3, "leader": 2}
    assert warned(mine, people, unread=True) == {"legal": 1, "director": 1, "leader": 1}
    entries = sa.select(sa.func.count()).where(AuditEntry.action == "suggestion.clock-step")
    assert db.session.scalar(entries) == len(mornings)
    with deed() as session:
        operations.stop(session, mine, ClockEnd.MET, date(2026, 12, 1), desk=desk, now=at(12, 1))
    assert warned(mine, people, unread=True) == {}
    [view] = queries.of_subject(mine.subject, mine.id, desk=desk, now=at(12, 1))
    assert (view.due_on, view.stopped_on, view.late) == (
        date(2026, 11, 30),
        date(2026, 12, 1),
        True,
    )


def test_a_lawsuit_reminds_its_unit_and_leaves_the_inbox_of_who_owes_it_no_longer(
    office: Office, desk: Desk, people: dict[str, Actor]
) -> None:
    mine = owed(office)
    begun(mine, "LIT.ANSWER", date(2026, 10, 26), desk)
    ladder.tell_due(desk=desk, now=at(11, 9))
    assert warned(mine, people) == {"legal": 1, "liaison": 1, "director": 1}

    def waiting(name: str) -> list[tuple[str, str | None, bool]]:
        page = inbox.page(actor=people[name], desk=desk, now=at(11, 9))
        count = inbox.unread(actor=people[name], desk=desk, now=at(11, 9))
        assert count == sum(each.waits for each in page.items)
        return [(each.number, each.term, each.subject_id == mine.id) for each in page.items]

    told = ("建议书", "行政诉讼答辩并提交证据", True)
    assert [waiting(each) for each in ("legal", "liaison", "stranger")] == [[told], [told], []]
    due = digest.of(people["liaison"], desk=desk, now=at(11, 9))
    assert due is not None
    assert due.sections[-1].lines == (Line("建议书", told[1], date(2026, 11, 10)),)
    moved = replace(mine, organisation_id=office.units["committee"])
    with deed() as session:
        operations.assign(session, moved)
    assert waiting("liaison") == [("建议书", None, False)]
    assert digest.of(people["liaison"], desk=desk, now=at(11, 9)) is None
    notices.read_all(until=at(11, 9), actor=people["legal"], now=at(11, 9))
    assert inbox.unread(actor=people["legal"], desk=desk, now=at(11, 9)) == 0
    ladder.tell_due(desk=desk, now=at(11, 13))
    assert warned(mine, people) == {
        "legal": 2,
        "liaison": 1,
        "director": 2,
        "leader": 1,
        "stranger": 1,
    }


def test_who_lacks_the_right_or_is_of_another_town_is_told_of_nothing(
    office: Office, desk: Desk, people: dict[str, Actor]
) -> None:
    station = office.units["station"]
    knows = {
        name
        for name, who in people.items()
        if rules.may_know(who, S.SUGGESTION, station, desk.policy.access)
    }
    assert knows == {"legal", "director", "leader", "liaison"}
    elsewhere = replace(people["legal"], town=frozenset({uuid4()}))
    assert not rules.may_know(elsewhere, S.SUGGESTION, station, desk.policy.access)
    assert not rules.may_know(people["liaison"], S.LAWSUIT, uuid4(), desk.policy.access)


def test_a_published_year_moves_their_dates_and_the_row_that_carries_one(
    office: Office, desk: Desk, people: dict[str, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = registered(office)  # stands for a letter: it has the columns that carry the date
    monkeypatch.setattr(operations, "HOLDERS", {S.SUGGESTION: Dispute})
    letter = Owed(subject=S.SUGGESTION, id=row.id, organisation_id=office.units["station"])
    bare = owed(office, S.LAWSUIT)
    first = begun(letter, "PROC.GEN", date(2026, 12, 9), desk)  # until 9 February: in the holidays
    second = begun(bare, "LIT.ANSWER", date(2026, 12, 21), desk)
    stated = owed(office)
    with deed() as session:
        operations.state(
            session,
            stated,
            "PROC.GEN",
            date(2027, 2, 9),
            date(2026, 12, 9),
            desk=desk,
            now=at(12, 9),
        )
    counts = signed(office)
    assert counts.dates >= 1
    db.session.rollback()
    clock, other = db.session.get_one(Clock, first), db.session.get_one(Clock, second)
    assert (clock.due_on, clock.provisional) == (date(2027, 2, 13), False)
    assert (other.due_on, other.provisional) == (date(2027, 1, 5), False)
    [said] = queries.of_subject(S.SUGGESTION, stated.id, desk=desk, now=at(12, 9))
    assert (said.due_on, said.moves) == (date(2027, 2, 9), ())
    [view] = queries.of_subject(S.SUGGESTION, row.id, desk=desk, now=at(12, 9))
    assert [(each.due_before, each.due_after) for each in view.moves] == [
        (date(2027, 2, 9), date(2027, 2, 13))
    ]
    carried = db.session.get_one(Dispute, row.id)
    assert (carried.due_on, carried.due_rule, carried.due_provisional) == (
        date(2027, 2, 13),
        "PROC.GEN",
        False,
    )
    changes = sa.select(ClockChange.subject_id).where(ClockChange.dispute_id.is_(None))
    assert set(db.session.scalars(changes)) == {row.id, bare.id}
    events = sa.select(Event.subject).where(
        Event.action == "clock-moved", Event.subject_id == bare.id
    )
    assert db.session.scalars(events).all() == ["lawsuit"]
    moved = sa.select(Notice.kind).where(Notice.subject_id == bare.id)
    assert set(db.session.scalars(moved)) <= {NoticeKind.CLOCK_MOVED}
    page = moves.page(2027, desk.calendar, actor=office.director, desk=desk, now=at(12, 9))
    assert page.items == []
