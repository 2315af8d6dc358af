"""Which column of a sheet holds which field 表头, however an office words and orders them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from config.ledger import LedgerWords
from service.rules.ledger.sheet import Cell, Row, folded, is_blank

REQUIRED: Final = ("registered_on", "applicant", "respondent", "category", "narrative")
_FEWEST: Final = 4
_FEWEST_ABOVE: Final = 2
_LONGEST: Final = 60
_TELLING: Final = frozenset(("registered_on", "applicant", "category", "narrative"))
_OTHER_SIDE: Final = {"phone": "respondent_phone", "id_number": "respondent_id_number"}
_ADORNMENT: Final = re.compile(r"\([^)]*\)|[*※:]")
_UNITS: Final = {"亿": 10**8, "万": 10_000, "千": 1000}


@dataclass(frozen=True, slots=True)
class Layout:
    """Column (from 0) of each field; `unit` is what a bare amount counts, in yuan."""

    columns: Mapping[str, int]
    unit: int = 1
    depth: int = 1

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields no column of this sheet holds."""
        return tuple(field for field in REQUIRED if field not in self.columns)


def layout_of(row: Row, below: Row | None, words: LedgerWords) -> Layout | None:
    """The layout if `row` is a heading, alone or as the upper of two; None if it is not."""
    single = _layout([_text(cell) for cell in row.cells], words, depth=1)
    if len(single.columns) < _FEWEST_ABOVE:
        return None
    double = None
    if below and all(isinstance(cell, str) or is_blank(cell) for cell in below.cells):
        double = _double(row, below, words)
    best = max((single, double), key=lambda layout: len(layout.columns) if layout else 0)
    if best is None or len(best.columns) < _FEWEST or len(_TELLING & best.columns.keys()) < 2:
        return None
    return best


def _double(row: Row, below: Row, words: LedgerWords) -> Layout | None:
    """A heading of two rows: 申请人 above 姓名 and 电话 reads 申请人姓名 and 申请人电话."""
    headings, above, lower = [], "", 0
    for column in range(max(len(row.cells), len(below.cells))):
        top, bottom = _text(row.at(column)), _text(below.at(column))
        above = top or above
        both = above + bottom
        chosen = both if _field(both, words) else bottom
        lower += bool(bottom and _field(chosen, words))
        headings.append(chosen if bottom else top)
    return _layout(headings, words, depth=2) if lower >= 2 else None


def _layout(headings: list[str], words: LedgerWords, *, depth: int) -> Layout:
    columns: dict[str, int] = {}
    unit = 1
    for column, heading in enumerate(headings):
        field = _field(heading, words)
        if field in columns and "respondent" in columns:
            field = _OTHER_SIDE.get(field or "")
        if field is None or field in columns:
            continue
        columns[field] = column
        if field == "amount":
            unit = next((size for word, size in _UNITS.items() if word in heading), 1)
    return Layout(columns, unit, depth)


def _field(heading: str, words: LedgerWords) -> str | None:
    if not heading:
        return None
    return words.field(heading) or words.field(_ADORNMENT.sub("", heading))


def _text(cell: Cell) -> str:
    """A heading as it compares; longer text is never one."""
    return folded(cell) if isinstance(cell, str) and len(cell) <= _LONGEST else ""
