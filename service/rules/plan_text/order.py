"""Questions about what was read: numbers that jump, and units that may speak for several tasks."""

import re
from typing import Final

from config.plan import PlanLineKind as Kind
from service.rules.plan_text.number import Form, Mark
from service.rules.plan_text.state import NUMBERED, Reading

BRACKETED_UNITS: Final = re.compile(
    r"[（(【〔][\s\u3000]*(?:牵头|责任|主办|主责|承办|配合)[^（(]{0,8}[：:]"
)


def question_order(reading: Reading) -> None:
    """Numbers that jump, go back or come twice are kept as they are, and asked about."""
    last: dict[Form, Mark] = {}
    fresh: set[Form] = set()
    for index in range(len(reading.lines)):
        mark = reading.marks.get(index)
        if (
            mark is None
            or not mark.number
            or reading.kinds[index] not in NUMBERED
            or index in reading.roles
        ):
            continue
        before = last.get(mark.form)
        question = _question(mark, before, may_restart=before is None or mark.form in fresh)
        if question:
            reading.ask(index, question)
        last[mark.form] = mark
        fresh.discard(mark.form)
        fresh.update(form for form in Form if form > mark.form)


def _question(mark: Mark, before: Mark | None, *, may_restart: bool) -> str | None:
    value = mark.value[-1]
    if may_restart and value == 1:
        return None
    if before is None:
        return f"编号从“{mark.number}”开始，前面是否缺了内容"
    last = before.value[-1]
    if value == last + 1:
        return None
    if value == last:
        return f"编号“{mark.number}”重复"
    if value > last:
        return f"编号从“{before.number}”跳到“{mark.number}”，中间是否缺了内容"
    return f"编号从“{before.number}”回到“{mark.number}”"


def question_units(reading: Reading) -> None:
    """A line of units under the last of several tasks may speak for all of them."""
    lines: list[int | None] = []  # for every task of the section, the line that names its units
    for index in range(len(reading.lines)):
        kind = reading.kinds[index]
        if kind in (Kind.CHAPTER, Kind.SECTION):
            _ask_units(reading, lines)
            lines = []
        elif kind is Kind.TASK:
            has = index in reading.roles or BRACKETED_UNITS.search(reading.lines[index].text)
            lines.append(index if has else None)
        elif kind is Kind.UNITS and lines and lines[-1] is None:
            lines[-1] = index
    _ask_units(reading, lines)


def _ask_units(reading: Reading, lines: list[int | None]) -> None:
    last = lines[-1] if lines else None
    if last is None or len(lines) < 2 or any(lines[:-1]):
        return
    if reading.kinds[last] is Kind.UNITS:
        reading.ask(last, "只有本节最后一项任务之后写了责任单位：只属于这一项，还是全节")
