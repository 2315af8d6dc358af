"""Why this answer and not another 为何如此: the runner-up, the flips, and what to ask next."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.facts import FACTS, Fact, FactKind
from config.routing import Rule, Rulebook
from service.rules.routing.answer import Flip, RunnerUp
from service.rules.routing.situation import Bench, sources, worked_out
from service.rules.routing.truth import Situation, open_subjects
from service.rules.routing.turning_day import turning_days
from service.rules.routing.verdict import (
    Judged,
    judge,
    judge_again,
    outcome,
    rules_by_subject,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A flip, and the place of the rule that would decide then."""

    place: int
    flip: Flip


def runner_up(judged: Judged, situation: Situation, bench: Bench) -> RunnerUp | None:
    """The next rule that would have decided, or None after the last."""
    if judged.runner_up is None:
        return None
    rule = bench.rulebook.rules[judged.runner_up]
    found = outcome(bench.rulebook, rule, situation)
    return RunnerUp(rule.id, rule.title, found.accept, found.channel, found.lead)


def changes(judged: Judged, situation: Situation, bench: Bench) -> tuple[Change, ...]:
    """Every other value of a single fact that changes acceptance, channel or lead.

    Nearest rules first. Of a date only the day on which the answer turns is told: the days beyond
    it say the same. A fact that is not given is tried only where a clerk would be asked for it.
    """
    found = [*_of_words(judged, situation, bench), *_of_days(judged, situation, bench)]
    return tuple(sorted(found, key=lambda change: abs(change.place - judged.place)))


def _of_words(judged: Judged, situation: Situation, bench: Bench) -> Iterator[Change]:
    book = bench.rulebook
    now = outcome(book, book.rules[judged.place], situation)
    changed = dict(situation)
    for fact in _facts_that_matter(situation, bench):
        given = situation.get(fact.name)
        for value in fact.values:
            if value == given:
                continue
            changed[fact.name] = value
            place = judge_again(book, judged, fact.name, changed)
            then = outcome(book, book.rules[place], changed)
            if then != now:
                yield Change(place, Flip(fact.name, value, then.accept, then.channel, then.lead))
        changed[fact.name] = given


def _facts_that_matter(situation: Situation, bench: Bench) -> Iterator[Fact]:
    read = rules_by_subject(bench.rulebook)
    for name, fact in FACTS.items():
        decides = name in read or name == "deciding_organ"
        if fact.kind is not FactKind.DATE and decides and _worth_trying(fact, situation):
            yield fact


def _worth_trying(fact: Fact, situation: Situation) -> bool:
    return situation.get(fact.name) is not None or fact.is_asked_for(str(situation["category"]))


def _of_days(judged: Judged, situation: Situation, bench: Bench) -> Iterator[Change]:
    book = bench.rulebook
    now = outcome(book, book.rules[judged.place], situation)
    read = rules_by_subject(book)
    for row in book.derived:
        if row.within is not None or row.name not in read:
            continue
        for turn in turning_days(row, situation, bench):
            if not _worth_trying(FACTS[turn.fact], situation):
                continue
            changed = worked_out({**situation, turn.fact: turn.day}, bench)
            place = judge(book, changed).place
            then = outcome(book, book.rules[place], changed)
            if then != now:
                said = then.accept, then.channel, then.lead
                yield Change(place, Flip(turn.fact, turn.day, *said, turn.side))


def questions(
    judged: Judged, found: tuple[Change, ...], situation: Situation, bench: Bench
) -> tuple[str, ...]:
    """The unknown facts worth asking, in the order of how much they decide.

    A fact decides as much as the answers to it that would change the outcome, each of them weighing
    the more the earlier the rule stands that would decide then (the first 1, the last almost
    nothing). Facts of equal weight stand in the order in which the rules come upon them. Those that
    turn the answer only together with another, and what the deciding rule itself wants to know,
    such as the date that starts a clock, stand last.
    """
    weights = _weights(found, len(bench.rulebook.rules))
    turning = _turning_facts(judged, situation, bench)
    wanted = [*turning, *_rule(judged, bench).ask]
    unknown = [name for name in dict.fromkeys(wanted) if situation.get(name) is None]
    return tuple(sorted(unknown, key=lambda name: -weights.get(name, 0)))


def _weights(found: tuple[Change, ...], rules: int) -> dict[str, int]:
    """How much each fact decides, in whole numbers: the sum over the answers that change it."""
    weights: dict[str, int] = {}
    for change in found:
        name = change.flip.fact
        weights[name] = weights.get(name, 0) + rules - change.place
    return weights


def _rule(judged: Judged, bench: Bench) -> Rule:
    return bench.rulebook.rules[judged.place]


def _turning_facts(judged: Judged, situation: Situation, bench: Bench) -> Iterator[str]:
    """What earlier rules that are not settled, and exceptions to this one, still turn on."""
    derived = _sources_of_derived(bench.rulebook)
    category = str(situation["category"])
    for place in range(judged.place + 1):
        if judged.truths[place] is False:
            continue
        for subject in open_subjects(bench.rulebook.rules[place].when, situation):
            for name in derived.get(subject, (subject,)):
                fact = FACTS.get(name)
                if fact and situation.get(name) is None and fact.is_asked_for(category):
                    yield name


def _sources_of_derived(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """The facts behind each derived one: what starts its clock, and what is compared with it."""
    return {
        row.name: tuple(name for names in sources(row, rulebook) for name in names)
        for row in rulebook.derived
    }
