"""Corrections 更正登记 of the parties: who stands there, and what was told of them laid over it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from config.vocabulary import IdType, PartyKind, PartyRole
from service.errors import Invalid
from service.rules import party as party_rules
from service.rules.party import PartyDraft

Told = Mapping[str, Any]
# kept as they are, unchecked, when nothing was told of them: an old ledger's number may be odd
KEPT: Final = ("id_number", "phone")
FIELDS: Final = (
    "role",
    "kind",
    "name",
    "id_type",
    "id_number",
    "phone",
    "address",
    "language",
    "represents",
    "authority",
    "representative",
)
NEEDED: Final = {"role": "请选择地位", "name": "请填写姓名或名称"}
PERSONAL: Final = frozenset({IdType.RESIDENT_ID, IdType.PASSPORT})
UNIT_NEEDS_NAME: Final = "改成单位要把名称一起填写"
UNIT_NEEDS_PAPER: Final = "登记的是个人证件，改成单位要把证件一起改正或去掉"
SIDES: Final = {PartyRole.APPLICANT: "申请人", PartyRole.RESPONDENT: "被申请人"}


@dataclass(frozen=True, slots=True)
class Person:
    """A party after the correction: `id` None for who is new, `fields` those that changed."""

    id: UUID | None
    draft: PartyDraft
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class People:
    """Everybody after the correction, in order, and who is taken away.

    `minor` says that somebody among them is under eighteen by their ID number.
    """

    persons: tuple[Person, ...]
    removed: tuple[UUID, ...]
    minor: bool

    @property
    def changed(self) -> bool:
        """Whether anything is other than before."""
        return bool(self.removed) or any(each.id is None or each.fields for each in self.persons)


def people(told: Sequence[Told], stored: Mapping[UUID, Told], *, today: date) -> People:
    """Who the parties are when `told` replaces the `stored` ones.

    Both speak as PartyIn does. An entry of `told` with an `id` is that party with its other fields
    changed, one without is new, and a party that no entry names is taken away. Stored parties say
    in `represents` the id of whom they speak for. Who stood there stays in the stored order,
    whatever the order of `told`; who is new comes after them. Raises Invalid as
    `rules.party.checked`, when a side would be left without anybody, and when a person becomes a
    unit 单位 under the person's own name or document.
    """
    _check_ids(told, stored)
    _check_kinds(told, stored)
    places = {each["id"]: place for place, each in enumerate(told) if each.get("id")}
    whole = [_whole(each, _stood(each, stored), places) for each in told]
    drafts = party_rules.checked(
        [_judged(each, full, _stood(each, stored)) for each, full in zip(told, whole, strict=True)],
        today=today,
    )
    drafts = [
        _with_kept(each, draft, _stood(each, stored))
        for each, draft in zip(told, drafts, strict=True)
    ]
    _check_sides(drafts, stored)
    persons = [
        Person(each.get("id"), draft, _changed(draft, _stood(each, stored), places))
        for each, draft in zip(told, drafts, strict=True)
    ]
    return People(
        persons=_in_order(persons, list(stored)),
        removed=tuple(each for each in stored if each not in places),
        minor=bool(party_rules.minors(whole, today=today)),
    )


def _stood(told: Told, stored: Mapping[UUID, Told]) -> Told:
    """The party that `told` is about as it stands; nothing of somebody new."""
    known = told.get("id")
    return stored[known] if known else {}


def _check_ids(told: Sequence[Told], stored: Mapping[UUID, Told]) -> None:
    problems: dict[str, list[str]] = {}
    seen: set[UUID] = set()
    for place, each in enumerate(told):
        known = each.get("id")
        if known is not None and (known not in stored or known in seen):
            problems[f"parties.{place}.id"] = ["这件纠纷没有这位当事人，或者写了两次"]
        if known is None:
            missing = {name: [words] for name, words in NEEDED.items() if not each.get(name)}
            problems |= {f"parties.{place}.{name}": words for name, words in missing.items()}
        seen |= {known} if known else set()
    if problems:
        raise Invalid(problems)


def _check_kinds(told: Sequence[Told], stored: Mapping[UUID, Told]) -> None:
    """A person's name is masked, a unit's is not: who becomes a unit brings a name of its own."""
    problems = {
        f"parties.{place}.kind": [words]
        for place, each in enumerate(told)
        if (words := _why_no_unit(each, _stood(each, stored)))
    }
    if problems:
        raise Invalid(problems)


def _why_no_unit(told: Told, before: Told) -> str | None:
    becomes = told.get("kind") == PartyKind.ORGANISATION
    if not (becomes and before and before["kind"] == PartyKind.PERSON):
        return None
    if not told.get("name"):
        return UNIT_NEEDS_NAME
    other_paper = "id_type" in told and told["id_type"] not in PERSONAL
    kept = before["id_type"] in PERSONAL and "id_number" not in told and not other_paper
    return UNIT_NEEDS_PAPER if kept else None


def _whole(told: Told, before: Told, places: Mapping[UUID, int]) -> dict[str, Any]:
    """A party in full, what stands and what was told; whom it speaks for as a place."""
    whole = {**before, **told}
    if before and "represents" not in told:
        # who is taken away stands nowhere: past the end, where the rules refuse it
        whom = before.get("represents")
        whole["represents"] = None if whom is None else places.get(whom, len(places) + len(before))
    other_kind = "kind" in told and told["kind"] != before.get("kind", told["kind"])
    if other_kind and "id_type" not in told:
        whole["id_type"] = None  # the document of that kind of party
    return whole


def _judged(told: Told, whole: Told, before: Told) -> dict[str, Any]:
    """What of a party is checked: numbers nobody touched are not, unless their document changed."""
    left = [name for name in KEPT if before and name not in told]
    if "id_type" in told and told["id_type"] != before.get("id_type"):
        left = [name for name in left if name != "id_number"]
    return {**whole, **dict.fromkeys(left)}


def _with_kept(told: Told, draft: PartyDraft, before: Told) -> PartyDraft:
    if not before:
        return draft
    if "phone" not in told:
        draft = replace(draft, phone=before["phone"])
    if "id_number" not in told and draft.id_number is None:
        draft = replace(draft, id_number=before["id_number"], id_type=before["id_type"])
    return draft


def _changed(draft: PartyDraft, before: Told, places: Mapping[UUID, int]) -> frozenset[str]:
    if not before:
        return frozenset()
    whom = before["represents"]
    stood = {**before, "represents": None if whom is None else places.get(whom)}
    return frozenset(name for name in FIELDS if getattr(draft, name) != stood[name])


def _in_order(persons: Sequence[Person], stored: Sequence[UUID]) -> tuple[Person, ...]:
    """The known in the order they are stored in, the new after them; `represents` follows."""
    known = {each: place for place, each in enumerate(stored)}
    order = sorted(
        range(len(persons)),
        key=lambda told: len(known) if (of := persons[told].id) is None else known[of],
    )
    moved: dict[int | None, int | None] = {None: None}
    moved |= {told: place for place, told in enumerate(order)}
    drafts = (persons[told].draft for told in order)
    return tuple(
        replace(persons[told], draft=replace(draft, represents=moved[draft.represents]))
        for told, draft in zip(order, drafts, strict=True)
    )


def _check_sides(drafts: Sequence[PartyDraft], stored: Mapping[UUID, Told]) -> None:
    """An applicant stays, and a respondent where there was one."""
    had, has = {each["role"] for each in stored.values()}, {draft.role for draft in drafts}
    needed = {PartyRole.APPLICANT, *(had & {PartyRole.RESPONDENT})}
    for role, words in SIDES.items():
        if role in needed - has:
            raise Invalid({"parties": [f"至少要留一名{words}"]})


def drafts(stored: Mapping[UUID, Told]) -> list[PartyDraft]:
    """The stored parties as drafts, nothing of them checked again."""
    places = {each: place for place, each in enumerate(stored)}
    return [
        PartyDraft(**{**each, "represents": places.get(each["represents"])})
        for each in stored.values()
    ]
