"""What stands before the plan's first heading: its title, a table of contents, a letter."""

import re
from collections.abc import Sequence
from typing import Final

from config.plan import PlanLineKind as Kind
from service.rules.plan_text.line import SourceLine
from service.rules.plan_text.number import mark_of
from service.rules.plan_text.state import NUMBERED, Reading, is_annex, is_date

_WORDS: Final = (
    r"(?:计划|方案|要点|安排|意见|清单|规划|打算|思路|纲要|分工|办法"
    r"|分解表|台账|任务书|责任书|任务表|一览表)"
)
_TITLE: Final = re.compile(
    rf"^[^。；;：:]{{0,70}}{_WORDS}(?:表)?(?:[（(〔][^（()）]{{1,20}}[)）〕])?$"
)
_NO_TITLE: Final = re.compile(
    r"^(?:根据|按照|为了|为|现将|现|附件|附：|附:|抄送|各|关于印发)|的通知$|^第"
)
_LETTERHEAD: Final = re.compile(
    r"文件$|〔\d{4}〕|\[\d{4}\]|号$|^附|通知$|[。；，：:]$|^主送|^[（(]"
)
_NOTICE: Final = re.compile(r"^[^。；;：:]{4,80}的(?:通知|意见|函)$")
_CONTENTS: Final = re.compile(r"^.{1,80}?(?:[.．…·\t]{2,}|[\t\u3000 ]{2,}|\t)\s*\d{1,3}$")
_CONTENTS_HEAD: Final = re.compile(r"^目[\s\u3000]*[录次]$")


def read_contents(reading: Reading) -> None:
    """A table of contents 目录 is no plan: its lines end in the number of a page."""
    heads = (i for i in range(len(reading.lines)) if _CONTENTS_HEAD.match(reading.text(i)))
    head = next(heads, None)
    if head is None:
        return
    last = head
    for index in range(head + 1, len(reading.lines)):
        if reading.lines[index].is_blank:
            continue
        if not (_CONTENTS.match(reading.text(index)) or reading.lines[index].contents):
            break
        last = index
    for index in range(head, last + 1):
        if not reading.lines[index].is_blank:
            reading.kinds[index] = Kind.PREAMBLE


def read_front(reading: Reading) -> None:
    """The title, and what is said before the first heading."""
    first = [i for i, kind in reading.kinds.items() if kind in NUMBERED and i >= reading.begin]
    tables = [i for i in reading.headings if i >= reading.begin]
    stop = min(first + tables, default=None)
    if stop is None:
        _read_unnumbered(reading)
        return
    front = [index for index in range(stop) if reading.is_open(index)]
    title = _title(reading, front)
    for index in front:
        reading.kinds[index] = Kind.TITLE if index in title else Kind.PREAMBLE
        mark = mark_of(reading.lines[index].text)
        if mark is not None and index not in title and not mark.soft and index >= reading.begin:
            reading.ask(index, "在第一章之前的编号，按前言读；如是任务请改")


def _read_unnumbered(reading: Reading) -> None:
    """Nothing is numbered: a title perhaps, and the question what the rest is."""
    front = [index for index in range(len(reading.lines)) if reading.is_open(index)]
    title = _title(reading, front[:6])
    asked = False
    for index in front:
        reading.kinds[index] = Kind.TITLE if index in title else Kind.UNCLEAR
        if not asked and index not in title:
            reading.ask(index, "全文没有找到章、节、任务的编号，请逐行选择归入哪里")
            asked = True


def _title(reading: Reading, front: Sequence[int]) -> set[int]:
    """The last line in front that is worded like a plan's title, with the one it goes on from."""
    likely = [index for index in front if is_title(reading.lines[index])]
    if not likely:
        notices = (index for index in front if _NOTICE.match(reading.text(index)))
        return set(list(notices)[:1])
    found = {likely[-1]}
    before = likely[-1] - 1
    while before in front and likely[-1] - before <= 2 and _goes_on(reading, before):
        found.add(before)
        before -= 1
    return found


def is_title(line: SourceLine) -> bool:
    """Is this worded like the title of a plan, or set like one?"""
    text = line.text.strip()
    if line.cells or _NO_TITLE.search(text) or len(text) > 80:
        return False
    looks = line.centred or line.level == 1
    return bool(_TITLE.match(text)) or (
        looks and not _LETTERHEAD.search(text) and bool(re.search(_WORDS, text))
    )


def _goes_on(reading: Reading, index: int) -> bool:
    """Is this the first half of a title that runs over two lines?"""
    text = reading.text(index)
    before = reading.text(index - 1) if index else ""
    alone = not before or is_annex(before) or is_date(before)
    return (
        len(text) <= 30
        and not re.search(r"[。；，：:,;]", text)
        and not _LETTERHEAD.search(text)
        and not reading.lines[index].cells
        and (reading.lines[index].centred or alone)
    )
