"""Due dates 到期日 from the terms of `config/clocks.toml`, and how each was counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.basis import Basis
from config.clock import ClockRule
from config.day import FIRST_DAY, LAST_DAY, UNREASONABLE
from config.vocabulary import DayKind, TimeUnit
from service.rules.calendar import ONE_DAY, WorkCalendar, days_after


@dataclass(frozen=True, slots=True)
class Pause:
    """Days 中止 that do not count: from `from_on` up to, not including, `until_on`."""

    from_on: date
    until_on: date

    def __contains__(self, day: date) -> bool:
        return self.from_on <= day < self.until_on


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due date: `raw_due_on` as counted, `due_on` after rolling to a working day."""

    rule: str
    start_on: date
    raw_due_on: date
    due_on: date
    provisional: bool
    basis: tuple[Basis, ...]

    def as_dict(self) -> dict[str, object]:
        """The due date as the routing answer shows it."""
        return {
            "rule": self.rule,
            "from": self.start_on.isoformat(),
            "raw_due_on": self.raw_due_on.isoformat(),
            "due_on": self.due_on.isoformat(),
            "provisional": self.provisional,
        }


@dataclass(frozen=True, slots=True)
class HourDeadline:
    """A due instant of a term in hours; hours never roll."""

    rule: str
    start_at: datetime
    due_at: datetime
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the day-by-day table."""

    on: date
    kind: DayKind
    name: str | None

    def as_dict(self) -> dict[str, str | None]:
        """The row as `calendar explain` prints it."""
        return {"date": self.on.isoformat(), "kind": self.kind.value, "name": self.name}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due date with the table of the days from the one after the start to the due one."""

    rule: ClockRule
    start: date | datetime
    raw_due: date | datetime
    due: date | datetime
    provisional: bool
    days: tuple[Day, ...]

    def as_dict(self) -> dict[str, object]:
        """The object `fengqiao calendar explain --json` prints."""
        return {
            "rule": self.rule.id,
            "unit": self.rule.unit.value,
            "from": self.start.isoformat(),
            "in_force": self.rule.is_in_force(_day_of(self.start)),
            "raw_due_on": self.raw_due.isoformat(),
            "due_on": self.due.isoformat(),
            "provisional": self.provisional,
            "basis": [row.as_dict() for row in in_force(self.rule.basis, self.start)],
            "days": [day.as_dict() for day in self.days],
        }


def deadline(
    rule: ClockRule,
    start: date,
    calendar: WorkCalendar,
    *,
    pauses: Sequence[Pause] = (),
    extra: int = 0,
) -> Deadline:
    """The due date of a term that starts on `start`, itself day zero.

    It is `extra` units longer where it was extended: the whole is counted from the start. Paused
    days do not count, a month being the natural days it has. Natural days and months roll to the
    next working day that is not paused (民法典203); working days land on one.
    Raises ValueError for a term in hours and for one that only somebody else can state.
    """
    if rule.stated:
        raise ValueError(f"{rule.id} 的到期日由交办单位写明，不能推算")
    raw = _raw(rule.unit, start, rule.length + extra, pauses, calendar)
    due = _rolled(raw, pauses, calendar)
    return Deadline(
        rule=rule.id,
        start_on=start,
        raw_due_on=raw,
        due_on=due,
        provisional=rule.provisional or _is_provisional(rule.unit, start, raw, due, calendar),
        basis=in_force(rule.basis, start),
    )


def _raw(
    unit: TimeUnit, start: date, length: int, pauses: Sequence[Pause], calendar: WorkCalendar
) -> date:
    day = calendar.add(start, length, unit)
    if not pauses:
        return day
    works = unit is TimeUnit.WORKING_DAY
    left, day = length if works else (day - start).days, start
    while left:
        day += ONE_DAY
        counts = calendar.is_working_day(day) if works else True
        left -= counts and not _is_paused(day, pauses)
    return day


def _rolled(raw: date, pauses: Sequence[Pause], calendar: WorkCalendar) -> date:
    while not calendar.is_working_day(raw) or _is_paused(raw, pauses):
        raw += ONE_DAY
    return raw


