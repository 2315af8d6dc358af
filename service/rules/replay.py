"""Replays 规则回放: what another rulebook would have answered for disputes we have.

A dispute is judged by what is known of it now, with the terms and the calendar in force; the two
rulebooks are the only difference. Of each, the rules count that are in force on one day, whenever
the dispute was registered: a change that is dated ahead can be looked at beforehand.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import median
from typing import Final

from config.condition import subjects_of
from config.facts import FactValue
from config.routing import Rule, Rulebook
from config.vocabulary import Acceptance, Channel, OrganisationKind, Outcome
from config.words import label
from service.rules import statistics
from service.rules.routing.request import RoutingRequest
from service.rules.routing.situation import Bench, situate
from service.rules.routing.truth import Situation, holds
from service.rules.routing.verdict import Outcome as Place
from service.rules.routing.verdict import outcome
from service.rules.statistics import Rate

MOST: Final = 10_000
HIDDEN: Final = "restricted"
HIDDEN_TEXT: Final = "受限纠纷"
HIDDEN_BECAUSE: Final = "受限纠纷，不显示内容"


@dataclass(frozen=True, slots=True)
class Past:
    """A dispute as a replay reads it."""

    category: str
    facts: Mapping[str, FactValue]
    registered_on: date
    accepted_on: date | None
    people_count: int | None

    @property
    def request(self) -> RoutingRequest:
        """What the rules are asked."""
        return RoutingRequest(
            category=self.category,
            facts=self.facts,
            registered_on=self.registered_on,
            accepted_on=self.accepted_on,
            people_count=self.people_count,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which rule decides, and where to."""

    rule: str
    place: Place


class Judge:
    """One rulebook as of a day, asked about many disputes; alike ones are judged once."""

    def __init__(self, bench: Bench, as_of: date) -> None:
        self._bench = replace(bench, rulebook=taken_as_of(bench.rulebook, as_of))
        rules = self._bench.rulebook.rules
        read = frozenset[str]().union(*(subjects_of(rule.when) for rule in rules))
        self._subjects = tuple(sorted(read | {"category", "deciding_organ"}))
        self._known: dict[tuple[object, ...], Verdict] = {}

    def verdict(self, request: RoutingRequest) -> Verdict:
        """The rule that decides and its outcome. Raises LookupError when none does."""
        situation = situate(request, self._bench)
        alike = tuple(map(situation.get, self._subjects))
        found = self._known.get(alike)
        if found is None:
            found = self._known[alike] = self._judged(situation)
        return found

    def _judged(self, situation: Situation) -> Verdict:
        book = self._bench.rulebook
        for rule in book.rules:
            if holds(rule.when, situation):
                return Verdict(rule.id, outcome(book, rule, situation))
        raise LookupError("没有一条分流规则适用")


def taken_as_of(book: Rulebook, day: date) -> Rulebook:
    """The rules in force on `day`, without their dates."""
    standing = (rule for rule in book.rules if rule.is_in_force(day))
    rules = (replace(rule, valid_from=None, valid_to=None) for rule in standing)
    return replace(book, rules=tuple(rules))


def unseen(book: Rulebook, day: date) -> tuple[Rule, ...]:
    """The rules that begin only after `day`: a replay as of that day says nothing of them."""
    return tuple(rule for rule in book.rules if rule.valid_from and rule.valid_from > day)


def code(place: Place) -> str:
    """A place as one word for programs: taken or not, the mediation, who leads."""
    return f"{place.accept}/{place.channel}/{place.lead}"


def place_of(word: str) -> Place:
    """The place of such a word."""
    accept, channel, lead = word.split("/")
    return Place(Acceptance(accept), Channel(channel), lead)


def said(word: str) -> str:
    """Such a word for people: 可以受理，人民调解，人民调解委员会."""
    if word == HIDDEN:
        return HIDDEN_TEXT
    place = place_of(word)
    channel = "" if place.channel is Channel.NONE else label(place.channel)
    lead = label(OrganisationKind(place.lead))
    return "，".join(filter(None, (label(place.accept), channel, lead)))


def because(before: str, after: str, live: Mapping[str, str], draft: Mapping[str, str]) -> str:
    """Why a dispute moves, from the ids of the rules that decide it; the mappings are titles."""
    if before == after:
        return f"规则“{draft[after]}”的去向改了"
    was, becomes = live.get(before, before), draft.get(after, after)
    if before not in draft:
        return f"规则“{was}”停用或者删去了，改由“{becomes}”决定"
    if after not in live:
        return f"新规则“{becomes}”先决定，原来由“{was}”决定"
    return f"改由“{becomes}”决定，原来由“{was}”决定"


def titles(book: Rulebook) -> dict[str, str]:
    """What each rule is called."""
    return {rule.id: rule.title for rule in book.rules}


def moves(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """From where to where, and how many; the most first."""
    counted = Counter(pairs)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [(before, after, count) for (before, after), count in ordered]


@dataclass(slots=True)
class Record:
    """What became of the closed disputes of one mediation."""

    outcomes: Counter[Outcome]
    days: list[int]

    @property
    def success(self) -> Rate:
        """达成 ÷ 调解终结."""
        return statistics.success(self.outcomes)

    @property
    def median_days(self) -> float | None:
        """From registering to closing; None when nothing is closed."""
        return float(median(self.days)) if self.days else None


def lasted(registered_on: date, closed_on: date) -> int:
    """Days from registering to closing."""
    return (closed_on - registered_on) // timedelta(days=1)
