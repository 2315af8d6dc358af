"""The terms 期限 that belong to a ground of refusal 不予受理的事由, read from `grounds.toml`."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from config.vocabulary import DeclineGround

DEFAULT: Final = Path(__file__).with_name("grounds.toml")
GroundTerms = Mapping[DeclineGround, tuple[str, ...]]


def load(path: Path | None = None, *, known: Collection[str]) -> GroundTerms:
    """Read the terms of each ground, in the order they are told.

    Raises ValueError for an unknown ground and for a term that is not `known`.
    """
    table = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    terms = {DeclineGround(ground): tuple(rules) for ground, rules in table["terms"].items()}
    unknown = {rule for rules in terms.values() for rule in rules} - set(known)
    if unknown:
        raise ValueError(f"grounds with unknown terms: {sorted(unknown)}")
    return MappingProxyType(terms)
