"""The words that tell of a category 类别用词 as data: `category_words.toml`, read and frozen."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from config.category import Categories
from config.spelling import fold

DEFAULT: Final = Path(__file__).with_name("category_words.toml")


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """Which word speaks for which category and how much; below `threshold` nothing is said.

    `weights` maps a folded word to its weight by category; a negative weight speaks against. The
    longest words stand first.
    """

    version: int
    threshold: int
    weights: Mapping[str, Mapping[str, int]]


def load(path: Path | None = None, *, categories: Categories) -> CategoryWords:
    """Read the words; what clerks write for a category in the register speaks for it as well."""
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    found: dict[str, dict[str, int]] = {}
    for category in categories.all:
        for spelling in (category.label, *category.spellings):
            found.setdefault(fold(spelling), {})[category.code] = int(table["spelling"])
    _read(table["weights"], found, known=categories.by_code)
    in_order = sorted(found, key=lambda word: (-len(word), word))
    weights = {word: MappingProxyType(found[word]) for word in in_order}
    return CategoryWords(int(table["version"]), int(table["threshold"]), MappingProxyType(weights))


def _read(
    weights: Mapping[str, Mapping[str, Any]],
    found: dict[str, dict[str, int]],
    *,
    known: Collection[str],
) -> None:
    """Add what the file says; a word that stands twice under a category is a ValueError."""
    for code, by_weight in weights.items():
        if code not in known:
            raise ValueError(f"{code!r} is no category")
        told: set[str] = set()
        for weight, words in by_weight.items():
            for word in words:
                folded = fold(word)
                if folded in told or not folded:
                    raise ValueError(f"{code}: {word!r} stands twice, or is empty")
                told.add(folded)
                found.setdefault(folded, {})[code] = int(weight)
