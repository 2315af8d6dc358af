"""The words of a story that call for protection first 危险信号用词: `danger_words.toml`, frozen."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from config.facts import FACTS
from config.spelling import fold

DEFAULT: Final = Path(__file__).with_name("danger_words.toml")


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Which words are a sign of which fact, and which take a sign back; all folded."""

    version: int
    signs: Mapping[str, tuple[str, ...]]
    innocent: tuple[str, ...]


def load(path: Path | None = None) -> DangerWords:
    """Read the words; a sign of a fact nobody knows is a ValueError."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    unknown = set(table["signs"]) - set(FACTS)
    if unknown:
        raise ValueError(f"no such facts: {sorted(unknown)}")
    signs = {fact: tuple(map(fold, words)) for fact, words in table["signs"].items()}
    innocent = tuple(map(fold, table["not"]["words"]))
    return DangerWords(int(table["version"]), MappingProxyType(signs), innocent)
