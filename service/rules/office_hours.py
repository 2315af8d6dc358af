"""Office hours 办公时间: terms that count only while the office works.

A term of so many office hours runs through the spans of working days, make-up days 调休 included;
lunch, nights, weekends and holidays do not count. Its end lies inside a span, or at its end.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from config.handover import Span
from service.rules.calendar import ONE_DAY, WorkCalendar

NONE: Final = timedelta(0)
Spans = tuple[Span, ...]


def after(
    start: datetime, length: timedelta, spans: Spans, calendar: WorkCalendar, zone: ZoneInfo
) -> datetime:
    """The instant (UTC) at which `length` of office time has passed since `start`.

    Raises ValueError for a naive start and for a term that is not longer than nothing.
    """
    if length <= NONE:
        raise ValueError("时限应当大于 0")
    for begin, end in _stretches(_local(start, zone).date(), spans, calendar, zone):
        left = end - max(begin, start.astimezone(UTC))
        if left >= length:
            return end - (left - length)
        length -= max(left, NONE)
    raise AssertionError("working days never end")  # pragma: no cover -- the loop has no end


def between(
    start: datetime, end: datetime, spans: Spans, calendar: WorkCalendar, zone: ZoneInfo
) -> timedelta:
    """How much office time lies between two instants; nothing when `end` is not later."""
    passed, start, end = NONE, start.astimezone(UTC), end.astimezone(UTC)
    for begin, stop in _stretches(_local(start, zone).date(), spans, calendar, zone):
        if begin >= end:
            return passed
        passed += max(min(stop, end) - max(begin, start), NONE)
    raise AssertionError("working days never end")  # pragma: no cover -- the loop has no end


def before(
    end: datetime, length: timedelta, spans: Spans, calendar: WorkCalendar, zone: ZoneInfo
) -> datetime:
    """The latest instant (UTC) from which `length` of office time is left until `end`."""
    day = _local(end, zone).date()
    while True:
        for begin, stop in reversed(list(_of_day(day, spans, calendar, zone))):
            here = min(stop, end.astimezone(UTC)) - begin
            if here >= length:
                return begin + (here - length)
            length -= max(here, NONE)
        day -= ONE_DAY


def _stretches(
    day: date, spans: Spans, calendar: WorkCalendar, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    while True:
        yield from _of_day(day, spans, calendar, zone)
        day += ONE_DAY


def _of_day(
    day: date, spans: Spans, calendar: WorkCalendar, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    if calendar.is_working_day(day):
        for begin, end in spans:
            yield (
                datetime.combine(day, begin, zone).astimezone(UTC),
                datetime.combine(day, end, zone).astimezone(UTC),
            )


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("时刻必须带时区")
    return instant.astimezone(zone)
