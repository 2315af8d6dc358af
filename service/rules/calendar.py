"""The working-day calendar 工作日历, the office's date, and the ISO week of the weekly letter.

Counting (民法典200-204, 民诉法85): the start day does not count; months end on the corresponding
day, else on the month's last day; a term whose last day is a rest day ends on the next working day.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from config.calendar import Holidays
from config.vocabulary import DayKind, TimeUnit

ONE_DAY = timedelta(days=1)
_WEEKDAYS = "一二三四五六日"
FIRST_YEAR, LAST_YEAR = 1990, 2199
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked. A year that is not published knows weekends only.

    `version` is 1 for what ships; each year that is signed on a page makes the next one.
    """

    holidays: Holidays
    version: int = 1

    def is_published(self, day: date) -> bool:
        """Whether the State Council has published the year of `day`; if not, it is 暂定."""
        return day.year in self.holidays.years

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`, make-up days 调休 included."""
        if day in self.holidays.makeup:
            return True
        return day.weekday() < 5 and day not in self.holidays.off

    def kind_of(self, day: date) -> DayKind:
        """What `day` is for a count of working days: counted, makeup, holiday or weekend."""
        if day in self.holidays.makeup:
            return DayKind.MAKEUP
        if day in self.holidays.off:
            return DayKind.HOLIDAY
        return DayKind.COUNTED if day.weekday() < 5 else DayKind.WEEKEND

    def name_of(self, day: date) -> str | None:
        """The Chinese name of a day off or make-up day, the weekday of a weekend, else None."""
        named = self.holidays.off.get(day) or self.holidays.makeup.get(day)
        return named or (f"星期{_WEEKDAYS[day.weekday()]}" if day.weekday() > 4 else None)

    def next_working_day(self, day: date) -> date:
        """`day` itself when it is worked, else the first working day after it."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add(self, start: date, length: int, unit: TimeUnit) -> date:
        """The last day of a term before any rolling; `start` is day zero.

        Raises ValueError for hours, which run between instants (`deadlines.deadline_at`).
        """
        if unit is TimeUnit.NATURAL_DAY:
            return start + timedelta(days=length)
        if unit is TimeUnit.MONTH:
            return _add_months(start, length)
        if unit is TimeUnit.WORKING_DAY:
            return self._add_working_days(start, length)
        raise ValueError("以小时计的期限须从具体时刻起算")

    def _add_working_days(self, start: date, length: int) -> date:
        day = start
        while length > 0:
            day += ONE_DAY
            length -= self.is_working_day(day)
        return day


def _add_months(start: date, length: int) -> date:
    """The corresponding day `length` months on, else that month's last day (民法典202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + length, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def days_after(start: date, last: date) -> Iterator[date]:
    """Every day after `start` up to and including `last`."""
    return (start + timedelta(days=n) for n in range(1, (last - start).days + 1))


def office_date(instant: datetime, zone: ZoneInfo) -> date:
    """The office's local date at an aware instant. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("时刻必须带时区")
    return instant.astimezone(zone).date()


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week, Monday 00:00 to Monday 00:00 of the office's zone. 2026 has a week 53."""

    year: int
    number: int

    def __post_init__(self) -> None:
        date.fromisocalendar(self.year, self.number, 1)

    @classmethod
    def of(cls, day: date) -> Self:
        """The week that holds `day`; its ISO year may differ from the day's year."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-W53`. Raises ValueError for another form or a week the year lacks."""
        found = _WEEK.fullmatch(text)
        if found is None:
            raise ValueError(f"“{text}”不是周次，应写作 2026-W47")
        if not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            raise ValueError(f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
        try:
            return cls(int(found[1]), int(found[2]))
        except ValueError as wrong:
            raise ValueError(f"{found[1]} 年没有第 {int(found[2])} 周") from wrong

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def start_on(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def end_on(self) -> date:
        """The Monday after it, no longer part of it."""
        return self.start_on + timedelta(days=7)

    def start_at(self, zone: ZoneInfo) -> datetime:
        """The UTC instant it begins."""
        return _midnight(self.start_on, zone)

    def end_at(self, zone: ZoneInfo) -> datetime:
        """The UTC instant it ends, no longer part of it."""
        return _midnight(self.end_on, zone)

    def previous(self) -> Self:
        """The week before."""
        return type(self).of(self.start_on - ONE_DAY)

    def next(self) -> Self:
        """The week after."""
        return type(self).of(self.end_on)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
