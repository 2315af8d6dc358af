"""What routing is asked: a category, the facts, the dates, and the matters of one visit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from config.facts import FactValue


@dataclass(frozen=True, slots=True)
class Matter:
    """One of several disputes brought in one visit."""

    category: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoutingRequest:
    """A dispute as routing sees it. A fact left out is unknown, which is not false."""

    category: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    registered_on: date | None = None
    accepted_on: date | None = None
    people_count: int | None = None
    matters: tuple[Matter, ...] = ()

    def part(self, category: str, facts: Mapping[str, FactValue]) -> "RoutingRequest":
        """A matter of this visit: it inherits the dates and the head-count, not the facts."""
        return RoutingRequest(
            category, facts, self.registered_on, self.accepted_on, self.people_count
        )
