"""A line of a document as it stands there, and as it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from config.plan import PlanLineKind


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table's row; `continued` when it only goes on from the row above (合并单元格)."""

    text: str
    column: int
    span: int = 1
    continued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One line of the document, character for character, and where it stood (第12行, 表1第3行).

    The rest is how it looked: `centred`, the `level` of a heading (0: none), how many of its first
    characters are `bold`, whether it is of the table of contents. A row of a table has `cells`,
    and `table` says of which; its text is that of the cells.
    """

    text: str
    place: str = ""
    centred: bool = False
    level: int = 0
    bold: int = 0
    contents: bool = False
    table: int = 0
    cells: tuple[Cell, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Nothing to read in it."""
        return not self.text.strip()

    def as_json(self) -> dict[str, Any]:
        """What is not as usual, for keeping."""
        told: dict[str, Any] = {"text": self.text, "place": self.place}
        for name in ("centred", "level", "bold", "contents", "table"):
            if getattr(self, name):
                told[name] = getattr(self, name)
        if self.cells:
            told["cells"] = [[c.text, c.column, c.span, c.continued] for c in self.cells]
        return told

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "SourceLine":
        """The line that was kept, or that the reader of files told."""
        cells = tuple(Cell(*each) for each in told.get("cells", ()))
        return cls(**{**told, "cells": cells})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """What a line was read as: `mark` and `rest` together are its text.

    `number` is what the mark says, without punctuation, figures half-width. `cut` is how much of
    `rest` is the heading where text follows it on the same line (-1: all). `roles` name the columns
    of a table's row; its first row has `heading`. `question` 疑问 is for a person; `said`: the kind
    is what a person says.
    """

    source: SourceLine
    kind: PlanLineKind
    number: str | None = None
    mark: str = ""
    rest: str = ""
    cut: int = -1
    roles: tuple[str, ...] = field(default=())
    heading: bool = False
    question: str | None = None
    said: bool = False
