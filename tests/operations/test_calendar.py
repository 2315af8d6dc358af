"""A year of the calendar is drawn up by one, signed by another, and moves what it touches."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.calendar import Holidays
from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    DisputeStatus,
    NoticeKind,
    Role,
    TimeUnit,
)
from models import AuditEntry, Clock, ClockChange, Dispute, Event, Notice, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import calendar as operations
from service.queries import calendar as queries
from service.queries import calendar_move as moves
from service.rules.calendar_year import Makeup, Off, YearDays
from tests.factories.calendar import (
    SOURCE,
    YEAR_2027,
    clock,
    drafted,
    due,
    planner,
    signed,
)
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
NEW_YEAR = date(2027, 1, 1)


def sign(office: Office, draft_id: UUID, version: int = 1) -> moves.Counts:
    return operations.sign(
        draft_id, version=version, actor=office.director, desk=office.desk, now=MONDAY_10AM
    )


def test_a_draft_is_not_in_force_and_a_signed_year_is(office: Office) -> None:
    draft_id = drafted(office)
    assert not office.desk.calendar.is_published(NEW_YEAR)
    sign(office, draft_id)
    calendar = office.desk.calendar
    assert calendar.is_published(NEW_YEAR)
    assert (calendar.version, calendar.name_of(NEW_YEAR)) == (2, "元旦")
    assert calendar.is_working_day(date(2027, 2, 20))
    assert calendar.name_of(date(2026, 10, 1)) == "国庆节"


def test_a_signed_year_replaces_that_year_wholly(office: Office) -> None:
    days = YearDays((Off("元旦", date(2026, 1, 1), date(2026, 1, 1)),), ())
    signed(office, days, 2026)
    calendar = office.desk.calendar
    assert calendar.is_working_day(date(2026, 10, 1))
    assert calendar.name_of(date(2026, 1, 1)) == "元旦"
    assert calendar.name_of(date(2025, 10, 1)) == "国庆节、中秋节"
    [version] = queries.versions(2026)
    assert version.number == 2  # the file is the first


def test_the_later_version_of_a_year_is_in_force(office: Office) -> None:
    signed(office)
    changed = replace(YEAR_2027, work=())
    signed(office, changed)
    assert not office.desk.calendar.is_working_day(date(2027, 2, 20))
    assert office.desk.calendar.version == 3
    assert [each.number for each in queries.versions(2027)] == [2, 1]


def test_nobody_signs_their_own_draft(office: Office) -> None:
    both = office.somebody("both", {Role.PLANNER, Role.DIRECTOR})
    draft_id = operations.draft(
        2027, YEAR_2027, SOURCE, actor=both, desk=office.desk, now=MONDAY_9AM
    )
    with pytest.raises(Conflict):
        operations.sign(draft_id, version=1, actor=both, desk=office.desk, now=MONDAY_10AM)
    assert not office.desk.calendar.is_published(NEW_YEAR)


def test_who_may_not_draw_up_or_sign_is_refused(office: Office) -> None:
    with pytest.raises(Forbidden):
        operations.draft(
            2027, YEAR_2027, SOURCE, actor=office.window, desk=office.desk, now=MONDAY_9AM
        )
    draft_id = drafted(office)
    with pytest.raises(Forbidden):
        operations.sign(
            draft_id, version=1, actor=planner(office), desk=office.desk, now=MONDAY_9AM
        )


def test_one_year_has_one_draft_at_a_time(office: Office) -> None:
    drafted(office)
    with pytest.raises(Conflict):
        drafted(office)
    spring = YearDays((Off("春节", date(2028, 1, 26), date(2028, 2, 1)),), ())
    drafted(office, spring, 2028)


def test_what_was_looked_at_is_what_is_signed(office: Office) -> None:
    draft_id = drafted(office)
    operations.revise(
        draft_id,
        replace(YEAR_2027, work=()),
        SOURCE,
        version=1,
        actor=planner(office),
        desk=office.desk,
        now=MONDAY_9AM,
    )
    with pytest.raises(Stale):
        sign(office, draft_id, version=1)
    sign(office, draft_id, version=2)
    assert not office.desk.calendar.is_working_day(date(2027, 2, 20))


def test_a_draft_may_be_withdrawn_and_a_signed_year_may_not(office: Office) -> None:
    draft_id = drafted(office)

    def withdraw(which: UUID, version: int) -> None:
        operations.withdraw(
            which, version=version, actor=planner(office), desk=office.desk, now=MONDAY_9AM
        )

    withdraw(draft_id, 1)
    assert queries.versions(2027) == []
    with pytest.raises(NotFound):
        sign(office, draft_id)
    signed(office)
    [version] = queries.versions(2027)
    with pytest.raises(Conflict):
        withdraw(version.id, version.version)
    with pytest.raises(Conflict):
        sign(office, version.id, version.version)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (
            YearDays((Off("元旦", date(2026, 12, 31), date(2027, 1, 2)),), ()),
            {"off.0.from": ["2026-12-31 不在 2027 年；别的年份请在那一年的日历里改"]},
        ),
        (
            YearDays((Off("元旦", date(2027, 1, 3), date(2027, 1, 1)),), ()),
            {"off.0.to": ["最后一天早于第一天"]},
        ),
        (
            YearDays((Off("元旦", date(2027, 1, 1), date(2027, 11, 3)),), ()),
            {"off.0.to": ["一次放假 307 天，请核对日期"]},
        ),
        (
            replace(YEAR_2027, off=(*YEAR_2027.off, Off("重", date(2027, 2, 12), NEW_YEAR))),
            {"off.3.to": ["最后一天早于第一天"]},
        ),
        (
            replace(YEAR_2027, off=(*YEAR_2027.off, Off("重", NEW_YEAR, NEW_YEAR))),
            {"off.3.from": ["与第 1 行的日期重叠"]},
        ),
        (
            replace(YEAR_2027, work=(Makeup("春节", date(2027, 2, 6)),)),
            {"work.0.on": ["与放假第 2 行矛盾：这一天写了放假"]},
        ),
        (
            replace(YEAR_2027, work=(Makeup("春节", date(2027, 2, 15)),)),
            {"work.0.on": ["2027-02-15 不是周末，不能是调休上班日"]},
        ),
        (
            replace(YEAR_2027, work=(YEAR_2027.work[0], YEAR_2027.work[0])),
            {"work.1.on": ["与上班第 1 行是同一天"]},
        ),
        (YearDays((), ()), {"off": ["一天放假也没有写，请核对"]}),
    ],
)
def test_what_cannot_be_so_is_refused_at_its_row(
    office: Office, days: YearDays, told: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refusal:
        drafted(office, days)
    assert refusal.value.fields == told


# -- what moves --------------------------------------------------------------------------------


def test_a_date_moves_with_its_dispute_its_history_and_a_notice(office: Office) -> None:
    mediator = office.mediator
    handled = registered(office).until(DisputeStatus.MEDIATING)
    term = clock(office, handled.id, "MEDI.PM", date(2026, 12, 25))  # 30 working days
    assert due(term) == (date(2027, 2, 5), True)
    made = signed(office)
    assert due(term) == (date(2027, 2, 15), False)
    assert made.later == 1
    [change] = db.session.scalars(
        sa.select(ClockChange).where(ClockChange.kind == ClockChangeKind.CALENDAR)
    )
    assert (change.clock_id, change.state) == (term, ClockChangeState.GRANTED)
    assert (change.due_before, change.due_after) == (date(2027, 2, 5), date(2027, 2, 15))
    assert (change.asked_by, change.decided_by) == (
        planner(office).user_id,
        office.director.user_id,
    )
    moved = sa.select(Event).where(Event.action == operations.MOVED)
    [event] = db.session.scalars(moved)
    row = db.session.get_one(Dispute, handled.id)
    assert (event.subject_id, event.version) == (handled.id, row.version)
    notices = sa.select(Notice.user_id).where(Notice.kind == NoticeKind.CLOCK_MOVED)
    assert list(db.session.scalars(notices)) == [mediator.user_id]
    kept = db.session.get_one(Clock, term)
    assert kept.made_under["calendar"] == 2
    assert kept.next_step_at is not None
    assert kept.next_step_at > MONDAY_9AM


def test_who_mediates_is_told_of_every_dispute_that_moves(office: Office) -> None:
    handled = [registered(office).until(DisputeStatus.MEDIATING) for _ in range(3)]
    for each in handled:
        clock(office, each.id, "MEDI.PM", date(2026, 12, 25))
    assert signed(office).later == 3
    told = sa.select(Notice.dispute_id).where(
        Notice.kind == NoticeKind.CLOCK_MOVED, Notice.user_id == office.mediator.user_id
    )
    found = db.session.scalars(told).all()
    assert (len(found), set(found)) == (len(handled), {each.id for each in handled})


def test_two_terms_of_a_dispute_move_together(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "AT_ONCE", 1)
    handled = registered(office).until(DisputeStatus.MEDIATING)
    for rule in ("MEDI.PM", "MEDI.ADM"):
        clock(office, handled.id, rule, date(2026, 12, 25))
    other = registered(office).until(DisputeStatus.MEDIATING)
    clock(office, other.id, "MEDI.PM", date(2026, 12, 28))
    version = handled.row.version
    assert signed(office).later == 3
    told = sa.select(Event.subject_id, Event.detail).where(Event.action == operations.MOVED)
    moved = {place: len(detail["clocks"]) for place, detail in db.session.execute(told)}
    assert moved == {handled.id: 2, other.id: 1}
    assert handled.row.version == version + 1


def test_a_date_that_stays_is_firm_from_now_on_and_alarms_nobody(office: Office) -> None:
    handled = registered(office).until(DisputeStatus.MEDIATING)
    term = clock(office, handled.id, "LAB.MED", date(2026, 12, 31))  # 15 days
    assert due(term) == (date(2027, 1, 15), True)
    made = signed(office)
    assert due(term) == (date(2027, 1, 15), False)
    assert (made.dates, made.firmed) == (0, 1)
    assert list(db.session.scalars(sa.select(Notice).where(Notice.kind == "clock_moved"))) == []


def test_the_row_of_the_dispute_follows(office: Office) -> None:
    handled = registered(office).until(DisputeStatus.REGISTERED)
    clock(office, handled.id, "COLL.REVOKE", date(2026, 2, 5))  # a year, in the spring feast
    row = db.session.get_one(Dispute, handled.id)
    assert row.remedy_on == date(2027, 2, 5)
    signed(office)
    db.session.rollback()
    assert db.session.get_one(Dispute, handled.id).remedy_on == date(2027, 2, 13)


def test_what_has_stopped_is_paused_or_was_stated_stays(office: Office) -> None:
    handled = registered(office)
    start = date(2026, 12, 25)
    paused = clock(office, handled.id, "MEDI.PM", start, paused_from=date(2026, 12, 28))
    stopped = clock(
        office,
        handled.id,
        "MEDI.ADM",
        start,
        stopped_on=start,
        stopped_at=MONDAY_9AM,
        ended="closed",
        next_step_at=None,
    )
    stated = clock(office, handled.id, "LAB.INSPECT", start, stated=True, length=None, unit=None)
    before = [due(each) for each in (paused, stopped, stated)]
    assert signed(office).clocks == 0
    assert [due(each) for each in (paused, stopped, stated)] == before


def test_pauses_and_extensions_are_counted_in(office: Office) -> None:
    handled = registered(office)
    term = clock(office, handled.id, "MEDI.PM", date(2026, 11, 2))
    with transaction() as session:
        for kind, more in (
            ("pause", {"from_on": date(2026, 11, 9), "until_on": date(2026, 12, 7)}),
            ("extend", {"length": 5}),
        ):
            session.add(
                ClockChange(
                    clock_id=term,
                    dispute_id=handled.id,
                    kind=kind,
                    state="granted",
                    ground="x",
                    asked_at=MONDAY_9AM,
                    decided_at=MONDAY_9AM,
                    **more,
                )
            )
        kept = session.get_one(Clock, term)
        from service.operations import clock as clocks  # noqa: PLC0415 -- shadowed by the factory

        clocks.recount(session, kept, desk=office.desk)
    signed(office)
    after, provisional = due(term)
    counted, day = 0, date(2026, 11, 2)
    while counted < 35:
        day += timedelta(days=1)
        paused = date(2026, 11, 9) <= day < date(2026, 12, 7)
        counted += works(day) and not paused
    assert (after, provisional) == (day, False)


def works(day: date) -> bool:
    """The calendar as its own list says, asked without any of its rules."""
    if day.year == 2027:
        off = any(each.from_on <= day <= each.to_on for each in YEAR_2027.off)
        return any(each.on == day for each in YEAR_2027.work) or (day.weekday() < 5 and not off)
    return day.weekday() < 5  # from November to December 2026 nothing is moved


def recounted(unit: TimeUnit, length: int, start: date) -> date:
    """An independent count: natural and working days by stepping, months by the calendar."""
    day = start
    if unit is TimeUnit.MONTH:
        month = start.month - 1 + length
        year, month = start.year + month // 12, month % 12 + 1
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        day = date(year, month, min(start.day, last))
    else:
        while length:
            day += timedelta(days=1)
            length -= works(day) if unit is TimeUnit.WORKING_DAY else 1
    while not works(day):
        day += timedelta(days=1)
    return day


def test_what_moves_equals_an_independent_recount(office: Office) -> None:
    handled = registered(office).until(DisputeStatus.MEDIATING)
    rules = [
        "MEDI.PM",
        "LAB.INSPECT",
        "REC.APPLY",
        "PROC.GEN",
        "LAB.MED",
        "CONS.ACCEPT",
        "TITLE.DONE",
    ]
    chosen = {rule: office.desk.policy.clocks[rule] for rule in rules}
    made: dict[UUID, tuple[str, date]] = {}
    other = [handled.id, *(registered(office).id for _ in range(11))]
    for place, dispute_id in enumerate(other):
        for rule in rules:
            start = date(2026, 11, 1) + timedelta(days=5 * place)
            made[clock(office, dispute_id, rule, start)] = (rule, start)
    before = {each: due(each) for each in made}
    calendar = queries.with_draft(queries.one(drafted(office), 2027), office.desk.calendar)
    foreseen = moves.counts(2027, calendar, desk=office.desk)
    seen = partial(
        moves.page, 2027, calendar, actor=office.director, desk=office.desk, now=MONDAY_9AM
    )
    listed = seen(limit=200).items
    [draft] = queries.drafts()
    done = sign(office, draft.id)
    expected = {
        each: recounted(chosen[rule].unit, chosen[rule].length, start)
        for each, (rule, start) in made.items()
    }
    assert {each: due(each)[0] for each in made} == expected
    touched = {each for each in made if before[each] != due(each)}
    assert {each.moved.clock_id for each in listed} == touched
    assert foreseen == done
    assert done.clocks == len(touched)
    assert all(not provisional for provisional in (due(each)[1] for each in made))


def test_the_list_of_what_moves_goes_on_where_it_stopped(office: Office) -> None:
    ids = [registered(office).id for _ in range(5)]
    terms = [clock(office, each, "MEDI.PM", date(2026, 12, 25)) for each in ids]
    calendar = queries.with_draft(queries.one(drafted(office), 2027), office.desk.calendar)
    seen = partial(
        moves.page, 2027, calendar, actor=office.director, desk=office.desk, now=MONDAY_9AM
    )
    found, cursor = [], None
    while True:
        page = seen(limit=2, cursor=cursor)
        found += [each.moved.clock_id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(found) == sorted(terms)
    assert len(found) == 5


def test_signing_is_one_entry_of_the_trail_with_its_counts(office: Office) -> None:
    clock(office, registered(office).id, "MEDI.PM", date(2026, 12, 25))
    signed(office)
    [entry] = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "calendar.sign"))
    assert entry.actor_id == office.director.user_id
    told = {"year": 2027, "number": 1, "calendar": 2, "later": 1, "earlier": 0, "requests": 0}
    assert {name: entry.detail[name] for name in told} == told


def test_a_signing_that_fails_leaves_everything_as_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    term = clock(office, registered(office).id, "MEDI.PM", date(2026, 12, 25))
    before, draft_id = due(term), drafted(office)

    class Away(Exception):
        pass

    def fail(*_: object, **__: object) -> None:
        raise Away

    monkeypatch.setattr(operations, "_note", fail)
    with pytest.raises(Away):
        sign(office, draft_id)
    monkeypatch.undo()
    assert due(term) == before
    assert not office.desk.calendar.is_published(NEW_YEAR)
    operations.revise(
        draft_id,
        replace(YEAR_2027, work=()),
        SOURCE,
        version=1,
        actor=planner(office),
        desk=office.desk,
        now=MONDAY_9AM,
    )
    sign(office, draft_id, version=2)
    assert not office.desk.calendar.is_working_day(date(2027, 2, 20))


def test_an_unknown_draft_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        sign(office, uuid4())
    with pytest.raises(NotFound):
        queries.one(drafted(office), 2028)


def test_what_ships_is_the_first_version(office: Office) -> None:
    shipped = office.desk.calendar
    assert shipped.version == 1
    assert isinstance(shipped.holidays, Holidays)
