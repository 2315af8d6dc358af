"""Facts 案情要素 as they may be handed to the rules: known names, values of the right kind."""

from collections.abc import Mapping
from typing import Any

from config.facts import FACTS, FactValue
from service.errors import Invalid


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
