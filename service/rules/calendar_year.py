"""One year of the calendar 工作日历 as a notice lists it: checked, kept, and put into force.

A year that was signed on a page replaces that year of the file wholly; other years stay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final, Self

from config.calendar import MOST_ROWS, Holidays
from service.errors import Invalid
from service.rules.calendar import FIRST_YEAR, LAST_YEAR, WorkCalendar

MOST_SOURCE: Final = 200  # characters of what names the notice
MOST_NAME: Final = 20
LONGEST: Final = 31  # days of one feast; more was mistyped
SATURDAY: Final = 5
Problems = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Off:
    """Days off 放假 for one feast, both ends included."""

    name: str
    from_on: date
    to_on: date

    def days(self) -> Iterator[date]:
        """Every one of its days; none when the ends are reversed."""
        length = (self.to_on - self.from_on).days + 1
        return (self.from_on + timedelta(days=n) for n in range(length))


@dataclass(frozen=True, slots=True)
class Makeup:
    """A weekend day that is worked 调休上班 for a feast."""

    name: str
    on: date


@dataclass(frozen=True, slots=True)
class YearDays:
    """Everything a notice says of one year."""

    off: tuple[Off, ...]
    work: tuple[Makeup, ...]

    def as_json(self) -> dict[str, Any]:
        """As `calendar_year.days` keeps it."""
        return {
            "off": [
                {"name": each.name, "from": each.from_on.isoformat(), "to": each.to_on.isoformat()}
                for each in self.off
            ],
            "work": [{"name": each.name, "on": each.on.isoformat()} for each in self.work],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` made."""
        return cls(
            tuple(
                Off(row["name"], date.fromisoformat(row["from"]), date.fromisoformat(row["to"]))
                for row in kept["off"]
            ),
            tuple(Makeup(row["name"], date.fromisoformat(row["on"])) for row in kept["work"]),
        )

    def ordered(self) -> Self:
        """The same by date, however they were typed."""
        off = tuple(sorted(self.off, key=lambda each: each.from_on))
        return type(self)(off, tuple(sorted(self.work, key=lambda each: each.on)))


def check(year: int, days: YearDays) -> None:
    """Raise Invalid at `off.<row>.<field>`, `work.<row>.on` or `year` for what cannot be so.

    A day belongs to the year, a feast ends after it begins and overlaps no other, a make-up day
    is a weekend day that is not off: what `config/calendar.py` asks of the file, row by row. A
    list that is too long for any year is not looked at.
    """
    problems: Problems = {}
    for field, told, what in (("off", days.off, "放假"), ("work", days.work, "调休上班")):
        if len(told) > MOST_ROWS:
            raise Invalid({field: [f"{what}最多 {MOST_ROWS} 行"]})
    if not FIRST_YEAR <= year <= LAST_YEAR:
        problems["year"] = [f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间"]
    if not days.off:
        problems["off"] = ["一天放假也没有写，请核对"]
    taken = _check_off(year, days.off, problems)
    _check_work(year, days.work, taken, problems)
    if problems:
        raise Invalid(problems)


def check_source(source: str) -> None:
    """Raise Invalid at `source` for what does not name a notice."""
    if not source.strip():
        raise Invalid({"source": ["请写明依据哪份通知"]})
    if len(source) > MOST_SOURCE:
        raise Invalid({"source": [f"依据太长，最多 {MOST_SOURCE} 个字"]})


def _check_off(year: int, rows: tuple[Off, ...], problems: Problems) -> dict[date, int]:
    """The days off, each with its row."""
    taken: dict[date, int] = {}
    for place, row in enumerate(rows):
        said = _wrong_range(year, row)
        if said:
            problems[f"off.{place}.{said[0]}"] = [said[1]]
            continue
        shared = next((taken[each] for each in row.days() if each in taken), None)
        if shared is not None:
            problems[f"off.{place}.from"] = [f"与第 {shared + 1} 行的日期重叠"]
        taken.update(dict.fromkeys(row.days(), place))
    return taken


def _wrong_range(year: int, row: Off) -> tuple[str, str] | None:
    """The wrong field of a range, and why."""
    for field, day in (("from", row.from_on), ("to", row.to_on)):
        if day.year != year:
            return field, f"{day} 不在 {year} 年；别的年份请在那一年的日历里改"
    length = (row.to_on - row.from_on).days + 1
    if length < 1:
        return "to", "最后一天早于第一天"
    return ("to", f"一次放假 {length} 天，请核对日期") if length > LONGEST else None


def _check_work(
    year: int, rows: tuple[Makeup, ...], off: Mapping[date, int], problems: Problems
) -> None:
    seen: dict[date, int] = {}
    for place, row in enumerate(rows):
        said = _wrong_makeup(year, row.on, off, seen)
        if said:
            problems[f"work.{place}.on"] = [said]
        seen.setdefault(row.on, place)


def _wrong_makeup(
    year: int, day: date, off: Mapping[date, int], seen: Mapping[date, int]
) -> str | None:
    if day.year != year:
        return f"{day} 不在 {year} 年；别的年份请在那一年的日历里改"
    if day in off:
        return f"与放假第 {off[day] + 1} 行矛盾：这一天写了放假"
    if day.weekday() < SATURDAY:
        return f"{day} 不是周末，不能是调休上班日"
    return f"与上班第 {seen[day] + 1} 行是同一天" if day in seen else None


def of_year(holidays: Holidays, year: int) -> YearDays:
    """One year of a calendar back as rows: days off that follow one another are one range."""
    off: list[Off] = []
    for day in sorted(each for each in holidays.off if each.year == year):
        name = holidays.off[day]
        if off and off[-1].name == name and (day - off[-1].to_on).days == 1:
            off[-1] = Off(name, off[-1].from_on, day)
        else:
            off.append(Off(name, day, day))
    work = sorted(each for each in holidays.makeup if each.year == year)
    return YearDays(tuple(off), tuple(Makeup(holidays.makeup[day], day) for day in work))


def put_in_force(base: WorkCalendar, signed: Mapping[int, YearDays], version: int) -> WorkCalendar:
    """The calendar in which each signed year stands instead of that year of `base`."""
    off = {day: name for day, name in base.holidays.off.items() if day.year not in signed}
    work = {day: name for day, name in base.holidays.makeup.items() if day.year not in signed}
    for days in signed.values():
        off |= {day: row.name for row in days.off for day in row.days()}
        work |= {row.on: row.name for row in days.work}
    years = base.holidays.years | signed.keys()
    return WorkCalendar(Holidays(MappingProxyType(off), MappingProxyType(work), years), version)
