"""The verdict 判断: the first rule that holds, and which office leads under it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from config.condition import subjects_of
from config.routing import Rule, Rulebook
from config.vocabulary import Acceptance, Channel
from service.rules.routing.truth import Situation, holds


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a flip compares: taken or not, by which mediation, under whose lead."""

    accept: Acceptance
    channel: Channel
    lead: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Every rule's truth on one situation, and the place of the first that holds."""

    truths: tuple[bool | None, ...]
    place: int

    @property
    def runner_up(self) -> int | None:
        """The place of the next rule that would hold, or None."""
        later = range(self.place + 1, len(self.truths))
        return next((n for n in later if self.truths[n]), None)


def judge(rulebook: Rulebook, situation: Situation) -> Judged:
    """Judge every rule. Raises LookupError when none holds (a checked rulebook catches all)."""
    truths = tuple(truth_of(rule, situation) for rule in rulebook.rules)
    return Judged(truths, first_true(truths))


def decider(rulebook: Rulebook, situation: Situation) -> Rule:
    """The first rule that holds, and nothing of those behind it. Raises LookupError for none."""
    truths = (truth_of(rule, situation) for rule in rulebook.rules)
    return rulebook.rules[first_true(truths)]


def truth_of(rule: Rule, situation: Situation) -> bool | None:
    """Whether the rule, where it is in force on the registration date, holds."""
    on = situation.get("registered_on")
    return holds(rule.when, situation) if rule.is_in_force(on) else False  # type: ignore[arg-type]  # dates go in under this name


def first_true(truths: Iterable[bool | None]) -> int:
    """The place of the first truth that is True."""
    for place, truth in enumerate(truths):
        if truth:
            return place
    raise LookupError("没有一条分流规则适用")


def judge_again(rulebook: Rulebook, before: Judged, changed: str, situation: Situation) -> int:
    """The deciding place once the subject `changed` has another value; only its rules are rerun."""
    touched = rules_by_subject(rulebook).get(changed, ())
    rerun = (n for n in touched if truth_of(rulebook.rules[n], situation))
    newly = next(rerun, len(rulebook.rules))
    untouched = frozenset(touched)
    for place in range(before.place, newly):
        if before.truths[place] and place not in untouched:
            return place
    return newly


@lru_cache(maxsize=8)
def rules_by_subject(rulebook: Rulebook) -> dict[str, tuple[int, ...]]:
    """The places of the rules that read each subject, in order."""
    found: dict[str, list[int]] = {}
    for place, rule in enumerate(rulebook.rules):
        for subject in subjects_of(rule.when):
            found.setdefault(subject, []).append(place)
    return {subject: tuple(places) for subject, places in found.items()}


def outcome(rulebook: Rulebook, rule: Rule, situation: Situation) -> Outcome:
    """Accept, channel and lead of a rule; an office bound by the decision never leads."""
    barred = barred_by(rulebook, rule, situation)
    lead = next(iter(offices(rulebook, rule, [rule.lead], situation)))
    if lead in barred:
        others = offices(rulebook, rule, rule.effect.assist, situation)
        lead = next((office for office in others if office not in barred), lead)
    return Outcome(rule.accept, rule.channel, lead)


def barred_by(rulebook: Rulebook, rule: Rule, situation: Situation) -> frozenset[str]:
    """The offices that must not guide against the organ that decided (law.md §0.3 (1))."""
    organ = situation.get("deciding_organ") or rule.presumed_organ
    if organ is None:
        return frozenset()
    return frozenset(rulebook.conflicts.get(str(organ), (str(organ),)))


def closed_doors(rulebook: Rulebook, must_not: Iterable[str]) -> frozenset[str]:
    """The offices that what must not be done closes, where a table of the category names them."""
    return frozenset(office for code in must_not for office in rulebook.closed.get(code, ()))


def offices(
    rulebook: Rulebook, rule: Rule, words: Iterable[str], situation: Situation
) -> Iterator[str]:
    """Organisation kinds for the words of a rule; `@table` is looked up."""
    for word in words:
        if not word.startswith("@"):
            yield word
        elif word[1:] in rulebook.organ_tables:
            organ = situation.get("deciding_organ") or rule.presumed_organ
            yield from _row(rulebook.organ_tables[word[1:]], organ)
        else:
            yield from _row(rulebook.category_tables[word[1:]], situation.get("category"))


def _row(table: Mapping[str, tuple[str, ...]], key: object) -> tuple[str, ...]:
    return table.get(str(key), table["default"])
