"""The guidance card 指引卡 ready for a page or a paper: unit, papers to bring, terms, remedies."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from config.vocabulary import Acceptance
from service.queries import guide as queries
from service.queries.guide import GuideUnit
from service.rules import guide as rules
from service.rules import paper
from service.rules.guide import Guide
from service.rules.member import accepts
from service.web import show
from service.web.clock import UNITS
from service.web.door import desk, now
from service.web.route import basis, decided_by, kinds

HEADS: Final[Mapping[Acceptance, str]] = {
    Acceptance.YES: "由下面的单位办理，中心分派以后单位会与您联系",
    Acceptance.MANUAL: "请等中心主任决定去向",
    Acceptance.NO: "这件事不能在这里调解，请到下面的单位",
    Acceptance.PROTECT: "先保护人，马上找下面的单位",
    Acceptance.SPLIT: "由下面的单位分别办理，中心分派以后单位会与您联系",
}
# answers under which the centre sends the dispute on and the unit calls
TOLD: Final = frozenset({Acceptance.YES, Acceptance.SPLIT})
TAKEN: Final = "已经分给下面的单位办理，单位会与您联系"


def cards(
    answer: Mapping[str, Any], categories: Sequence[str], *, chosen: UUID | None = None
) -> list[dict[str, Any]]:
    """One card for the answer, or one for each of its parts; `categories` are theirs, in order.

    `chosen` is the unit that has the dispute already.
    """
    parts = answer["parts"] or [answer]
    of_parts = [*categories, *["other"] * (len(parts) - len(categories))]
    policy = desk().policy
    found = [
        (rules.guide(part, category, decided_by(part), policy.clocks), category)
        for part, category in zip(parts, of_parts, strict=False)
    ]
    wanted = {kind for each, _ in found for kind in each.doors}
    units = queries.units(wanted, day=desk().today(now()), calendar=desk().calendar, chosen=chosen)
    return [
        _card(each, category, units) | ({"head": TAKEN} if chosen and each.accept in TOLD else {})
        for each, category in found
    ]


def _card(told: Guide, category: str, units: Mapping[Any, GuideUnit]) -> dict[str, Any]:
    policy, today = desk().policy, desk().today(now())
    return {
        "head": HEADS[told.accept],
        "category": show.category(category, policy),
        "doors": [_door(kind, category, units) for kind in told.doors],
        "materials": [
            {"name": each.name, "note": each.note} for each in policy.papers.usual(category)
        ],
        "terms": [
            *(_dated(each, today) for each in told.terms),
            *_in_words(told.open_terms, today),
        ],
        "remedies": [
            *(_dated(each, today) for each in told.remedies),
            *_in_words(told.open_remedies or _of_ground(told, today), today),
        ],
        "elsewhere": kinds(list(told.elsewhere)),
    }


def _door(kind: str, category: str, units: Mapping[Any, GuideUnit]) -> dict[str, str]:
    """Our unit of the kind, else the kind's word; why it does not take the category, if so."""
    unit, word = units.get(kind), kinds([kind])[0]
    if unit is None:
        return {"name": word, "address": "", "phone": "", "hours": "", "duty": "", "refuses": ""}
    return {
        "name": unit.name,
        "address": unit.address,
        "phone": unit.phone,
        "hours": unit.hours,
        "duty": unit.duty,
        "refuses": accepts(unit.remit, category).told,
    }


def _dated(each: Mapping[str, Any], today: date) -> dict[str, Any]:
    rule = desk().policy.clocks[each["rule"]]
    start, due = date.fromisoformat(each["from"]), date.fromisoformat(each["due_on"])
    return {
        "name": rule.name,
        "on": show.day(due, year=0),
        "counted": "",
        "late": due < today,
        "provisional": bool(each["provisional"]),
        "law": "、".join(basis(**row.as_dict()) for row in paper.law_of(rule, start)),
    }


def _in_words(ids: Sequence[str], today: date) -> list[dict[str, Any]]:
    """Terms in force whose start nobody knows: 60日，从知道行政行为之日起算."""
    rules_of = [desk().policy.clocks[each] for each in ids]
    return [
        {
            "name": rule.name,
            "on": "",
            "counted": f"{rule.length}{UNITS[rule.unit]}，从{rule.trigger}之日起算",
            "late": False,
            "provisional": False,
            "law": "、".join(basis(**row.as_dict()) for row in paper.law_of(rule, today)),
        }
        for rule in rules_of
        if rule.is_in_force(today)
    ]


def _of_ground(told: Guide, today: date) -> list[str]:
    """The remedies of a ground of refusal, for an answer kept before companions were told."""
    policy = desk().policy
    if told.ground is None or told.remedies or told.open_remedies:
        return []
    found = paper.of_ground(told.ground.value, today, policy.grounds, policy.clocks)
    return [rule.id for rule in found]
