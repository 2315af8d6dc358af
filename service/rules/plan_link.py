"""What a task's wording asks for: registers 台账, live figures, targets; proposed, never more."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from config.plan import Comparison, Plans
from service.rules.plan_indicator import targets

MOST_WORDS = 200
MOST_NAME = 80
MOST_UNIT = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure a task is held to; `metric` None: nothing in the house counts it yet.

    Without `value` the figure is shown and judges nothing. `words` are those of the wording.
    """

    name: str
    unit: str
    words: str
    metric: str | None = None
    comparison: Comparison | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """What is proposed for a task: registers by their id, figures in the order of the dictionary."""

    registers: tuple[str, ...] = ()
    figures: tuple[Measured, ...] = ()


def links(text: str, plans: Plans) -> Links:
    """What a wording asks for by the words that `plan.toml` lists; the same words, the same links."""
    registers = tuple(
        link.register for link in plans.registers if _first(text, link.words) is not None
    )
    figures = tuple(
        Measured("", link.unit, found, link.metric, link.comparison, link.target)
        for link in plans.figures
        if (found := _first(text, link.words)) is not None
    )
    return Links(registers, figures + tuple(_found(text)))


def _first(text: str, words: Iterable[str]) -> str | None:
    return next((each for each in words if each in text), None)


def _found(text: str) -> Iterable[Measured]:
    for target in targets(text):
        per = f"（{target.per}）" if target.per and target.per not in target.name else ""
        yield Measured(
            name=(target.name or target.words)[: MOST_NAME - len(per)] + per,
            unit=target.unit[:MOST_UNIT],
            words=target.words[:MOST_WORDS],
            comparison=target.comparison,
            value=target.value,
        )
