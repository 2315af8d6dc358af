"""Which rows of a sheet are entries, and which are titles, totals, signatures and notes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from config.ledger import LedgerWords
from service.rules.ledger.heading import Layout, layout_of
from service.rules.ledger.sheet import Row, Sheet, folded, is_blank, plain

_TOTAL: Final = re.compile(r"本?[页月季年]?度?(?:合计|小计|总计|共计|累计)(?![一-鿿])")
_ASIDE: Final = re.compile(
    r"(?:(?:填表|填报|填写|制表|审核|审批|审签|复核|统计|报送|单位|主要|分管|主管|登记|经办|联系)?"
    r"(?:负责)?(?:人|单位|时间|日期|领导|部门|签字|盖章)|(?:填表|填报|备注)?说明|备?注|附注?)(?::|\Z)"
)
_FEWEST_NUMBERS: Final = 4
_NUMBERING: Final = re.compile(r"\(?\d{1,2}\)?|[甲乙丙丁戊己庚辛壬癸]|栏次", re.ASCII)


class Kind(StrEnum):
    """What a row of a ledger is for."""

    HEADING = "heading"  # 表头
    ASIDE = "aside"  # title, numbering of columns, signature, note
    UNUSED = "unused"  # empty, or numbered in advance and never filled in
    TOTAL = "total"  # 合计
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that enters a matter, and the layout it is read by."""

    row: Row
    layout: Layout


@dataclass(frozen=True, slots=True)
class Table:
    """The entries of a sheet; `blank` counts the empty rows between the rows of the table.

    An empty row between the last entry and the total is inside the table and counts; empty rows
    after the last entry of a table without a total are paper and do not.
    """

    entries: tuple[Entry, ...]
    blank: int
    headed: bool


def table_of(sheet: Sheet, words: LedgerWords) -> Table:
    """Every entry below a heading; a heading printed again starts a new table."""
    entries: list[Entry] = []
    kinds: list[tuple[int, Kind]] = []
    for row, kind, layout in _rows(sheet, words):
        kinds.append((row.number, kind))
        if kind is Kind.ENTRY and layout is not None:
            entries.append(Entry(row, layout))
    headed = any(kind is Kind.HEADING for _, kind in kinds)
    return Table(tuple(entries), _count_blank(kinds), headed)


def kind_of(row: Row, layout: Layout) -> Kind:
    """What a row below the heading is for."""
    written = [column for column, cell in enumerate(row.cells) if not is_blank(cell)]
    fields = {column for field, column in layout.columns.items() if field != "serial"}
    if not written:
        return Kind.UNUSED
    first = folded(row.at(written[0]))
    if _TOTAL.match(first):
        return Kind.TOTAL
    if _ASIDE.match(first) or (first and len(written) == 1 and written[0] not in fields):
        return Kind.ASIDE
    return Kind.ENTRY if fields.intersection(written) else Kind.UNUSED


def _rows(sheet: Sheet, words: LedgerWords) -> Iterator[tuple[Row, Kind, Layout | None]]:
    layout: Layout | None = None
    body = 0
    for index, row in enumerate(sheet.rows):
        below = sheet.rows[index + 1] if index + 1 < len(sheet.rows) else None
        found = layout_of(row, below, words) if index >= body else None
        if found:
            layout, body = found, index + found.depth
            yield row, Kind.HEADING, layout
        elif layout is None or index < body or (index == body and _is_numbering(row)):
            yield row, Kind.ASIDE, layout
        else:
            yield row, kind_of(row, layout), layout


def _count_blank(kinds: Iterable[tuple[int, Kind]]) -> int:
    blank = pending = previous = 0
    begun = False
    for number, kind in kinds:
        pending += number - previous - 1 + (kind is Kind.UNUSED)
        previous = number
        if kind in (Kind.ENTRY, Kind.TOTAL):
            blank += pending * begun
            begun = begun or kind is Kind.ENTRY
        if kind in (Kind.ENTRY, Kind.TOTAL, Kind.HEADING):
            begun, pending = begun and kind is not Kind.HEADING, 0
    return blank


def _is_numbering(row: Row) -> bool:
    """The row 甲 乙 1 2 3 some forms print under the heading."""
    written = [cell for cell in row.cells if not is_blank(cell)]
    texts = [plain(cell) for cell in written if isinstance(cell, str | int | float)]
    return len(texts) == len(written) >= _FEWEST_NUMBERS and all(map(_NUMBERING.fullmatch, texts))