def _is_paused(day: date, pauses: Sequence[Pause]) -> bool:
    return any(day in pause for pause in pauses)


def deadline_at(rule: ClockRule, start: datetime) -> HourDeadline:
    """The due instant of a term in hours, running through nights and rest days alike."""
    if rule.unit is not TimeUnit.HOUR:
        raise ValueError(f"{rule.id} 不以小时计")
    if start.tzinfo is None:
        raise ValueError("时刻必须带时区")
    due_at = start + timedelta(hours=rule.length)
    return HourDeadline(rule.id, start, due_at, in_force(rule.basis, start))


def begun(text: str, zone: ZoneInfo) -> date | datetime:
    """Where a term starts, as somebody wrote it: a day, or an instant on the office's clock.

    An instant without an offset is the office's own. Raises ValueError for what is neither.
    """
    try:
        start: date | datetime = date.fromisoformat(text)
    except ValueError:
        start = _instant(text)
    if not FIRST_DAY <= _day_of(start) < LAST_DAY:
        raise ValueError(UNREASONABLE)
    if not isinstance(start, datetime):
        return start
    return start.astimezone(zone) if start.tzinfo else start.replace(tzinfo=zone)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as refusal:
        raise ValueError("应为日期，例如 2026-09-22；以小时计的写到分") from refusal


def _day_of(start: date | datetime) -> date:
    return start.date() if isinstance(start, datetime) else start


def explain(
    rule: ClockRule,
    start: date | datetime,
    calendar: WorkCalendar,
    *,
    pauses: Sequence[Pause] = (),
    extra: int = 0,
) -> Explanation:
    """The due date with its day-by-day table. A term in hours wants an instant, others a date."""
    if rule.unit is TimeUnit.HOUR:
        if not isinstance(start, datetime):
            raise ValueError(f"{rule.id} 以小时计，起算须写明时刻")
        return _explain_hours(rule, start)
    if isinstance(start, datetime):
        raise ValueError(f"{rule.id} 以日、月计，起算只写日期")
    found = deadline(rule, start, calendar, pauses=pauses, extra=extra)
    days = tuple(
        Day(day, DayKind.PAUSED, "中止")
        if _is_paused(day, pauses)
        else _day(rule.unit, day, found.raw_due_on, found.due_on, calendar)
        for day in days_after(start, found.due_on)
    )
    return Explanation(rule, start, found.raw_due_on, found.due_on, found.provisional, days)


def in_force(rows: tuple[Basis, ...], on: date | datetime | None) -> tuple[Basis, ...]:
    """The citations that hold on a date; without a date, those that have not been superseded."""
    if on is None:
        return tuple(row for row in rows if row.valid_to is None)
    day = _day_of(on)
    return tuple(
        row
        for row in rows
        if (row.valid_from is None or row.valid_from <= day)
        and (row.valid_to is None or day <= row.valid_to)
    )


def _is_provisional(
    unit: TimeUnit, start: date, raw: date, due: date, calendar: WorkCalendar
) -> bool:
    """Whether a day that decides the date lies in a year that is not published (暂定)."""
    first = start if unit is TimeUnit.WORKING_DAY else raw - ONE_DAY
    return not all(calendar.is_published(day) for day in days_after(first, due))


def _day(unit: TimeUnit, day: date, raw: date, due: date, calendar: WorkCalendar) -> Day:
    if unit is not TimeUnit.WORKING_DAY and day <= raw:
        return Day(day, DayKind.COUNTED, calendar.name_of(day))
    if day > raw and day == due:
        return Day(day, DayKind.ROLLED, "顺延")
    return Day(day, calendar.kind_of(day), calendar.name_of(day))


def _explain_hours(rule: ClockRule, start: datetime) -> Explanation:
    due_at = deadline_at(rule, start).due_at
    days = tuple(Day(day, DayKind.COUNTED, None) for day in days_after(start.date(), due_at.date()))
    return Explanation(rule, start, due_at, due_at, rule.provisional, days)
