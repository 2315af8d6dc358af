"""How the table of rights 权限表 names actions and scopes, as data: `right_words.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from config.access import Reach

DEFAULT: Final = Path(__file__).with_name("right_words.toml")


@dataclass(frozen=True, slots=True)
class RightGroup:
    """Actions that stand together, each with its name."""

    name: str
    actions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RightWords:
    """Every action in its group, and what each reach is called."""

    groups: tuple[RightGroup, ...]
    reaches: Mapping[Reach, str]


def load(path: Path | None = None) -> RightWords:
    """Read the words; a reach nobody knows is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    return RightWords(
        groups=tuple(
            RightGroup(row["name"], MappingProxyType(row["actions"])) for row in table["group"]
        ),
        reaches=MappingProxyType({Reach(word): name for word, name in table["scopes"].items()}),
    )
