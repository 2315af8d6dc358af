"""What somebody told 事由, as it may be shown: the names of the people in it masked."""

import re
from collections.abc import Iterable
from typing import Final

from service.rules import identity

LOOK_AHEAD: Final = 100  # as long as a name may be: one that the end cuts through is still found
_LEAST: Final = 2  # a single character is no name in the words of a story


def masked(text: str, names: Iterable[str]) -> str:
    """`text` with each of the people's `names` masked (王**), also where blanks stand within one.

    Of names that begin alike the longer is taken. The names of organisations are public: they do
    not belong among `names`.
    """
    told = sorted({"".join(name.split()) for name in names}, key=lambda name: (-len(name), name))
    sought = [r"\s*".join(map(re.escape, name)) for name in told if len(name) >= _LEAST]
    if not sought:
        return text
    return re.sub("|".join(sought), lambda hit: _mask(hit[0]), text)


def opening(text: str, names: Iterable[str], length: int) -> str:
    """How a story begins: one line of at most `length` characters, the people's `names` masked.

    Of a longer text `length + LOOK_AHEAD` characters are enough.
    """
    return " ".join(masked(text, names)[:length].split())


def _mask(name: str) -> str:
    return identity.mask_name("".join(name.split()))
