"""The condition language 条件 of the routing rules: a tree of small frozen values.

In TOML a condition is a table; its entries hold together:
    category = ["wages", "labour"]      one of these; a single word or true/false is itself
    people_count_from = 30              that many people or more
    known = ["evidence_expires_on"]     these facts were given
    all = [..] / any = [..] / not = {}  tables again, three-valued: unknown stays unknown
    unless = {..}                       holds while the exception has not been shown
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Is:
    """The subject (category, a fact, a derived fact) has one of these values."""

    subject: str
    values: frozenset[bool | str]


@dataclass(frozen=True, slots=True)
class CountFrom:
    """At least so many people are involved."""

    number: int


@dataclass(frozen=True, slots=True)
class Known:
    """The fact was given; never unknown itself."""

    subject: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; the empty one always does."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is known not to hold."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Unless:
    """The part, an exception, has not been shown to hold; never unknown itself."""

    part: "Condition"


Condition = Is | CountFrom | Known | All | AnyOf | Not | Unless


def read(table: Mapping[str, Any]) -> Condition:
    """Read a condition from its TOML table. Words are checked later, by `rules.routing.check`."""
    parts = tuple(part for key, raw in table.items() for part in _entry(key, raw))
    return parts[0] if len(parts) == 1 else All(parts)


def _entry(key: str, raw: Any) -> Iterator[Condition]:
    if key == "all":
        yield All(tuple(read(part) for part in raw))
    elif key == "any":
        yield AnyOf(tuple(read(part) for part in raw))
    elif key == "not":
        yield Not(read(raw))
    elif key == "unless":
        yield Unless(read(raw))
    elif key == "known":
        yield from (Known(subject) for subject in raw)
    elif key == "people_count_from":
        if not isinstance(raw, int):
            raise ValueError(f"的条件（when）里人数 {raw} 不是整数")
        yield CountFrom(raw)
    else:
        yield Is(key, frozenset(raw if isinstance(raw, list) else [raw]))


def subjects_of(condition: Condition) -> frozenset[str]:
    """Every subject the condition reads, `people_count` included."""
    match condition:
        case Is(subject) | Known(subject):
            return frozenset({subject})
        case CountFrom():
            return frozenset({"people_count"})
        case All(parts) | AnyOf(parts):
            return frozenset[str]().union(*(subjects_of(part) for part in parts))
        case Not(part) | Unless(part):
            return subjects_of(part)
