"""The ladder 预警: when a running clock is told of, to whom, and what waits for the morning.

Nothing here says whom a role means on a dispute, nor remembers what was told.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.ladder import HOURS, Ladder, Rung, Rungs
from config.vocabulary import ClockKind, Role, TimeUnit
from service.rules.calendar import ONE_DAY, WorkCalendar, days_after


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of one clock: the UTC instant `at` which it is told, and the roles it is told to.

    `danger` is told in the quiet hours too.
    """

    step: str
    at: datetime
    roles: tuple[Role, ...]
    danger: bool = False


def steps(
    kind: ClockKind,
    start_on: date,
    due_on: date,
    calendar: WorkCalendar,
    ladder: Ladder,
    *,
    zone: ZoneInfo,
    rule: str = "",
    raw_due_on: date | None = None,
) -> tuple[Moment, ...]:
    """The moments of a clock of a dispute that counts days, in their order.

    A `rule` may have a ladder of its own; `raw_due_on` as of `climb`.
    """
    return climb(
        ladder.of(rule, kind), start_on, due_on, calendar, ladder, zone=zone, raw_due_on=raw_due_on
    )


def climb(
    rungs: Rungs,
    start_on: date,
    due_on: date,
    calendar: WorkCalendar,
    ladder: Ladder,
    *,
    zone: ZoneInfo,
    raw_due_on: date | None = None,
) -> tuple[Moment, ...]:
    """The moments of any ladder of days, each on the morning of a working day after the start.

    Natural days before the last one are counted to `raw_due_on`, where the term ended before it
    moved past rest days; to `due_on` where that is not known.

    Steps before the last day that would fall on the start or before it are left out; so is a step
    that a more urgent one has overtaken or meets.
    """
    ends = (raw_due_on or due_on, due_on)
    days = [(_day(rungs.unit, rung, start_on, ends, calendar), rung) for rung in rungs.rungs]
    return _rising(
        [
            Moment(rung.step, morning_of(day, zone, ladder), rung.roles, rungs.danger)
            for day, rung in days
            if day > start_on or (rung.shift is not None and rung.shift >= 0)
        ]
    )


def steps_at(start_at: datetime, due_at: datetime, ladder: Ladder) -> tuple[Moment, ...]:
    """The moments of a clock in hours: danger, which neither nights nor rest days hold back.

    Steps that would come at the start or before are left out, so are those that a more urgent one
    has overtaken or meets. Raises ValueError for naive instants.
    """
    if start_at.tzinfo is None or due_at.tzinfo is None:
        raise ValueError("时刻必须带时区")
    rungs = ladder.by_id[HOURS]
    half = start_at + (due_at - start_at) / 2
    found = []
    for rung in rungs.rungs:
        at = half if rung.shift is None else due_at + timedelta(hours=rung.shift)
        if at > start_at:
            found.append(Moment(rung.step, at.astimezone(UTC), rung.roles, rungs.danger))
    return _rising(found)


def _rising(moments: Sequence[Moment]) -> tuple[Moment, ...]:
    """The moments in the order of time, given in the order of urgency: the urgent ones stay."""
    kept: list[Moment] = []
    for moment in reversed(moments):
        if not kept or moment.at < kept[-1].at:
            kept.append(moment)
    return tuple(reversed(kept))


def next_moment(moments: Iterable[Moment], told: Collection[str], now: datetime) -> Moment | None:
    """The moment to look at next: the last one that has come, else the first that will come.

    What was missed before it is not told any more, nor what comes before a step that was told.
    None when nothing is left.
    """
    left: list[Moment] = []
    for moment in moments:
        left = [] if moment.step in told else [*left, moment]
    come = [moment for moment in left if moment.at <= now]
    return next(iter(come[-1:] or left[:1]), None)


def morning_of(day: date, zone: ZoneInfo, ladder: Ladder) -> datetime:
    """The UTC instant of the office's morning on that day."""
    return datetime.combine(day, ladder.morning, zone).astimezone(UTC)


def is_quiet(instant: datetime, zone: ZoneInfo, ladder: Ladder) -> bool:
    """Whether the office's clock stands in the quiet hours: from the first, not at the last."""
    return not ladder.quiet_until <= instant.astimezone(zone).time() < ladder.quiet_from


def after_quiet(instant: datetime, zone: ZoneInfo, ladder: Ladder) -> datetime:
    """`instant` in UTC, or the end of the quiet hours when it lies in them."""
    if not is_quiet(instant, zone, ladder):
        return instant.astimezone(UTC)
    local = instant.astimezone(zone)
    day = local.date() + ONE_DAY * (local.time() >= ladder.quiet_from)
    return datetime.combine(day, ladder.quiet_until, zone).astimezone(UTC)


def _day(
    unit: TimeUnit,
    rung: Rung,
    start_on: date,
    ends: tuple[date, date],
    calendar: WorkCalendar,
) -> date:
    """The working day of a step. Working days are counted as such; a natural day moves back."""
    raw, due_on = ends
    last = _working_day_before(due_on, calendar)
    if unit is TimeUnit.NATURAL_DAY:
        half = (due_on - start_on).days // 2
        shift = rung.shift if rung.shift is not None else half - (due_on - start_on).days
        end = raw if shift < 0 else due_on
        return _working_day_before(end + timedelta(days=shift), calendar)
    if rung.shift is None:
        worked = [day for day in days_after(start_on, last) if calendar.is_working_day(day)]
        return worked[(len(worked) - 1) // 2] if worked else last
    if rung.shift > 0:
        return calendar.add(due_on, rung.shift, unit)
    return _working_days_back(last, -rung.shift, calendar)


def _working_day_before(day: date, calendar: WorkCalendar) -> date:
    """`day` itself when it is worked, else the last working day before it."""
    while not calendar.is_working_day(day):
        day -= ONE_DAY
    return day


def _working_days_back(day: date, count: int, calendar: WorkCalendar) -> date:
    for _ in range(count):
        day = _working_day_before(day - ONE_DAY, calendar)
    return day
