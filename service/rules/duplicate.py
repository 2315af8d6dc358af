"""Whether two disputes may be the same 查重: signs that speak for it, weighed, each with words.

Signs about people tell more than signs about the matter; of a unit's number or name little
follows, because many quarrel with the same one. Names of different ID numbers are namesakes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Final

from config.policy import DuplicatePolicy
from config.vocabulary import MatchReason, PartyKind, PartyRole
from config.words import label

LEAST_NAME: Final = 2  # a surname alone is nobody's name
PAIRED: Final = frozenset({PartyRole.APPLICANT, PartyRole.RESPONDENT})


@dataclass(frozen=True, slots=True)
class Person:
    """A party as far as it is known; `id_key` and `phone_key` are keyed hashes of its numbers."""

    role: PartyRole
    kind: PartyKind
    name: str | None
    id_key: bytes | None = None
    phone_key: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A dispute as far as it is known: one being written down, or one that is stored.

    `older`: while keys change, what keyed hashes of its people may still be stored as, and what
    they are now.
    """

    registered_on: date
    people: tuple[Person, ...]
    category: str | None = None
    village: str | None = None
    detail: str | None = None
    occurred_on: date | None = None
    narrative: str = ""
    older: Mapping[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One sign: its code, its words, its points."""

    code: MatchReason
    text: str
    points: int


@dataclass(frozen=True, slots=True)
class Match:
    """How alike two disputes are, in points, and why; the strongest reason first."""

    score: int
    reasons: tuple[Reason, ...]


def match(asked: Matter, known: Matter, policy: DuplicatePolicy) -> Match:
    """Weigh everything that speaks for `known` being the same dispute as `asked`."""
    found: dict[MatchReason, Reason] = {}
    for reason in _signs(asked, known, policy):
        found.setdefault(reason.code, reason)
    if found.keys() & {MatchReason.NAME_VILLAGE, MatchReason.PAIR}:
        found.pop(MatchReason.NAME, None)
    reasons = sorted(found.values(), key=lambda each: -each.points)
    return Match(sum(each.points for each in reasons), tuple(reasons))


def suffices(found: Match, policy: DuplicatePolicy) -> bool:
    """Whether it is worth showing to somebody."""
    return found.score >= policy.threshold


def likeness(one: str, other: str) -> float:
    """The share of neighbouring character pairs two texts have in common (Dice), 0 to 1."""
    ours, theirs = _bigrams(one), _bigrams(other)
    if not ours or not theirs:
        return 0.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def _signs(asked: Matter, known: Matter, policy: DuplicatePolicy) -> Iterator[Reason]:
    yield from _pair(asked, known, policy)
    for ours, theirs in product(asked.people, known.people):
        yield from _person(ours, theirs, same_village=_same_village(asked, known), policy=policy)
    yield from _place(asked, known, policy)
    yield from _story(asked, known, policy)


def _person(
    ours: Person, theirs: Person, *, same_village: bool, policy: DuplicatePolicy
) -> Iterator[Reason]:
    same_id = ours.id_key is not None and ours.id_key == theirs.id_key
    same_phone = ours.phone_key is not None and ours.phone_key == theirs.phone_key
    same_name = not same_id and _same_name(ours, theirs)
    if PartyKind.ORGANISATION in (ours.kind, theirs.kind):
        if same_id or same_phone or same_name:
            yield Reason(MatchReason.UNIT, _said(ours, theirs, "单位"), policy.unit)
        return
    if same_id:
        yield Reason(MatchReason.ID_NUMBER, _said(ours, theirs, "身份证号"), policy.id_number)
    if same_phone:
        yield Reason(MatchReason.PHONE, _said(ours, theirs, "电话"), policy.phone)
    if same_name and same_village:
        yield Reason(
            MatchReason.NAME_VILLAGE, _said(ours, theirs, "姓名和嘎查村"), policy.name_village
        )
    elif same_name:
        yield Reason(MatchReason.NAME, _said(ours, theirs, "姓名"), policy.name)


def _said(ours: Person, theirs: Person, what: str) -> str:
    """Words about one party of each dispute, such as 申请人电话相同."""
    if ours.role is theirs.role:
        return f"{label(ours.role)}{what}相同"
    return f"这次的{label(ours.role)}与那件的{label(theirs.role)}{what}相同"


def _same_name(ours: Person, theirs: Person) -> bool:
    if ours.id_key and theirs.id_key and ours.id_key != theirs.id_key:
        return False
    return ours.name is not None and len(ours.name) >= LEAST_NAME and ours.name == theirs.name


def _is_same(ours: Person, theirs: Person) -> bool:
    """Whether two entries are one person: by number, else by name, else by phone without a name."""
    if ours.id_key and theirs.id_key:
        return ours.id_key == theirs.id_key
    if ours.name and theirs.name:
        return _same_name(ours, theirs)
    return ours.phone_key is not None and ours.phone_key == theirs.phone_key


def _pair(asked: Matter, known: Matter, policy: DuplicatePolicy) -> Iterator[Reason]:
    """The same two people again, whoever of them came this time."""
    if abs(asked.registered_on - known.registered_on) > policy.pair_within:
        return
    ours, theirs = _sides(asked.people), _sides(known.people)
    for (a, b), (x, y) in product(product(*ours), product(*theirs)):
        if (_is_same(a, x) and _is_same(b, y)) or (_is_same(a, y) and _is_same(b, x)):
            when = _when(known.registered_on, asked.registered_on)
            yield Reason(MatchReason.PAIR, f"双方当事人相同，{when}登记过", policy.pair)
            return


def _sides(people: Iterable[Person]) -> tuple[list[Person], list[Person]]:
    found = [each for each in people if each.role in PAIRED]
    applicants = [each for each in found if each.role is PartyRole.APPLICANT]
    return applicants, [each for each in found if each.role is PartyRole.RESPONDENT]


def _when(day: date, today: date) -> str:
    """The year only: the reasons are told of disputes that may not be read, too."""
    return {0: "今年", 1: "去年"}.get(today.year - day.year, f"{day.year}年")


def _place(asked: Matter, known: Matter, policy: DuplicatePolicy) -> Iterator[Reason]:
    """The same kind of dispute at the same place, not long ago."""
    apart = abs(asked.registered_on - known.registered_on)
    if asked.category is None or asked.category != known.category or apart > policy.place_within:
        return
    days = policy.place_within.days
    if not _same_village(asked, known):
        if asked.village and known.village:
            return  # it is known to be elsewhere
        yield Reason(MatchReason.CATEGORY, f"{days} 天内同一类别", policy.category)
        return
    yield Reason(MatchReason.PLACE, f"{days} 天内同一嘎查村、同一类别", policy.place)
    if asked.detail and known.detail and _essence(asked.detail) == _essence(known.detail):
        yield Reason(MatchReason.DETAIL, "详细地点相同", policy.detail)
    if asked.occurred_on and asked.occurred_on == known.occurred_on:
        yield Reason(MatchReason.DAY, "发生日期相同", policy.day)


def _story(asked: Matter, known: Matter, policy: DuplicatePolicy) -> Iterator[Reason]:
    shorter = min(len(asked.narrative), len(known.narrative))
    if shorter < policy.narrative_least:
        return
    if likeness(asked.narrative, known.narrative) >= policy.narrative_alike:
        long = shorter >= policy.narrative_long
        points = policy.narrative if long else policy.short_narrative
        yield Reason(MatchReason.NARRATIVE, "事情经过几乎相同", points)


def _same_village(asked: Matter, known: Matter) -> bool:
    return bool(asked.village) and asked.village == known.village


def _bigrams(text: str) -> set[str]:
    plain = _essence(text)
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


def _essence(text: str) -> str:
    """The letters and digits of a text: how it is spaced and pointed says nothing."""
    return "".join(character for character in text.casefold() if character.isalnum())
