"""Facts 案情要素 as they may be handed to the rules: known names, values of the right kind."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from config.facts import FACTS, FactValue
from service.errors import Invalid

# what puts a dispute into the restricted class 受限 by itself
RESTRICTING: Final = ("domestic_violence", "minor_victim")


def checked(facts: Mapping[str, Any], path: str = "facts") -> dict[str, FactValue]:
    """The facts, read; a fact given as null is unknown and left out.

    Raises Invalid naming every wrong one as `facts.<name>`.
    """
    problems: dict[str, list[str]] = {}
    read: dict[str, FactValue] = {}
    for name, raw in facts.items():
        fact = FACTS.get(name)
        if fact is None:
            problems[f"{path}.{name}"] = ["没有这个案情要素"]
        elif raw is not None:
            try:
                read[name] = fact.read(raw)
            except ValueError as refusal:
                problems[f"{path}.{name}"] = [str(refusal)]
    if problems:
        raise Invalid(problems)
    return read


def restricts(facts: Mapping[str, Any]) -> bool:
    """Whether facts put a dispute into the restricted class 受限."""
    return any(facts.get(fact) is True for fact in RESTRICTING)


def written(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are stored: dates in words."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in facts.items()
    }
