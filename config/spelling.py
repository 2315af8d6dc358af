"""How clerks write a word: two spellings are the same when they fold to the same string."""

import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T")


def fold(text: str) -> str:
    """`text` without any space, full-width forms made half-width, letters in lower case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def index(pairs: Iterable[tuple[str, T]]) -> Mapping[str, T]:
    """Folded spelling to owner; a spelling with two owners is a ValueError at the start."""
    owners: dict[str, T] = {}
    for spelling, owner in pairs:
        known = owners.setdefault(fold(spelling), owner)
        if known != owner:
            raise ValueError(f"spelling {spelling!r} belongs to {known!r} and to {owner!r}")
    return MappingProxyType(owners)
