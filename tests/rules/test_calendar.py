from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import calendar as holidays
from config.vocabulary import DayKind, TimeUnit
from service.rules.calendar import Week, WorkCalendar, office_date

CALENDAR = WorkCalendar(holidays.load())
ZONE = ZoneInfo("Asia/Shanghai")
_NEW_YEAR = """
[[year]]
year = 2026
off = [{ name = "元旦", from = 2026-01-01, to = 2026-01-04 }]
"""
WD, ND, M = TimeUnit.WORKING_DAY, TimeUnit.NATURAL_DAY, TimeUnit.MONTH


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_of_the_year_is_as_the_state_council_says(year: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]

    differing = [
        day for day in days if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)
    ]

    assert differing == []


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2026, 9, 20), DayKind.MAKEUP, "国庆节"),
        (date(2026, 9, 26), DayKind.HOLIDAY, "中秋节"),
        (date(2026, 9, 19), DayKind.WEEKEND, "星期六"),
        (date(2026, 9, 21), DayKind.COUNTED, None),
        (date(2027, 1, 1), DayKind.COUNTED, None),
    ],
)
def test_a_day_has_its_kind_and_name(day: date, kind: DayKind, name: str | None) -> None:
    assert CALENDAR.kind_of(day) is kind
    assert CALENDAR.name_of(day) == name


def test_a_year_that_is_not_published_still_knows_weekends() -> None:
    assert not CALENDAR.is_published(date(2027, 1, 4))
    assert CALENDAR.next_working_day(date(2027, 1, 2)) == date(2027, 1, 4)


def test_a_working_day_is_its_own_next_working_day() -> None:
    assert CALENDAR.next_working_day(date(2026, 10, 10)) == date(2026, 10, 10)


@pytest.mark.parametrize(
    ("start", "length", "unit", "last"),
    [
        (date(2026, 9, 22), 7, WD, date(2026, 10, 9)),  # the start day does not count
        (date(2026, 9, 19), 1, WD, date(2026, 9, 20)),  # a make-up Sunday counts
        (date(2026, 9, 28), 10, WD, date(2026, 10, 16)),  # the holiday week does not
        (date(2026, 9, 28), 60, ND, date(2026, 11, 27)),  # natural days count them all
        (date(2026, 12, 31), 2, M, date(2027, 2, 28)),  # no corresponding day: the month's end
        (date(2023, 12, 31), 2, M, date(2024, 2, 29)),  # in a leap year too
        (date(2026, 11, 30), 1, M, date(2026, 12, 30)),  # the corresponding day, not the end
        (date(2026, 6, 15), 12, M, date(2027, 6, 15)),  # over the year
    ],
)
def test_a_term_ends_on_its_last_day(start: date, length: int, unit: TimeUnit, last: date) -> None:
    assert CALENDAR.add(start, length, unit) == last


def test_hours_cannot_be_added_to_a_date() -> None:
    with pytest.raises(ValueError, match="具体时刻"):
        CALENDAR.add(date(2026, 9, 1), 24, TimeUnit.HOUR)


def test_the_office_is_eight_hours_ahead_of_utc() -> None:
    assert office_date(datetime(2026, 9, 1, 16, 0, tzinfo=UTC), ZONE) == date(2026, 9, 2)
    assert office_date(datetime(2026, 9, 1, 15, 59, tzinfo=UTC), ZONE) == date(2026, 9, 1)


def test_a_naive_instant_is_refused() -> None:
    naive = datetime(2026, 9, 1, 12, 0)  # noqa: DTZ001 -- the naive one is what is tested

    with pytest.raises(ValueError, match="时区"):
        office_date(naive, ZONE)


def test_2026_has_a_week_53_that_ends_in_2027() -> None:
    week = Week.of(date(2027, 1, 3))

    assert str(week) == "2026-W53"
    assert (week.start_on, week.end_on) == (date(2026, 12, 28), date(2027, 1, 4))
    assert str(week.next()) == "2027-W01"
    assert str(Week.parse("2027-W01").previous()) == "2026-W53"


def test_a_week_runs_from_monday_midnight_at_the_office() -> None:
    week = Week.parse("2026-W47")

    assert week.start_at(ZONE) == datetime(2026, 11, 15, 16, 0, tzinfo=UTC)
    assert week.end_at(ZONE) == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2025-W53", "2026-W00", "2026-47", "2026-W7", "２０２６-W47", ""])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"不是周次|没有第"):
        Week.parse(text)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_every_day_lies_in_its_week(day: date) -> None:
    week = Week.of(day)

    assert week.start_on <= day < week.end_on
    assert Week.parse(str(week)) == week
    assert week.next().previous() == week


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "没有任何年份"),
        ('[[year]]\nyear = 2026\nwork = [{ name = "元旦", on = 2026-01-05 }]', "不是周末"),
        ('[[year]]\nyear = 2026\nwork = [{ name = "元旦", on = 2025-01-04 }]', "不属于"),
        (
            '[[year]]\nyear = 2026\noff = [{ name = "元旦", from = 2026-01-03, to = 2026-01-01 }]',
            "颠倒",
        ),
        (
            f'{_NEW_YEAR}work = [{{ name = "元旦", on = 2026-01-04 }}]',
            "既是放假日",
        ),
    ],
)
def test_a_contradictory_holiday_file_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        holidays.parse(text)
