"""Duty lists 值班表: who is on duty on a day, a month of it, and lists that were pasted."""

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from config.spelling import fold
from config.text import Malformed, clean_line
from config.vocabulary import DayKind
from service.rules import listing
from service.rules.calendar import WorkCalendar
from service.rules.listing import Columns, Line, Problem

ORDER: Final = ("day", "names", "holidays")
HEADINGS: Final = {
    "day": ("日期", "星期", "日子", "时间", "值班日期", "哪天"),
    "names": ("姓名", "值班人", "值班人员", "人员", "谁"),
    "holidays": ("节假日", "节假日也值班", "放假"),
}
COLUMNS: Final = Columns(
    {fold(word): name for name, words in HEADINGS.items() for word in words},
    ORDER,
    {"day", "names"},
)
LENGTHS: Final = {"day": 40, "names": 200, "holidays": 10}
MOST_NAMES: Final = 6
LONGEST_NAME: Final = 80
EVERY: Final = tuple(range(7))
_WEEK: Final = {
    **{sign: number for number, sign in enumerate("一二三四五六日")},
    **{str(number + 1): number for number in EVERY},
    "天": 6,
}
_SPOKEN: Final = re.compile(r"(?:每?(?:星期|周|礼拜))?([一二三四五六日天1-7])")
_RANGE: Final = re.compile(r"(.+?)[至到\-—~～](.+)")
_DATE: Final = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_APART: Final = re.compile(r"[、，,；;/\s]+")
_YES: Final = frozenset(map(fold, ("是", "对", "有", "值班", "也值班", "节假日", "y", "1")))
_NO: Final = frozenset(map(fold, ("", "否", "不", "无", "n", "0")))
WORKING_DAYS: Final = frozenset(map(fold, ("工作日", "每个工作日")))
ALL_DAYS: Final = frozenset(map(fold, ("每天", "天天", "全年")))


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's turn: every `weekday` (0 is Monday), or on the one day `on_date`."""

    name: str
    weekday: int | None
    on_date: date | None
    holidays: bool
    from_on: date
    until_on: date | None

    def holds(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class DutyDay:
    """Who is on duty on one day.

    `instead`: they are named for this very day. `gap`: nobody is, on a day somebody should be.
    """

    on: date
    names: tuple[str, ...]
    kind: DayKind
    called: str | None
    instead: bool
    gap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of a list: some weekdays or one day, and who is on duty then."""

    line: int
    said: str
    weekdays: tuple[int, ...] = ()
    on: date | None = None
    names: tuple[str, ...] = ()
    holidays: bool = False
    problems: tuple[Problem, ...] = ()


def on_duty(day: date, turns: Iterable[Turn], calendar: WorkCalendar) -> DutyDay:
    """Who is on duty on `day`: those named for it, else those of its weekday."""
    held = [each for each in turns if each.holds(day)]
    once = [each.name for each in held if each.on_date == day]
    worked = calendar.is_working_day(day)
    weekly = [
        each.name for each in held if each.weekday == day.weekday() and (worked or each.holidays)
    ]
    names = tuple(dict.fromkeys(once or weekly))
    return DutyDay(
        on=day,
        names=names,
        kind=calendar.kind_of(day),
        called=calendar.name_of(day),
        instead=bool(once),
        gap=worked and not names,
    )


def month(first: date, turns: Sequence[Turn], calendar: WorkCalendar) -> list[DutyDay]:
    """Every day of the month of `first`."""
    last = monthrange(first.year, first.month)[1]
    return [on_duty(first.replace(day=each), turns, calendar) for each in range(1, last + 1)]


def read(text: str, *, today: date) -> list[Listed]:
    """The lines of a pasted list; Invalid at `text` when it is none.

    A day is 2026-12-01, 周三, 周一至周五, 工作日 or 每天; one that has passed is a problem.
    """
    rows = [_line(each, today) for each in listing.read(text, COLUMNS)]
    seen: set[int | date] = set()
    judged = []
    for row in rows:
        days = {row.on} if row.on else set(row.weekdays)
        twice = bool(days & seen)
        seen |= days
        problem = Problem("day", 0, "前面的一行已经写过这个日子，同一天的人请写在一行")
        judged.append(replace(row, problems=(*row.problems, problem)) if twice else row)
    return judged


def one(day: str, names: str, *, holidays: bool, today: date) -> Listed:
    """A single line as a form asks it."""
    values = {"day": day, "names": names, "holidays": "是" if holidays else ""}
    return _line(Line(1, values, {}), today)


def _line(line: Line, today: date) -> Listed:
    problems: list[Problem] = []
    cells = {}
    for name in ORDER:
        try:
            cells[name] = clean_line(line.values.get(name, ""), limit=LENGTHS[name])
        except Malformed as refusal:
            cells[name] = ""
            problems.append(_problem(line, name, refusal.reason))
    found = Listed(line=line.number, said=cells["day"])
    weekdays, on, wrong = _days(cells["day"], today)
    names = tuple(dict.fromkeys(filter(None, _APART.split(cells["names"]))))
    holidays = fold(cells["holidays"])
    if wrong:
        problems.append(_problem(line, "day", wrong))
    if bad := _names_problem(names):
        problems.append(_problem(line, "names", bad))
    if holidays not in _YES | _NO:
        problems.append(_problem(line, "holidays", "请填写“是”或者空着"))
    if line.surplus:
        problems.append(Problem("", line.surplus, "多出来的内容，不知道是哪一列"))
    return replace(
        found,
        weekdays=weekdays,
        on=on,
        names=names,
        holidays=holidays in _YES or fold(cells["day"]) in ALL_DAYS,
        problems=tuple(problems),
    )


def _names_problem(names: Sequence[str]) -> str | None:
    if not names:
        return "没有写姓名"
    if len(names) > MOST_NAMES:
        return f"一天最多写 {MOST_NAMES} 个人"
    too_long = any(len(each) > LONGEST_NAME for each in names)
    return f"姓名最多 {LONGEST_NAME} 个字" if too_long else None


def _days(text: str, today: date) -> tuple[tuple[int, ...], date | None, str | None]:
    """Weekdays or one day, or what is wrong with it."""
    spelled = fold(text)
    if spelled in ALL_DAYS:
        return EVERY, None, None
    if spelled in WORKING_DAYS:
        return EVERY[:5], None, None
    if dated := _DATE.fullmatch(text):
        return _dated([int(part) for part in dated.groups()], today)
    found = _weekdays(text)
    if not found:
        return (), None, "看不懂这个日子，请写 2026-12-01、周三、周一至周五、工作日或者每天"
    return found, None, None


def _dated(parts: list[int], today: date) -> tuple[tuple[int, ...], date | None, str | None]:
    try:
        day = date(*parts)
    except ValueError:
        return (), None, "没有这一天"
    if day < today:
        return (), day, "这一天已经过去，不能再改"
    return (), day, "太远了，请核对年份" if day.year > today.year + 2 else None


def _weekdays(text: str) -> tuple[int, ...]:
    """周一、周三 or 周一至周五; nothing when a part of it is neither."""
    found: set[int] = set()
    for part in filter(None, _APART.split(text)):
        ends = _RANGE.fullmatch(part)
        days = [_weekday(each) for each in (ends.groups() if ends else (part,))]
        if None in days:
            return ()
        first, last = days[0] or 0, days[-1] or 0
        if first > last:
            return ()
        found |= set(range(first, last + 1))
    return tuple(sorted(found))


def _weekday(text: str) -> int | None:
    spoken = _SPOKEN.fullmatch(text)
    return _WEEK[spoken[1]] if spoken else None


def _problem(line: Line, name: str, reason: str) -> Problem:
    return Problem(name, line.places.get(name, 0), reason)
