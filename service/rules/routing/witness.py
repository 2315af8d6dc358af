"""Witnesses 见证: facts under which a rule decides, found by search, to prove it can be reached."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, islice

from config.condition import All, AnyOf, Condition, CountFrom, Is, Known, Not, Unless
from config.facts import FACTS, FactKind
from config.routing import Rule, Rulebook
from service.rules.routing.verdict import decider

Facts = dict[str, object]
_MOST = 400
_REPAIRS = 3


def witness(rule: Rule, rulebook: Rulebook, categories: Iterable[str]) -> Facts | None:
    """Facts under which `rule` is the first that holds, or None when every try is shadowed.

    Each way to fulfil the condition is tried with the fewest facts; a way that an earlier rule
    takes is repaired by showing one of that rule's exceptions. Ways with fewer repairs come first:
    most rules need none or one, and each more costs many times as much.
    """
    words = _Words(rulebook, tuple(categories))
    starts = list(_starts(rule, words))
    for repairs in range(_REPAIRS + 1):
        for start in starts:
            found = _repaired(rule, start, rulebook, words, repairs)
            if found is not None:
                return found
    return None


def _starts(rule: Rule, words: "_Words") -> Iterator[Facts]:
    on = rule.valid_from or rule.valid_to
    for facts in islice(words.fulfilling(rule.when), _MOST):
        for category in [facts["category"]] if "category" in facts else reversed(words.categories):
            yield {"registered_on": on, "category": category, **facts}


def _repaired(
    rule: Rule, facts: Facts, rulebook: Rulebook, words: "_Words", tries: int
) -> Facts | None:
    try:
        decided = decider(rulebook, facts)
    except LookupError:
        return None
    if decided is rule:
        return facts
    if tries == 0:
        return None
    for exception in _exceptions(decided.when):
        for shown in islice(words.fulfilling(exception), _MOST):
            merged = _merged(facts, shown)
            found = merged and _repaired(rule, merged, rulebook, words, tries - 1)
            if found:
                return found
    return None


def _exceptions(condition: Condition) -> Iterator[Condition]:
    match condition:
        case Unless(part):
            yield part
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _exceptions(part)


def _merged(one: Facts, other: Facts) -> Facts | None:
    if any(one.get(name, value) != value for name, value in other.items()):
        return None
    return {**one, **other}


class _Words:
    """The values each subject may take."""

    def __init__(self, rulebook: Rulebook, categories: tuple[str, ...]) -> None:
        self._derived = {row.name for row in rulebook.derived}
        self.categories = categories

    def fulfilling(self, condition: Condition) -> Iterator[Facts]:
        """Every smallest set of facts under which the condition holds."""
        match condition:
            case Is(subject, values):
                yield from self._having(subject, sorted(values, key=str))
            case CountFrom(number):
                yield {"people_count": number}
            case Known(subject):
                yield {subject: self._values(subject)[0]}
            case Not(part):
                yield from self._breaking(part)
            case Unless(part):
                yield from ({}, *self._breaking(part))
            case All(parts):
                yield from self._together(parts)
            case AnyOf(parts):
                yield from chain.from_iterable(map(self.fulfilling, parts))

    def _having(self, subject: str, values: Iterable[object]) -> Iterator[Facts]:
        return ({subject: value} for value in values)

    def _together(self, parts: tuple[Condition, ...]) -> Iterator[Facts]:
        if not parts:
            yield {}
            return
        for first in self.fulfilling(parts[0]):
            for rest in self._together(parts[1:]):
                merged = _merged(first, rest)
                if merged is not None:
                    yield merged

    def _breaking(self, condition: Condition) -> Iterator[Facts]:
        """Every smallest set of facts under which the condition is known not to hold."""
        match condition:
            case Is(subject, values):
                others = (value for value in self._values(subject) if value not in values)
                yield from self._having(subject, others)
            case CountFrom(number):
                yield {"people_count": number - 1}
            case All(parts):
                for part in parts:
                    yield from self._breaking(part)
            case AnyOf(parts):
                yield from self._together(tuple(Not(part) for part in parts))
            case Not(part) | Unless(part):
                yield from self.fulfilling(part)
            case Known():
                return

    def _values(self, subject: str) -> tuple[object, ...]:
        if subject == "category":
            return self.categories
        if subject in self._derived:
            return (True, False)
        fact = FACTS[subject]
        return (date(2026, 1, 5),) if fact.kind is FactKind.DATE else fact.values
