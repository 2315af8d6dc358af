"""Reading a year's days off 放假安排: the State Council's notice as text, or a JSON list of days.

What is not understood is handed back in its own words, never dropped.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from config.text import Malformed
from service.rules.calendar_year import MOST_NAME, Makeup, Off, YearDays

MOST: Final = 20_000  # characters; a notice has some eight hundred
WEEKDAYS: Final = "一二三四五六日"
_BRACKETED: Final = r"(?:[（(](?P<{0}_said>[^）)]*)[）)])?"
_DAY: Final = r"(?:(?P<{0}_year>\d{{4}})年)?(?:(?P<{0}_month>\d{{1,2}})月)?(?P<{0}_day>\d{{1,2}})日"
_HEADING: Final = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[）)])?\s*"
    r"(?P<name>[^：:，,。；\d]{1,20})[：:]\s*"
)
_OFF: Final = re.compile(
    "^(?:于)?"
    + (_DAY + _BRACKETED).format("from")
    + r"(?:至"
    + (_DAY + _BRACKETED).format("to")
    + r")?(?:放假(?:调休)?|休息)(?P<rest>.*)$"
)
_ONE: Final = re.compile((_DAY + _BRACKETED).format("on"))
_WORK: Final = re.compile(r"^(?P<days>.*日(?:[（(][^）)]*[）)])?)(?:照常|正常|均)?(?:上班|补班)$")
_COUNT: Final = re.compile(r"共(\d{1,2})天|放假(\d{1,2})天|^(\d{1,2})天")
_USUAL_REST: Final = re.compile(r"^[，,、]?(?:共?\d{1,2}天|与周末连休|不调休|[，,、])*$")
_WEEKDAY: Final = re.compile(r"(?:周|星期)([一二三四五六日天])")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # what a picture or a workbook has
_SPACE: Final = re.compile(r"[ \t\u3000]+")


@dataclass(frozen=True, slots=True)
class Notice:
    """What was read: the days, where they stand, and every sentence that said something else.

    `doubts` name a date that could not be taken, or contradicts itself; `rest` has none.
    """

    days: YearDays
    source: str = ""
    doubts: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    year: int
    off: list[Off] = field(default_factory=list)
    work: list[Makeup] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def read(content: str, year: int) -> Notice:
    """Read either. Raises Malformed for what is neither, with the reason."""
    text = content.strip().removeprefix("\ufeff")
    if not text:
        raise Malformed("blank", "请粘贴通知全文，或者选一个文件")
    if _UNPRINTABLE.search(text):
        raise Malformed("binary", "这个文件不是文字")
    if len(text) > MOST and not text.startswith("{"):
        raise Malformed("long", f"太长，最多 {MOST} 个字")
    found = of_json(text, year) if text.startswith(("{", "[")) else of_text(text, year)
    if not (found.days.off or found.days.work or found.doubts):
        raise Malformed("nothing", "没有读出放假的日子，请核对是不是放假通知")
    return found


def of_json(text: str, year: int) -> Notice:
    """A list of days as `{"year", "days": [{"name", "date", "isOffDay"}]}`, as holiday-cn has it.

    Raises Malformed when it is none.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as refusal:
        raise Malformed("json", "不是 JSON 文件，或者文件不完整") from refusal
    if not isinstance(told, dict) or not isinstance(told.get("days"), list):
        raise Malformed("json", "JSON 里没有 days 这一项")
    reading = _Reading(year)
    if told.get("year") != year:
        reading.doubts.append(f"文件里写的是 {told.get('year')} 年，不是 {year} 年")
    singles: list[tuple[date, str]] = []
    for row in told["days"]:
        _take_row(reading, row, singles)
    reading.off = list(_ranges(sorted(singles)))
    papers = told.get("papers")
    named = [each for each in papers if isinstance(each, str)] if isinstance(papers, list) else []
    return _notice(reading, "、".join(named)[:200])


def of_text(text: str, year: int) -> Notice:
    """The notice's usual sentences: 元旦：1月1日（周四）至3日（周六）放假调休，共3天。…上班。"""
    reading, name, source = _Reading(year), "", _source(text)
    for line in text.splitlines():
        for sentence in _sentences(line):
            heading = _HEADING.match(sentence)
            if heading:
                name = heading["name"].strip()
            told = sentence[heading.end() :] if heading else sentence
            if told:
                _take(reading, name, _plain(told), sentence)
    return _notice(reading, source)


