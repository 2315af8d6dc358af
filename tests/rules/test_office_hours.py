"""Office hours: terms that count only while the office works."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import calendar as holidays
from config import handover as config
from service.rules.calendar import WorkCalendar
from service.rules.office_hours import after, before, between

CALENDAR = WorkCalendar(holidays.load())
ZONE = ZoneInfo("Asia/Shanghai")
SPANS = config.load().hours
EIGHT = timedelta(hours=8)


def at(text: str) -> datetime:
    """An instant by the office's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def in_eight_hours(start: str) -> str:
    found = after(at(start), EIGHT, SPANS, CALENDAR, ZONE)
    return found.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-02 09:00", "2026-11-03 10:30"),  # a morning
        ("2026-11-02 08:30", "2026-11-03 10:00"),  # as the office opens
        ("2026-11-02 10:30", "2026-11-03 12:00"),  # the end of a span is its last moment
        ("2026-11-02 13:00", "2026-11-03 16:00"),  # over lunch
        ("2026-11-02 17:30", "2026-11-04 10:00"),  # as it closes
        ("2026-11-02 22:00", "2026-11-04 10:00"),  # at night
        ("2026-11-03 05:00", "2026-11-04 10:00"),  # before dawn
        ("2026-11-06 16:30", "2026-11-10 09:00"),  # over a weekend
        ("2026-11-07 10:00", "2026-11-10 10:00"),  # on a Saturday
        ("2026-09-30 17:00", "2026-10-09 09:30"),  # over a holiday
        ("2026-10-03 10:00", "2026-10-09 10:00"),  # in it
        ("2026-10-09 16:30", "2026-10-12 09:00"),  # over a Saturday that is worked 调休
        ("2026-10-10 15:00", "2026-10-12 16:30"),  # on it
    ],
)
def test_eight_office_hours_end_when_the_office_has_worked_eight(start: str, due: str) -> None:
    assert in_eight_hours(start) == due


@pytest.mark.parametrize(
    ("end", "latest"),
    [
        ("2026-11-03 10:30", "2026-11-03 09:30"),
        ("2026-11-03 15:00", "2026-11-03 11:30"),
        ("2026-11-03 09:00", "2026-11-02 17:00"),
        ("2026-10-12 09:00", "2026-10-10 17:00"),
        ("2026-11-09 08:30", "2026-11-06 16:30"),
    ],
)
def test_the_last_hour_begins_an_office_hour_before_the_end(end: str, latest: str) -> None:
    found = before(at(end), timedelta(hours=1), SPANS, CALENDAR, ZONE)
    assert found.astimezone(ZONE) == at(latest)


@given(since=st.integers(0, 350 * 24 * 60), minutes=st.integers(1, 3000))
def test_what_lies_between_is_the_length_and_before_undoes_after(since: int, minutes: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=since)
    length = timedelta(minutes=minutes)
    due = after(start, length, SPANS, CALENDAR, ZONE)
    assert between(start, due, SPANS, CALENDAR, ZONE) == length
    begun = before(due, length, SPANS, CALENDAR, ZONE)
    assert begun >= start
    assert between(start, begun, SPANS, CALENDAR, ZONE) == timedelta(0)


def test_nothing_lies_between_an_instant_and_an_earlier_one() -> None:
    later, earlier = at("2026-11-03 10:00"), at("2026-11-02 10:00")
    assert between(later, earlier, SPANS, CALENDAR, ZONE) == timedelta(0)


def test_an_instant_without_a_zone_and_a_term_of_nothing_are_refused() -> None:
    naive = datetime(2026, 11, 2, 9, 0)  # noqa: DTZ001 -- that is what is refused
    with pytest.raises(ValueError, match="时区"):
        after(naive, EIGHT, SPANS, CALENDAR, ZONE)
    with pytest.raises(ValueError, match="大于 0"):
        after(at("2026-11-02 09:00"), timedelta(0), SPANS, CALENDAR, ZONE)
