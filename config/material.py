"""Papers usually asked for 材料, as data: `materials.toml` read into a frozen value."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from config.vocabulary import Grade, MaterialForm

DEFAULT: Final = Path(__file__).with_name("materials.toml")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper worth asking for; no `categories` means every dispute."""

    name: str
    form: MaterialForm
    note: str
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Papers:
    """Every usual paper in the order of the file, and how well the habit is known."""

    version: int
    grade: Grade
    all: tuple[Paper, ...]

    def usual(self, category: str) -> tuple[Paper, ...]:
        """The papers of a dispute of `category`: those of its own kind after those of all."""
        general = tuple(paper for paper in self.all if not paper.categories)
        return general + tuple(paper for paper in self.all if category in paper.categories)


def load(path: Path | None = None, *, known: Collection[str]) -> Papers:
    """Read the papers; a name given twice or a category that is not `known` is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    papers = tuple(_paper(row) for row in table["paper"])
    if len({paper.name for paper in papers}) != len(papers):
        raise ValueError("a paper stands twice")
    named = {code for paper in papers for code in paper.categories}
    if named - set(known):
        raise ValueError(f"papers of unknown categories: {sorted(named - set(known))}")
    return Papers(int(table["version"]), Grade(table["grade"]), papers)


def _paper(row: Mapping[str, Any]) -> Paper:
    return Paper(
        name=row["name"],
        form=MaterialForm(row["form"]),
        note=row.get("note", ""),
        categories=frozenset(row.get("categories", ())),
    )
