"""Lists 名单 that were pasted or saved as CSV: every cell with the line and column it stands in."""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from config.spelling import fold
from service.errors import Invalid

SEPARATORS: Final = ("\t", ",", "，")
MAX_LINES: Final = 1000
MAX_CHARACTERS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a kind of list: known headings (folded), and their order without headings."""

    headings: Mapping[str, str]
    order: Sequence[str]
    required: Collection[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the line it stands on, its cells by field, where each stood, counted from 1.

    `surplus` is the place of the first cell beyond the columns; 0 when there is none.
    """

    number: int
    values: Mapping[str, str]
    places: Mapping[str, int]
    surplus: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell; `column` 0 is the whole line."""

    field: str
    column: int
    reason: str


def text_of(content: bytes) -> str:
    """The text of a CSV or text file: UTF-8, as a Chinese Excel saves it, or UTF-16 with its mark.

    Raises Invalid at `file` for what is no text.
    """
    marked = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid({"file": ["这个文件不是文字，请另存为 CSV 或者文本文件再选"]})


def read(text: str, columns: Columns) -> list[Line]:
    """The rows of a list; Invalid at `text` when it is no list. Empty lines are passed over.

    The first row may head the columns; otherwise they stand in the usual order.
    """
    rows = _rows(text)
    if not rows:
        raise Invalid({"text": ["请填写名单，一行一个"]})
    order, headed = _order(rows[0][1], columns)
    lines = [_line(number, cells, order) for number, cells in rows[1 if headed else 0 :]]
    if not lines:
        raise Invalid({"text": ["只有列名，没有内容"]})
    return lines


def _rows(text: str) -> list[tuple[int, list[str]]]:
    if len(text) > MAX_CHARACTERS:
        raise Invalid({"text": ["内容太长，请分几次导入"]})
    separator = next((mark for mark in SEPARATORS if mark in text), ",")
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((reader.line_num, cells))
    except csv.Error as refusal:
        raise Invalid({"text": [f"第 {reader.line_num} 行的引号不成对"]}) from refusal
    if len(rows) > MAX_LINES:
        raise Invalid({"text": [f"一次最多 {MAX_LINES} 行，请分几次导入"]})
    return rows


def _order(first: list[str], columns: Columns) -> tuple[Sequence[str], bool]:
    """The field of each column, and whether the first row says so."""
    named = [columns.headings.get(fold(cell), "") for cell in first]
    if not set(named) & set(columns.required):
        return columns.order, False
    unknown = [cell for cell, field in zip(first, named, strict=True) if cell and not field]
    if unknown:
        raise Invalid({"text": [f"不认识的列名：{'、'.join(unknown)}"]})
    known = [field for field in named if field]
    missing = set(columns.required) - set(known)
    if missing or len(set(known)) < len(known):
        raise Invalid({"text": ["第一行的列名不全或者有重复"]})
    return named, True


def _line(number: int, cells: list[str], order: Sequence[str]) -> Line:
    pairs = [(field, place, cell) for place, (field, cell) in _numbered(order, cells) if field]
    beyond = [place for place, cell in enumerate(cells, 1) if place > len(order) and cell]
    return Line(
        number,
        {field: cell for field, _, cell in pairs},
        {field: place for field, place, _ in pairs},
        beyond[0] if beyond else 0,
    )


def _numbered(order: Sequence[str], cells: list[str]) -> list[tuple[int, tuple[str, str]]]:
    padded = cells + [""] * (len(order) - len(cells))
    return list(enumerate(zip(order, padded, strict=False), 1))
