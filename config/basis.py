"""The legal basis 依据 of a rule or a term: law, article, and how well it is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from config import field
from config.vocabulary import Grade


@dataclass(frozen=True, slots=True)
class Basis:
    """One citation. It is cited only for dates inside `valid_from`..`valid_to` (both inclusive)."""

    law: str
    article: str
    grade: Grade
    valid_from: date | None = None
    valid_to: date | None = None

    def as_dict(self) -> dict[str, str]:
        """The citation as the API shows it."""
        return {"law": self.law, "article": self.article, "grade": self.grade.value}


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Basis, ...]:
    """Read citations from TOML rows. Raises ValueError for an unknown key or grade."""
    return tuple(_one(row) for row in rows)


def _one(row: Mapping[str, Any]) -> Basis:
    unknown = set(row) - {"law", "article", "grade", "valid_from", "valid_to"}
    if unknown:
        raise ValueError(f"依据里有未知的键：{'、'.join(sorted(unknown))}")
    for name in ("law", "article", "grade"):
        if name not in row:
            raise ValueError(f"依据里缺少 {name}")
    if row["grade"] not in tuple(Grade):
        raise ValueError(f"依据的等级（grade）没有 {row['grade']} 这个值")
    try:
        return Basis(
            law=field.text(row, "law"),
            article=field.text(row, "article"),
            grade=Grade(row["grade"]),
            valid_from=field.day(row, "valid_from"),
            valid_to=field.day(row, "valid_to"),
        )
    except ValueError as wrong:
        raise ValueError(f"依据{wrong}") from wrong
