"""The facts 案情要素 that made a rule hold, each in words: the first thing a reason must say."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from config.condition import All, AnyOf, Condition, CountFrom, Is, Known, Not, Unless
from config.facts import FACTS
from config.routing import Derived, Rule
from service.rules.routing.answer import Matched
from service.rules.routing.situation import Bench, sources
from service.rules.routing.truth import Situation, holds


def matched(rule: Rule, situation: Situation, bench: Bench) -> tuple[Matched, ...]:
    """What is known of the dispute that made the rule hold; nothing for the rule that catches all.

    An exception that has not been shown is no fact and is not told. A fact worked out from a clock
    is followed by the dates it was worked out from.
    """
    derived = {row.name: row for row in bench.rulebook.derived}
    found: dict[str, Matched] = {}
    for subject in witnesses(rule.when, situation):
        row = derived.get(subject)
        for name in (subject, *(_dates_behind(row, situation, bench) if row else ())):
            found.setdefault(name, _told(name, derived.get(name), situation, bench))
    return tuple(found.values())


def witnesses(condition: Condition, situation: Situation) -> Iterator[str]:
    """The known subjects whose values make a condition hold that does."""
    match condition:
        case Is(subject) | Known(subject):
            yield subject
        case CountFrom():
            yield "people_count"
        case Not(part) | Unless(part):
            if holds(part, situation) is False:
                yield from _against(part, situation)
        case All(parts):
            for part in parts:
                yield from witnesses(part, situation)
        case AnyOf(parts):
            yield from witnesses(next(p for p in parts if holds(p, situation)), situation)


def _against(condition: Condition, situation: Situation) -> Iterator[str]:
    """The known subjects whose values keep a condition from holding."""
    match condition:
        case All(parts):
            first = next(part for part in parts if holds(part, situation) is False)
            yield from _against(first, situation)
        case AnyOf(parts):
            for part in parts:
                yield from _against(part, situation)
        case Not(part) | Unless(part):
            yield from witnesses(part, situation)
        case Is(subject):
            yield subject
        case CountFrom():
            yield "people_count"
        case Known():
            return


def _dates_behind(row: Derived, situation: Situation, bench: Bench) -> Iterable[str]:
    starts = sources(row, bench.rulebook)
    known = (next((n for n in names if situation.get(n) is not None), None) for names in starts)
    return (name for name in known if name is not None)


def _told(name: str, row: Derived | None, situation: Situation, bench: Bench) -> Matched:
    return Matched(name, situation[name], _derived(row, bench) if row else label_of(name))


def label_of(name: str) -> str:
    """What a subject is called at the counter."""
    fact = FACTS.get(name)
    return fact.label if fact else _APART.get(name, name)


def _derived(row: Derived, bench: Bench) -> str:
    """A fact worked out from a clock, in words: “申请交警调解”的期限已过."""
    term = f"“{bench.clocks[row.clock].name}”的期限"
    return f"{term}已过" if row.within is None else f"{term}只剩{row.within}天以内"


_APART: Final[Mapping[str, str]] = MappingProxyType(
    {
        "category": "纠纷类型",
        "people_count": "涉及人数",
        "registered_on": "登记日期",
        "accepted_on": "受理日期",
    }
)
