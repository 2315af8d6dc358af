"""Every line of a plan gets a kind; where the reader is not sure it asks."""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from config.plan import PlanLineKind as Kind
from service.rules.plan_text import level
from service.rules.plan_text.ending import read_end
from service.rules.plan_text.front import is_title, read_contents, read_front
from service.rules.plan_text.line import ReadLine, SourceLine
from service.rules.plan_text.number import HEADINGS, Form, Mark, mark_of
from service.rules.plan_text.order import BRACKETED_UNITS, question_order, question_units
from service.rules.plan_text.rows import read_tables
from service.rules.plan_text.state import NUMBERED, Reading, is_annex, is_date
from service.rules.plan_text.unit import begins_with_label

_SENTENCE: Final = re.compile(r"^[^。！？]{2,80}[。！？]")


def classify(
    lines: Sequence[SourceLine], said: Mapping[int, Kind] | None = None
) -> tuple[ReadLine, ...]:
    """What every line is; `said` are the kinds a person gave, by index. Never raises.

    The kinds of the others are found with those in view: a line that a person made a heading
    begins a scope of its own. Nobody makes a line of words a blank one.
    """
    given = {
        index: kind
        for index, kind in (said or {}).items()
        if 0 <= index < len(lines) and not lines[index].is_blank and kind is not Kind.BLANK
    }
    reading = Reading(lines, given, end=len(lines))
    for index, line in enumerate(lines):
        if line.is_blank:
            reading.kinds[index] = Kind.BLANK
        elif line.contents:
            reading.kinds[index] = Kind.PREAMBLE
    read_contents(reading)
    read_tables(reading)
    _read_numbers(reading)
    reading.kinds.update(given)
    read_front(reading)
    _read_rest(reading)
    read_end(reading)
    for index in range(len(lines)):
        stray = Kind.PREAMBLE if index < reading.begin else Kind.CLOSING
        reading.kinds.setdefault(index, stray)
    reading.kinds.update(given)  # the end of a plan may have thought otherwise
    question_order(reading)
    question_units(reading)
    return tuple(_line(reading, index) for index in range(len(lines)))


def _read_numbers(reading: Reading) -> None:
    """Chapters, sections and tasks by their numbers, in the part that is the plan."""
    numbered = _numbered(reading)
    reading.begin, reading.end = _main_part(reading, numbered)
    inside = [line for line in numbered if reading.begin <= line.index < reading.end]
    kept = level.credible(inside)
    taken = {line.index for line in kept}
    for line in (line for line in inside if line.mark.about):
        asked = "按编号读，如不是请改" if line.index in taken else "如是编号请改"
        reading.ask(line.index, f"{line.mark.about}；{asked}")
    kinds, parts = level.levels(kept), level.has_parts(kept)
    for line in kept:
        reading.marks[line.index] = line.mark
        if line.index not in kinds:
            continue
        reading.kinds[line.index] = kinds[line.index]
        if line.mark.form is parts:
            reading.ask(line.index, "全文有三级以上标题，最上一级也单独列为章")
            parts = None
    for index in (index for index, kind in reading.said.items() if kind in NUMBERED):
        if mark := mark_of(reading.lines[index].text):
            reading.marks.setdefault(index, mark)


def _numbered(reading: Reading) -> list[level.Numbered]:
    """Every line that begins with a number and may be a heading or a task."""
    filled = [
        index
        for index, line in enumerate(reading.lines)
        if not line.is_blank
        and index not in reading.kinds
        and reading.said.get(index, Kind.TASK) in NUMBERED
    ]
    marks = [mark_of(reading.lines[index].text) for index in filled]
    found: list[level.Numbered] = []
    for index, mark, following in zip(filled, marks, [*marks[1:], None], strict=False):
        if mark is not None:
            rest = reading.lines[index].text[len(mark.text) :]
            followed = following is not None and following.form > mark.form
            found.append(level.Numbered(index, mark, rest, followed))
    if not any(line.mark.form in HEADINGS for line in found):
        found = sorted([*found, *_styled(reading, filled)], key=lambda line: line.index)
    return found


def _styled(reading: Reading, filled: Sequence[int]) -> list[level.Numbered]:
    """Headings that have a style and no number, where no heading has one."""
    lines = {index: reading.lines[index] for index in filled}
    depths = sorted({line.level for line in lines.values() if line.level})
    alone = depths and sum(line.level == depths[0] for line in lines.values()) == 1
    if alone and any(line.level == depths[0] and is_title(line) for line in lines.values()):
        depths = depths[1:]  # that is the title
    forms = dict(zip(depths, (Form.HAN, Form.HAN_BRACKETED), strict=False))
    return [
        level.Numbered(index, Mark(forms[line.level], "", "", (place,)), line.text)
        for place, (index, line) in enumerate(lines.items(), 1)
        if line.level in forms and mark_of(line.text) is None
    ]


def _main_part(reading: Reading, numbered: Sequence[level.Numbered]) -> tuple[int, int]:
    """Between the dates and annex lines of a document, the piece with the most numbers."""
    cuts = [
        index
        for index in range(len(reading.lines))
        if reading.is_open(index)
        and (is_annex(reading.text(index)) or is_date(reading.text(index)))
    ]
    pieces = list(pairwise([0, *cuts, len(reading.lines)]))
    counted = [line.index for line in numbered]
    counted += [index for index, kind in reading.kinds.items() if kind is Kind.TASK]
    counted.sort()
    weights = [bisect_left(counted, end) - bisect_left(counted, begin) for begin, end in pieces]
    if not any(weights):
        return 0, len(reading.lines)
    return pieces[weights.index(max(weights))]


def _read_rest(reading: Reading) -> None:
    for index in range(reading.begin, reading.end):
        if index not in reading.kinds:
            text = reading.lines[index].text
            reading.kinds[index] = Kind.UNITS if begins_with_label(text) else Kind.TEXT


def _line(reading: Reading, index: int) -> ReadLine:
    source, kind = reading.lines[index], reading.kinds[index]
    said = index in reading.said
    line = ReadLine(
        source=source,
        kind=kind,
        rest=source.text,
        roles=reading.roles.get(index, ()) if kind in NUMBERED | {Kind.TEXT} else (),
        heading=index in reading.headings,
        question=None if said else reading.questions.get(index),
        said=said,
    )
    mark = reading.marks.get(index)
    if kind not in NUMBERED or line.roles or mark is None:
        return line
    rest = source.text[len(mark.text) :]
    is_whole = kind is Kind.TASK or not mark.text
    cut = -1 if is_whole else _cut(source, rest, len(mark.text))
    return replace(line, number=mark.number or None, mark=mark.text, rest=rest, cut=cut)


def _cut(source: SourceLine, rest: str, before: int) -> int:
    """How much of a heading's line is the heading, where text follows it on the same line."""
    if before < source.bold < before + len(rest.rstrip()):
        return source.bold - before
    bracket, sentence = BRACKETED_UNITS.search(rest), _SENTENCE.match(rest)
    ends = [bracket.start()] if bracket else []
    ends += [sentence.end()] if sentence else []
    end = min(ends, default=0)
    return end if end and rest[end:].strip() else -1
