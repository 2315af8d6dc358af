"""How long what is kept 保存期限, as data: `retention.toml` read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config.vocabulary import Grade, Kept, Outcome

DEFAULT: Final = Path(__file__).with_name("retention.toml")


class Unit(StrEnum):
    """What a length is counted in."""

    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    HOURS = "hours"


class CountedFrom(StrEnum):
    """Where counting begins: the January after 次年1月1日, or the day itself."""

    NEXT_YEAR = "next_year"
    DAY = "day"


class By(StrEnum):
    """Who lets it go: people who agree to a list, a job by itself, nobody ever."""

    PEOPLE = "people"
    JOB = "job"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Keep:
    """How long one kind of thing is kept; `basis` and `grade` say how well that is known."""

    kept: Kept
    length: int
    unit: Unit
    counted_from: CountedFrom
    by: By
    grade: Grade
    basis: str


@dataclass(frozen=True, slots=True)
class Retention:
    """Every kind of thing there is, in the order of the file."""

    version: int
    all: Mapping[Kept, Keep]

    @property
    def by_people(self) -> tuple[Keep, ...]:
        """What goes on a list that people agree to."""
        return tuple(keep for keep in self.all.values() if keep.by is By.PEOPLE)


def load(path: Path | None = None) -> Retention:
    """Read the table; a kind that is missing, or stands twice, is a ValueError at the start."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    keeps = [_keep(row) for row in table["keep"]]
    if sorted(keep.kept for keep in keeps) != sorted(Kept):
        raise ValueError("every kind of thing is kept for one time, told once")
    ended = [Kept(outcome.value) for outcome in Outcome]
    all_of_them = MappingProxyType({keep.kept: keep for keep in keeps})
    if any(all_of_them[kept].by is not By.PEOPLE for kept in [*ended, Kept.CONSULTATION]):
        raise ValueError("no job forgets a dispute or a consultation: people agree to it")
    return Retention(int(table["version"]), all_of_them)


def _keep(row: Mapping[str, Any]) -> Keep:
    keep = Keep(
        kept=Kept(row["kept"]),
        length=int(row["length"]),
        unit=Unit(row["unit"]),
        counted_from=CountedFrom(row["from"]),
        by=By(row["by"]),
        grade=Grade(row["grade"]),
        basis=row["basis"],
    )
    if keep.length < 1:
        raise ValueError(f"{keep.kept}: kept for no time")
    if keep.by is By.PEOPLE and keep.unit is Unit.HOURS:
        raise ValueError(f"{keep.kept}: what people agree to is counted in days at least")
    return keep
