"""How the register of organisations 单位 is grouped and read, as data: `organisation.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from config import spelling
from config.vocabulary import OrganisationKind
from config.words import label

DEFAULT: Final = Path(__file__).with_name("organisation.toml")


@dataclass(frozen=True, slots=True)
class KindGroup:
    """Kinds that stand together in the register."""

    name: str
    kinds: frozenset[OrganisationKind]


@dataclass(frozen=True, slots=True)
class OrganisationWords:
    """Groups of kinds, usual names of kinds and of columns; spellings are folded."""

    groups: tuple[KindGroup, ...]
    first: tuple[OrganisationKind, ...]
    columns: Mapping[str, str]  # what a list heads a column with -> field
    headings: Mapping[str, str]  # field -> the heading we print
    kinds: Mapping[str, OrganisationKind]

    def group_of(self, kind: OrganisationKind) -> str:
        """The name of the group a kind stands in."""
        found = (group.name for group in self.groups if kind in group.kinds)
        return next(found, self.groups[-1].name)


def load(path: Path | None = None) -> OrganisationWords:
    """Read the words; a kind nobody knows or a spelling of two kinds is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    return OrganisationWords(
        groups=tuple(
            KindGroup(row["name"], frozenset(map(OrganisationKind, row["kinds"])))
            for row in table["group"]
        ),
        first=tuple(map(OrganisationKind, table["first"]["kinds"])),
        columns=spelling.index(
            (word, field) for field, words in table["columns"].items() for word in words
        ),
        headings=MappingProxyType({field: words[0] for field, words in table["columns"].items()}),
        kinds=spelling.index(_spellings(table["spellings"])),
    )


def _spellings(given: Mapping[str, list[str]]) -> list[tuple[str, OrganisationKind]]:
    usual = [(word, OrganisationKind(kind)) for kind, words in given.items() for word in words]
    own = [(word, kind) for kind in OrganisationKind for word in (kind.value, label(kind))]
    return own + usual
