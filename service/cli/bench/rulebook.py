"""A rulebook grown to any size 加大的规则集, to measure what many rules cost."""

from dataclasses import replace
from typing import Final

from config.condition import All, CountFrom
from config.routing import Rule, Rulebook

NOBODY: Final = CountFrom(1_000_000)  # more people than any dispute has


def grown(book: Rulebook, size: int) -> Rulebook:
    """The rulebook with copies of its rules before the last, until there are `size` of them.

    The copies read what the rules read and never decide, so that every answer stays as it was.
    """
    *own, last = book.rules
    missing = max(0, size - len(book.rules))
    copies = [_copy(own[place % len(own)], place) for place in range(missing)]
    return replace(book, rules=(*own, *copies, last))


def _copy(rule: Rule, place: int) -> Rule:
    return replace(rule, id=f"{rule.id}.{place}", when=All((rule.when, NOBODY)))
