"""Member units 成员单位 as data: `member.toml` read into a frozen value."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from config import basis
from config.basis import Basis
from config.vocabulary import OrganisationKind

DEFAULT: Final = Path(__file__).with_name("member.toml")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a dossier is looked at for, what it is worth, and on what ground."""

    code: str
    name: str
    points: int
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """Which kinds of units a centre works with and has to have, topics of guidance, a checklist."""

    version: int
    kinds: tuple[OrganisationKind, ...]
    asked: tuple[OrganisationKind, ...]
    topics: Mapping[str, str]
    items: Mapping[str, Item]


def load(path: Path | None = None) -> Members:
    """Read it; a kind or a topic that stands twice is a ValueError at the start."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    kinds = tuple(OrganisationKind(row["kind"]) for row in table["kind"])
    topics = {row["code"]: row["name"] for row in table["topic"]}
    if len(set(kinds)) != len(kinds) or len(topics) != len(table["topic"]):
        raise ValueError("成员单位的类别和指导的事项，每种写一次")
    asked = tuple(OrganisationKind(row["kind"]) for row in table["kind"] if row["asked"])
    rows = [
        Item(row["code"], row["name"], int(row["points"]), basis.read(row["basis"]))
        for row in table["item"]
    ]
    items = MappingProxyType({each.code: each for each in rows})
    if len(items) != len(rows) or any(each.points < 1 for each in rows):
        raise ValueError("案卷评查的每一项写一次，分值要大于 0")
    return Members(int(table["version"]), kinds, asked, MappingProxyType(topics), items)
