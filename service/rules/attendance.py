"""Attendance 签到考勤: which days a member unit had to be at the centre, and which it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.rules.calendar import WorkCalendar
from service.rules.member import Sitting, sits


@dataclass(frozen=True, slots=True)
class Coming:
    """One coming of a unit: when it was asked for, and when it came; one of them is known."""

    on: date
    name: str
    asked_at: datetime | None
    came_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """One day or one call that a unit had to come for, and whether it did."""

    on: date
    asked_at: datetime | None
    comings: tuple[Coming, ...]

    @property
    def came(self) -> bool:
        """Whether somebody came."""
        return any(each.came_at for each in self.comings)


@dataclass(frozen=True, slots=True)
class Kept:
    """A unit over some days: what was due, and comings that nobody had to make."""

    due: tuple[Due, ...]
    beside: tuple[Coming, ...]

    @property
    def numerator(self) -> int:
        """How often it came when it had to."""
        return sum(each.came for each in self.due)

    @property
    def denominator(self) -> int:
        """How often it had to come."""
        return len(self.due)


def kept(
    sittings: Sequence[Sitting],
    comings: Sequence[Coming],
    *,
    first: date,
    before: date,
    calendar: WorkCalendar,
) -> Kept:
    """What a unit had to do from `first` on and `before` a day, and what it did.

    A day on which it sits is due once, however many came; every call 随驻 is due by itself.
    """
    days = [first + timedelta(days=each) for each in range(max((before - first).days, 0))]
    inside = [each for each in comings if first <= each.on < before]
    seats = [each for each in days if any(sits(one, each, calendar) for one in sittings)]
    due = [Due(each, None, tuple(_of(each, inside))) for each in seats]
    calls = [each for each in inside if each.asked_at and each.on not in seats]
    due += [Due(each.on, each.asked_at, (each,)) for each in calls]
    beside = [each for each in inside if each.on not in seats and not each.asked_at]
    return Kept(tuple(sorted(due, key=lambda each: (each.on, str(each.asked_at)))), tuple(beside))


def _of(day: date, comings: Iterable[Coming]) -> list[Coming]:
    return [each for each in comings if each.on == day]
