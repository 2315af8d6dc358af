"""Attendance: every number has its rows, whatever was noted."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from config import calendar
from config.vocabulary import SeatKind
from service.rules import attendance as rules
from service.rules.attendance import Coming
from service.rules.calendar import WorkCalendar
from service.rules.member import Sitting

CALENDAR = WorkCalendar(calendar.load())
FIRST, BEFORE = date(2026, 11, 1), date(2026, 11, 12)
RESIDENT = Sitting(SeatKind.RESIDENT, "", date(2026, 1, 5), date(2026, 11, 6))
ROTATING = Sitting(SeatKind.ROTATING, "2", date(2026, 11, 7))
ON_CALL = Sitting(SeatKind.ON_CALL, "", date(2026, 1, 5))


def came(day: int, *, asked: bool = False, here: bool = True) -> Coming:
    at = datetime(2026, 11, day, 1, tzinfo=UTC)
    return Coming(date(2026, 11, day), "张三", at if asked else None, at if here else None)


def kept(sittings: list[Sitting], comings: list[Coming]) -> rules.Kept:
    return rules.kept(sittings, comings, first=FIRST, before=BEFORE, calendar=CALENDAR)


def test_each_day_is_due_by_the_seat_of_that_day() -> None:
    found = kept([RESIDENT, ROTATING], [came(2), came(2), came(4), came(9), came(10)])
    # the first week every working day, from the 7th on Tuesdays
    assert [each.on.day for each in found.due] == [2, 3, 4, 5, 6, 10]
    assert [each.on.day for each in found.due if each.came] == [2, 4, 10]
    assert (found.numerator, found.denominator) == (3, 6)
    assert [each.on.day for each in found.beside] == [9]


def test_every_call_is_due_by_itself_and_coming_unasked_counts_nowhere() -> None:
    calls = [came(3, asked=True), came(3, asked=True, here=False), came(5)]
    found = kept([ON_CALL], calls)
    assert (found.numerator, found.denominator, len(found.beside)) == (1, 2, 1)


def test_today_and_later_are_not_due_yet() -> None:
    assert kept([RESIDENT], [came(12), came(13)]).beside == ()
    assert rules.kept([RESIDENT], [], first=FIRST, before=FIRST, calendar=CALENDAR).denominator == 0


@given(
    st.lists(st.builds(came, st.integers(1, 30), asked=st.booleans())),
    st.lists(st.sampled_from([RESIDENT, ROTATING, ON_CALL]), unique=True),
)
def test_every_coming_before_today_stands_in_exactly_one_row(
    comings: list[Coming], sittings: list[Sitting]
) -> None:
    found = kept(sittings, comings)
    shown = [each for due in found.due for each in due.comings] + list(found.beside)
    inside = [each for each in comings if FIRST <= each.on < BEFORE]
    assert sorted(map(repr, shown)) == sorted(map(repr, inside))
    assert 0 <= found.numerator <= found.denominator <= (BEFORE - FIRST + timedelta(99)).days
