"""The day table 逐日表 of a due date, drawn as weeks: what each day was, and the how many-eth.

`components/day_table.html` draws it; the page of a dispute's clocks and the calculator share it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from config.vocabulary import DayKind
from service.rules.calendar import ONE_DAY
from service.rules.deadlines import Day
from service.web import show

COUNTING: Final = frozenset({DayKind.COUNTED, DayKind.MAKEUP})
NAMED: Final = frozenset({DayKind.HOLIDAY, DayKind.MAKEUP})
SATURDAY: Final = 5
MARKS: Final = {
    DayKind.COUNTED: "计",
    DayKind.MAKEUP: "班",
    DayKind.WEEKEND: "休",
    DayKind.HOLIDAY: "假",
    DayKind.PAUSED: "停",
    DayKind.ROLLED: "顺",
}
SAID: Final = {
    DayKind.COUNTED: "计入",
    DayKind.MAKEUP: "调休上班，计入",
    DayKind.WEEKEND: "周末，不计",
    DayKind.HOLIDAY: "放假，不计",
    DayKind.PAUSED: "暂停计时，不计",
    DayKind.ROLLED: "顺延到这一天",
}
LONGEST_WEEKS: Final = 30
SHOWN_FIRST, SHOWN_LAST = 3, 5


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A day of the table and the how many-eth it counts as; 0 where it does not count."""

    day: Day
    ordinal: int


def drawn(days: Sequence[Day], *, start: date, due: date | None) -> dict[str, Any]:
    """The table of `days`, which follow `start` (day zero) one by one.

    `due` is the day that is marked as such; None where nobody knows it yet.
    A term of years is cut in its middle: what is left out is told in a sentence.
    """
    numbered = {each.day.on: each for each in _numbered(days)}
    weeks = list(_weeks(start, max(numbered, default=start)))
    cut = len(weeks) > LONGEST_WEEKS
    head, tail = (weeks[:SHOWN_FIRST], weeks[-SHOWN_LAST:]) if cut else (weeks, [])
    return {
        "head": [_week(monday, numbered, start, due) for monday in head],
        "left_out": _left_out(head[-1] + timedelta(days=7), tail[0], numbered) if cut else "",
        "tail": [_week(monday, numbered, start, due) for monday in tail],
        "legend": _legend(days),
        "counted": sum(1 for each in numbered.values() if each.ordinal),
    }


def _numbered(days: Sequence[Day]) -> Iterator[_Numbered]:
    count = 0
    for day in days:
        counts = day.kind in COUNTING
        count += counts
        yield _Numbered(day, count if counts else 0)


def _weeks(start: date, last: date) -> Iterator[date]:
    """The Monday of every week that holds a day of the table."""
    monday = start - start.weekday() * ONE_DAY
    while monday <= last:
        yield monday
        monday += timedelta(days=7)


def _week(
    monday: date, numbered: dict[date, _Numbered], start: date, due: date | None
) -> list[dict[str, Any] | None]:
    days = (monday + n * ONE_DAY for n in range(7))
    return [_cell(each, numbered.get(each), start, due) for each in days]


def _cell(on: date, told: _Numbered | None, start: date, due: date | None) -> dict[str, Any] | None:
    first = on == start or on.day == 1
    cell = {
        "iso": on.isoformat(),
        "number": show.day(on) if first else str(on.day),
        "due": on == due,
    }
    if on == start:
        return cell | {"kind": "start", "mark": "起", "name": "", "said": "起算日，不计"}
    if told is None:
        return None
    day = told.day
    due_said = "，到期" if on == due else ""
    counted = f"，第 {told.ordinal} 天" if told.ordinal else ""
    return cell | {
        "kind": day.kind.value,
        "mark": MARKS[day.kind],
        "ordinal": told.ordinal,
        "name": _name(day),
        "said": f"{SAID[day.kind]}{counted}{due_said}",
    }


def _name(day: Day) -> str:
    """The feast it is off or worked for; where every day counts, a make-up day is none."""
    off = day.kind is DayKind.COUNTED and day.on.weekday() < SATURDAY
    return day.name or "" if off or day.kind in NAMED else ""


def _left_out(first: date, until: date, numbered: dict[date, _Numbered]) -> str:
    """The middle of a long term in a sentence; `until` is shown again."""
    days = [each for each in numbered.values() if first <= each.day.on < until]
    counted = sum(1 for each in days if each.ordinal)
    rest = f"，其中 {len(days) - counted} 天不计" if counted < len(days) else "，天天计入"
    span = f"{show.day(first, year=0)}到{show.day(until - ONE_DAY, year=0)}"
    return f"{span}共 {len(days)} 天没有画出{rest}"


def _legend(days: Sequence[Day]) -> list[dict[str, str]]:
    """What the marks in this table mean, in the order of the vocabulary."""
    there = {each.kind for each in days}
    return [
        {"kind": kind.value, "mark": MARKS[kind], "text": SAID[kind]}
        for kind in DayKind
        if kind in there
    ]
