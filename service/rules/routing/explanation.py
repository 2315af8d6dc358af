"""Why this answer and not another 为何如此: the runner-up, the flips, and what to ask next."""

from collections.abc import Iterator

from config.facts import FACTS, Fact, FactKind
from config.routing import Rule
from service.rules.routing.answer import Flip, RunnerUp
from service.rules.routing.situation import Bench
from service.rules.routing.truth import Situation, open_subjects
from service.rules.routing.verdict import Judged, judge_again, outcome, rules_by_subject


def runner_up(judged: Judged, situation: Situation, bench: Bench) -> RunnerUp | None:
    """The next rule that would have decided, or None after the last."""
    if judged.runner_up is None:
        return None
    rule = bench.rulebook.rules[judged.runner_up]
    found = outcome(bench.rulebook, rule, situation)
    return RunnerUp(rule.id, rule.title, found.accept, found.channel, found.lead)


def flips(judged: Judged, situation: Situation, bench: Bench) -> tuple[Flip, ...]:
    """Every other value of a single fact that changes acceptance, channel or lead.

    Nearest rules first. Dates are left out: they have no end. A fact that is not given is tried
    only where a clerk would be asked for it.
    """
    found = sorted(_flips(judged, situation, bench), key=lambda pair: pair[0])
    return tuple(flip for _, flip in found)


def _flips(judged: Judged, situation: Situation, bench: Bench) -> Iterator[tuple[int, Flip]]:
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
                flip = Flip(fact.name, value, then.accept, then.channel, then.lead)
                yield abs(place - judged.place), flip
        changed[fact.name] = given


def _facts_that_matter(situation: Situation, bench: Bench) -> Iterator[Fact]:
    read = rules_by_subject(bench.rulebook)
    category = str(situation["category"])
    for name, fact in FACTS.items():
        decides = name in read or name == "deciding_organ"
        given = situation.get(name) is not None
        if fact.kind is not FactKind.DATE and decides and (given or fact.is_asked_for(category)):
            yield fact


def questions(
    judged: Judged, found: tuple[Flip, ...], situation: Situation, bench: Bench
) -> tuple[str, ...]:
    """The unknown facts worth asking, those that can change the most answers first.

    They are what earlier rules, and exceptions to this one, still turn on; then what the deciding
    rule itself wants to know, such as the date that starts a clock.
    """
    turning = dict.fromkeys(_turning_facts(judged, situation, bench))
    answers = {name: _answer_count(name, found) for name in turning}
    ranked = sorted(turning, key=lambda name: -answers[name])
    wanted = [n for n in _rule(judged, bench).ask if situation.get(n) is None]
    return tuple(dict.fromkeys([*ranked, *wanted]))


def _rule(judged: Judged, bench: Bench) -> Rule:
    return bench.rulebook.rules[judged.place]


def _turning_facts(judged: Judged, situation: Situation, bench: Bench) -> Iterator[str]:
    derived = _sources_of_derived(bench)
    category = str(situation["category"])
    for place in range(judged.place + 1):
        if judged.truths[place] is False:
            continue
        for subject in open_subjects(bench.rulebook.rules[place].when, situation):
            for name in derived.get(subject, (subject,)):
                fact = FACTS.get(name)
                if fact and situation.get(name) is None and fact.is_asked_for(category):
                    yield name


def _sources_of_derived(bench: Bench) -> dict[str, tuple[str, ...]]:
    """The facts behind each derived one: what starts its clock, and what is compared with it."""
    starts = {row.clock: row.first for row in bench.rulebook.starts}
    return {row.name: (*starts[row.clock], *row.on) for row in bench.rulebook.derived}


def _answer_count(name: str, found: tuple[Flip, ...]) -> int:
    return len({(flip.accept, flip.channel, flip.lead) for flip in found if flip.fact == name})
