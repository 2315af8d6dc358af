"""What is said after the plan's last task: a call to do it all, annexes, who signed and when."""

import re
from collections.abc import Sequence
from typing import Final

from config.plan import PlanLineKind as Kind
from service.rules.plan_text.number import mark_of
from service.rules.plan_text.state import NUMBERED, Reading, is_annex, is_date, is_name

_CLOSES: Final = re.compile(
    r"^(?:联系人|联系电话|印发|本(?:计划|方案|要点)自"
    r"|(?:各|全镇|镇属|镇直|各级)[^。]{0,40}(?:要|应|应当|须|务必|请))"
)
_CLOSES_FIRMLY: Final = re.compile(r"^(?:特此|附\s*件?\s*\d*\s*[：:]|抄送|抄报|此件|主题词)")
_END_OF_PARAGRAPH: Final = tuple("。；;！!？?：:）)")


def read_end(reading: Reading) -> None:
    """Where the text of the last number ends, and what follows it."""
    _read_after(reading)
    numbered = (i for i, k in reading.kinds.items() if k in NUMBERED and i < reading.end)
    last = max(numbered, default=None)
    if last is None:
        return
    tail = [index for index in range(last + 1, reading.end) if reading.is_plain(index)]
    begin = _closing_begins(reading, last, tail)
    begin = _signature(reading, tail) if begin is None else begin
    if begin is not None:
        for index in range(begin, reading.end):
            kind = reading.kinds.get(index)
            if kind in (Kind.TEXT, Kind.UNITS) and index not in reading.roles:
                reading.kinds[index] = Kind.CLOSING
    _sign(reading)


def _read_after(reading: Reading) -> None:
    """The pieces of the document behind the plan itself: annexes, a date, another letter."""
    for index in range(reading.end, len(reading.lines)):
        if index not in reading.kinds:
            reading.kinds[index] = Kind.CLOSING
            if mark_of(reading.lines[index].text) and not is_annex(reading.text(index)):
                reading.ask(index, "在结尾或附件之后的编号，按结尾读；如是任务请改")
        elif reading.lines[index].cells and reading.kinds[index] is not Kind.BLANK:
            reading.kinds[index] = Kind.UNCLEAR
            reading.roles.pop(index, None)
            reading.ask(index, "正文之后的表格，可能与正文重复，请选择归入哪里")


def _closing_begins(reading: Reading, last: int, tail: Sequence[int]) -> int | None:
    """The first of the lines after the last number that is no longer its text."""
    is_task = reading.kinds[last] is Kind.TASK
    for index in tail:
        text = reading.text(index)
        may_close = is_task or _has_said(reading, last, index)
        if _CLOSES_FIRMLY.match(text) or (may_close and _CLOSES.match(text)):
            return index
        if not is_task and _CLOSES.match(text):
            reading.ask(index, "按上一个标题的正文读；如是结尾请改")
        if not (is_task and index == tail[0]) or mark_of(text) or _has_spread_tasks(reading, last):
            continue
        if reading.text(last).endswith(_END_OF_PARAGRAPH):
            reading.ask(index, "最后一项任务之后的文字，按结尾读；如是该任务的正文请改")
            return index
    return None


def _has_said(reading: Reading, last: int, index: int) -> bool:
    """Has a section without tasks said what it is about, before this line?"""
    return reading.kinds[last] is Kind.SECTION and any(
        reading.kinds.get(i) in (Kind.TEXT, Kind.UNITS) for i in range(last + 1, index)
    )


def _has_spread_tasks(reading: Reading, last: int) -> bool:
    """Does the text of any task before the last run over several lines?"""
    under_task = False
    for index in range(reading.begin, last):
        kind = reading.kinds.get(index)
        if kind in NUMBERED:
            under_task = kind is Kind.TASK
        elif under_task and reading.is_plain(index):
            return True
    return False


def _signature(reading: Reading, tail: Sequence[int]) -> int | None:
    """The first line of a signature at the very end: a name, then a date."""
    for position, index in enumerate(tail):
        if is_date(reading.text(index)):
            before = tail[position - 1] if position else index
            return before if is_name(reading.text(before)) else index
    return None


def _sign(reading: Reading) -> None:
    """The names that stand above the date are of the end, though the date alone begins it."""
    if reading.end >= len(reading.lines) or not is_date(reading.text(reading.end)):
        return
    for index in range(reading.end - 1, reading.begin, -1):
        if reading.kinds.get(index) is Kind.BLANK:
            continue
        if not reading.is_plain(index) or not is_name(reading.text(index)):
            return
        reading.kinds[index] = Kind.CLOSING
