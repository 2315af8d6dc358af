"""The lines of a plain or pasted text; tables come from the clipboard with tabs between cells."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from service.rules.plan_text import table
from service.rules.plan_text.line import Cell, SourceLine

FEWEST_TABS = 2


def lines_of(text: str) -> tuple[SourceLine, ...]:
    """Every line of a text with its number; a byte order mark is no character of it."""
    texts = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if texts and not texts[-1]:
        texts.pop()
    plain = [SourceLine(text=each, place=f"第{n}行") for n, each in enumerate(texts, 1)]
    return tuple(_with_tables(plain))


def _with_tables(lines: Sequence[SourceLine]) -> Iterator[SourceLine]:
    number = 0
    for tabbed, group in groupby(lines, lambda line: line.text.count("\t") >= FEWEST_TABS):
        rows = list(group)
        split = [replace(row, cells=_cells(row.text), table=number + 1) for row in rows]
        if tabbed and len(rows) > 1 and table.roles_of(split):
            number += 1
            yield from split
        else:
            yield from rows


def _cells(text: str) -> tuple[Cell, ...]:
    return tuple(Cell(each, column) for column, each in enumerate(text.split("\t")))
