"""Look at one masked field 脱敏查看: which field is meant, and a reason that says something."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from config.vocabulary import PartyRole
from service.errors import Invalid

OF_PARTY: Final = ("name", "id_number", "phone", "address")
PLACE: Final = "place.detail"
INTERPRETER: Final = "interpreter"
LEAST_REASON: Final = 5
MOST_REASON: Final = 200
UNKNOWN: Final = "没有这一项。可以查看的是当事人的姓名、证件号码、电话、住址，以及详细地点、翻译"
NOBODY: Final = "这件纠纷没有这位当事人"
_PLACE_OF: Final = re.compile(r"parties(?:\.(\d{1,3})|\[(\d{1,3})\])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Person:
    """A party as a field may name it."""

    id: str
    role: PartyRole


@dataclass(frozen=True, slots=True)
class Target:
    """What one reveal shows: `name` of the party at `place`, or of the dispute itself (None)."""

    name: str
    place: int | None = None

    @property
    def path(self) -> str:
        """The one way in which the trail names it."""
        return self.name if self.place is None else f"parties.{self.place}.{self.name}"


def target(field: str, people: Sequence[Person]) -> Target:
    """Which single field `field` names; Invalid at `field` when it names none.

    `parties.<n>.<x>` and `parties[n].<x>` count from 0, `<id of a party>.<x>` names it directly,
    `applicant.<x>` and the other roles the first of that role, a bare `<x>` the first applicant.
    """
    if field in (PLACE, INTERPRETER):
        return Target(field)
    whose, _, name = field.rpartition(".")
    if name not in OF_PARTY:
        raise Invalid({"field": [UNKNOWN]})
    place = _place(whose, people)
    if place is None:
        raise Invalid({"field": [NOBODY]})
    return Target(name, place)


def _place(whose: str, people: Sequence[Person]) -> int | None:
    if found := _PLACE_OF.fullmatch(whose):
        place = int(found[1] or found[2])
        return place if place < len(people) else None
    sought = whose or PartyRole.APPLICANT.value
    named = (n for n, each in enumerate(people) if sought.lower() in (each.id, each.role.value))
    return next(named, None)


def checked_reason(reason: str) -> str:
    """The reason, trimmed; Invalid at `reason` when it says nothing."""
    told = " ".join(reason.split())
    signs = [sign for sign in told if sign.isalnum()]
    if len(told) < LEAST_REASON or len(signs) < LEAST_REASON:
        raise Invalid({"reason": [f"请写明为什么要看，至少 {LEAST_REASON} 个字"]})
    if len(set(signs)) == 1:
        raise Invalid({"reason": ["请写明为什么要看，不能只重复一个字"]})
    if len(told) > MOST_REASON:
        raise Invalid({"reason": [f"不能超过 {MOST_REASON} 个字"]})
    return told
