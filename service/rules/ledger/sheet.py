"""The cells of a worksheet as they stand, before anybody says what they mean."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias

from config.text import Malformed

EPOCH_1900: Final = date(1899, 12, 30)
EPOCH_1904: Final = date(1904, 1, 1)


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a value of its own: an error such as #N/A, or a formula never computed."""

    reason: str


Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | Broken | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not wholly empty; `number` as Excel shows it, cells from column A."""

    number: int
    cells: tuple[Cell, ...]

    def at(self, column: int) -> Cell:
        """The cell of a column counted from 0; beyond the last one is empty."""
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet; `epoch` is the day that serial 0 stands for."""

    name: str
    rows: tuple[Row, ...] = field(repr=False)
    hidden: bool = False
    epoch: date = EPOCH_1900


def column_letter(column: int) -> str:
    """The letters of a column counted from 0: A, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def is_blank(cell: Cell) -> bool:
    """Nothing, or only white space."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def folded(cell: Cell) -> str:
    """The text of a cell for comparing: half-width, without white space; other types are ""."""
    return "".join(unicodedata.normalize("NFKC", cell).split()) if isinstance(cell, str) else ""


def plain(cell: Cell) -> str:
    """A cell as the text a person reads in it: 4 for 4.0, 2024-01-03 for a date."""
    if isinstance(cell, Broken):
        raise Malformed("broken-cell", cell.reason)
    for kind, show in _SHOWN:
        if isinstance(cell, kind):
            return show(cell)
    return "" if cell is None else str(cell)


def quoted(cell: Cell) -> str:
    """A short quotation of a cell for a reason shown to people."""
    text = " ".join(plain(cell).split())
    return f"“{text[:20]}…”" if len(text) > 20 else f"“{text}”"


_SHOWN: Final[tuple[tuple[type, Callable[..., str]], ...]] = (
    (bool, lambda cell: "是" if cell else "否"),
    (float, lambda cell: str(int(cell)) if cell.is_integer() else repr(cell)),
    (datetime, lambda cell: cell.isoformat(sep=" ")),
    (date, lambda cell: cell.isoformat()),
)
