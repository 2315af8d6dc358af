"""The legal basis 依据 of a rule or a term: law, article, and how well it is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    for field in ("law", "article", "grade"):
        if field not in row:
            raise ValueError(f"依据里缺少 {field}")
    if row["grade"] not in tuple(Grade):
        raise ValueError(f"依据的等级（grade）没有 {row['grade']} 这个值")
    return Basis(
        law=row["law"],
        article=row["article"],
        grade=Grade(row["grade"]),
        valid_from=row.get("valid_from"),
        valid_to=row.get("valid_to"),
    )
