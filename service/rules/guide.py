"""What a guidance card 指引卡 tells a visitor, taken from the answer of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from config.clock import Clocks
from config.routing import Rule, Rulebook
from config.vocabulary import Acceptance, ClockKind, DeclineGround
from service.rules.routing.verdict import closed_doors

MOST_DOORS: Final = 4
_REMEDY: Final = "remedy"


@dataclass(frozen=True, slots=True)
class Guide:
    """Where to go first, the terms of the office, the visitor's own remedies, and where else.

    `doors` and `elsewhere` are organisation kinds. `terms` and `remedies` are due dates of the
    answer; `open_terms` and `open_remedies` are ids of those whose start nobody knows yet; `ground`
    is why a matter is not taken, when it is not.
    """

    accept: Acceptance
    doors: tuple[str, ...]
    terms: tuple[Mapping[str, Any], ...]
    remedies: tuple[Mapping[str, Any], ...]
    open_terms: tuple[str, ...]
    open_remedies: tuple[str, ...]
    elsewhere: tuple[str, ...]
    ground: DeclineGround | None


def guide(answer: Mapping[str, Any], category: str, rulebook: Rulebook, clocks: Clocks) -> Guide:
    """The card of one answer, which may be a stored one.

    Who is taken goes to the unit that leads, who is not to the doors of the answer. What else is
    open to those who are taken is the table of remedies of their category (人民调解法26).
    """
    accept = Acceptance(answer["accept"])
    taken = accept in (Acceptance.YES, Acceptance.MANUAL)
    doors = [answer["lead"]] if taken or not answer["go_to"] else answer["go_to"]
    known = [each for each in answer["deadlines"] if each["rule"] in clocks]
    remedies = [each for each in known if clocks[each["rule"]].kind is ClockKind.REMEDY]
    rule = next((rule for rule in rulebook.rules if rule.id == answer["rule"]["id"]), None)
    unknown = _undated(answer, rule, rulebook)
    own = [each for each in unknown if clocks[each].kind is ClockKind.REMEDY]
    stated = rule.effect.deadlines if rule and taken else ()
    return Guide(
        accept=accept,
        doors=tuple(doors[:MOST_DOORS]),
        terms=tuple(each for each in known if each not in remedies) if taken else (),
        remedies=tuple(sorted(remedies, key=lambda each: str(each["due_on"]))),
        open_terms=tuple(each for each in unknown if each in stated and each not in own),
        open_remedies=tuple(own),
        elsewhere=_elsewhere(answer, category, rulebook) if taken else (),
        ground=rule.ground if rule else None,
    )


def _undated(answer: Mapping[str, Any], rule: Rule | None, rulebook: Rulebook) -> list[str]:
    """The terms the rule and its companions name that could not be counted to a date."""
    spoke = answer.get("companions", ())
    effects = [row.effect for row in rulebook.companions if row.id in spoke]
    named = [*(rule.effect.deadlines if rule else ()), *(d for e in effects for d in e.deadlines)]
    dated = {each["rule"] for each in answer["deadlines"]}
    return [each for each in dict.fromkeys(named) if each not in dated]


def _elsewhere(answer: Mapping[str, Any], category: str, rulebook: Rulebook) -> tuple[str, ...]:
    table = rulebook.category_tables.get(_REMEDY, {})
    shut = closed_doors(rulebook, (each["code"] for each in answer["must_not"]))
    usual = (o for o in table.get(category, table.get("default", ())) if o not in shut)
    return tuple(o for o in dict.fromkeys([*answer["go_to"], *usual]) if o != answer["lead"])