def _take_row(reading: _Reading, row: Any, singles: list[tuple[date, str]]) -> None:
    shown = json.dumps(row, ensure_ascii=False)[:120]
    try:
        name, on, is_off = row["name"], date.fromisoformat(row["date"]), row["isOffDay"]
    except (KeyError, TypeError, ValueError):
        reading.doubts.append(f"没有读懂：{shown}")
        return
    named = isinstance(name, str) and 1 <= len(name.strip()) <= MOST_NAME
    if not named or not isinstance(is_off, bool):
        reading.doubts.append(f"没有读懂：{shown}")
    elif on.year != reading.year:
        reading.doubts.append(f"{on} 不在 {reading.year} 年，没有列入：{name}")
    elif is_off:
        singles.append((on, name.strip()))
    else:
        reading.work.append(Makeup(name.strip(), on))


def _ranges(days: Iterable[tuple[date, str]]) -> Iterator[Off]:
    """Days of the same name that follow one another, as one range each."""
    held: Off | None = None
    for on, name in days:
        if held and held.name == name and (on - held.to_on).days == 1:
            held = Off(name, held.from_on, on)
            continue
        if held:
            yield held
        held = Off(name, on, on)
    if held:
        yield held


def _sentences(line: str) -> Iterator[str]:
    for each in re.split(r"[。；;]", line):
        told = _SPACE.sub(" ", each).strip()
        if told:
            yield told


def _plain(text: str) -> str:
    return _SPACE.sub("", text).strip("，,")


def _take(reading: _Reading, name: str, told: str, sentence: str) -> None:
    """One sentence: days off, make-up days, or something else."""
    off, work = _OFF.match(told), _WORK.match(told)
    if off and name and _USUAL_REST.match(off["rest"]):
        _take_off(reading, name, off, sentence)
    elif work and name and not _ONE.sub("", work["days"]).strip("、，,和及"):
        _take_work(reading, name, work["days"], sentence)
    elif _ONE.search(told) and not _ONE.fullmatch(told):  # alone it is when the notice was written
        reading.doubts.append(f"没有读懂：{sentence}")
    else:
        reading.rest.append(sentence)


def _take_off(reading: _Reading, name: str, found: re.Match[str], sentence: str) -> None:
    start = _date(found, "from", reading.year, None)
    last = _date(found, "to", reading.year, start) if found["to_day"] else start
    if start is None or last is None:
        reading.doubts.append(f"没有这一天：{sentence}")
        return
    reading.doubts += _contradictions(found, ("from", start), ("to", last), sentence)
    counted = _COUNT.search(found["rest"])
    length = (last - start).days + 1
    said = int(next(filter(None, counted.groups()))) if counted else length
    if said != length:
        reading.doubts.append(f"写的是 {said} 天，日期是 {length} 天：{sentence}")
    if {start.year, last.year} == {reading.year}:
        reading.off.append(Off(name, start, last))
        return
    reading.doubts.append(f"有的日期不在 {reading.year} 年，只列入这一年的：{sentence}")
    kept = [day for day in Off(name, start, last).days() if day.year == reading.year]
    if kept:
        reading.off.append(Off(name, kept[0], kept[-1]))


def _take_work(reading: _Reading, name: str, told: str, sentence: str) -> None:
    before: date | None = None
    for found in _ONE.finditer(told):
        day = _date(found, "on", reading.year, before)
        if day is None:
            reading.doubts.append(f"没有这一天：{sentence}")
            continue
        before = day
        reading.doubts += _contradictions(found, ("on", day), ("on", day), sentence)
        if day.year == reading.year:
            reading.work.append(Makeup(name, day))
        else:
            reading.doubts.append(f"{day} 不在 {reading.year} 年，没有列入：{sentence}")


def _date(found: re.Match[str], part: str, year: int, before: date | None) -> date | None:
    """A date of a sentence; month and year that are not said are those of the date before it."""
    month = found[f"{part}_month"] or (before and before.month)
    told = found[f"{part}_year"] or (before.year if before else year)
    try:
        return date(int(told), int(month), int(found[f"{part}_day"])) if month else None
    except ValueError:
        return None


def _contradictions(
    found: re.Match[str], first: tuple[str, date], last: tuple[str, date], sentence: str
) -> list[str]:
    """Days whose weekday is said and is another."""
    wrong = []
    for part, day in dict((first, last)).items():
        said = _WEEKDAY.search(found[f"{part}_said"] or "")
        if said and WEEKDAYS[day.weekday()] != said[1].replace("天", "日"):
            wrong.append(f"{day} 是星期{WEEKDAYS[day.weekday()]}，与通知写的不同：{sentence}")
    return wrong


def _source(text: str) -> str:
    """The number of the notice, 国办发明电〔2025〕7号, where it stands in the text."""
    found = re.search(r"国办发[^\s，。；：]{0,6}[〔\[（(]\d{4}[〕\]）)]\d{1,3}号", text)
    return found[0] if found else ""


def _notice(reading: _Reading, source: str) -> Notice:
    days = YearDays(tuple(reading.off), tuple(reading.work)).ordered()
    return Notice(days, source, tuple(reading.doubts), tuple(reading.rest))
