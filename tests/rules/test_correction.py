"""Parties after a correction: what nobody told stays, and a side is never left empty."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from config.vocabulary import IdType, Language, PartyKind, PartyRole
from service.errors import Invalid
from service.rules.correction import People, people
from tests.factories.person import mobile, resident_id

TODAY = date(2026, 1, 5)
A, B, C = (UUID(int=place) for place in (1, 2, 3))
ODD = "12345"  # what an old ledger called a number


def stood(role: PartyRole, name: str, **more: Any) -> dict[str, Any]:
    return {
        "role": role,
        "kind": PartyKind.PERSON,
        "name": name,
        "id_type": None,
        "id_number": None,
        "phone": None,
        "address": None,
        "language": Language.CHINESE,
        "represents": None,
        "authority": None,
        "representative": False,
    } | more


STORED = {
    A: stood(PartyRole.APPLICANT, "王小满", phone=mobile(1)),
    B: stood(PartyRole.RESPONDENT, "李大有"),
    C: stood(PartyRole.GUARDIAN, "王大山", represents=A),
}
SAME: list[dict[str, Any]] = [{"id": A}, {"id": B}, {"id": C}]


def told(*parties: dict[str, Any], stored: Any = STORED) -> People:
    return people(parties, stored, today=TODAY)


def wrong(*parties: dict[str, Any], stored: Any = STORED) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        told(*parties, stored=stored)
    return list(refusal.value.fields)


def test_who_is_only_named_stays_as_they_are() -> None:
    found = told(*SAME)
    assert (found.changed, found.removed) == (False, ())
    assert [(each.id, each.draft.represents) for each in found.persons] == [
        (A, None),
        (B, None),
        (C, 0),
    ]


def test_what_is_told_changes_and_nothing_beside_it() -> None:
    found = told({"id": A, "name": "王晓曼"}, *SAME[1:])
    assert [each.fields for each in found.persons] == [{"name"}, frozenset(), frozenset()]
    assert (found.persons[0].draft.name, found.persons[0].draft.phone) == ("王晓曼", mobile(1))


def test_null_empties_a_field() -> None:
    found = told({"id": A, "phone": None}, *SAME[1:])
    assert (found.persons[0].draft.phone, found.persons[0].fields) == (None, frozenset({"phone"}))


def test_who_is_not_named_is_taken_away() -> None:
    assert told(*SAME[:2]).removed == (C,)


def test_who_stood_there_stays_in_order_and_who_is_new_comes_after() -> None:
    new = {"role": "guardian", "name": "赵来", "represents": 3}
    found = told(new, *reversed(SAME))
    assert [(each.id, each.draft.represents, each.fields) for each in found.persons] == [
        (A, None, frozenset()),
        (B, None, frozenset()),
        (C, 0, frozenset()),
        (None, 0, frozenset()),
    ]


def test_nobody_speaks_for_who_was_taken_away() -> None:
    new = {"role": "applicant", "name": "赵来"}
    assert wrong({"id": B}, {"id": C}, new) == ["parties.1.represents"]


def test_a_side_is_never_left_empty() -> None:
    assert wrong({"id": B}) == ["parties"]
    assert wrong({"id": A}, {"id": C}) == ["parties"]
    alone = {A: STORED[A]}
    assert told({"id": A, "name": "王晓曼"}, stored=alone).removed == ()


def test_somebody_new_needs_a_name_and_a_role() -> None:
    assert wrong(*SAME, {"phone": mobile(3)}) == ["parties.3.role", "parties.3.name"]


def test_a_party_of_another_dispute_or_named_twice_is_refused() -> None:
    assert wrong(*SAME, {"id": UUID(int=9)}) == ["parties.3.id"]
    assert wrong(*SAME, {"id": A}) == ["parties.3.id"]


def test_an_odd_number_of_an_old_ledger_stays_until_it_is_touched() -> None:
    odd = {**STORED, A: {**STORED[A], "id_number": ODD, "id_type": IdType.RESIDENT_ID}}
    kept = told({"id": A, "name": "王晓曼"}, *SAME[1:], stored=odd).persons[0]
    assert (kept.draft.id_number, kept.fields) == (ODD, frozenset({"name"}))
    assert wrong({"id": A, "id_number": ODD}, *SAME[1:], stored=odd) == ["parties.0.id_number"]
    assert wrong({"id": A, "id_type": IdType.USCC}, *SAME[1:], stored=odd) == [
        "parties.0.id_number"
    ]


def test_another_kind_of_party_has_another_document() -> None:
    person = {**STORED, B: {**STORED[B], "id_number": resident_id(2), "id_type": "resident_id"}}
    change = {"id": B, "kind": "organisation", "name": "草原路桥公司", "id_number": resident_id(2)}
    assert wrong(SAME[0], change, SAME[2], stored=person) == ["parties.1.id_number"]


def test_a_person_becomes_a_unit_only_under_a_name_that_is_told() -> None:
    unit = {"id": B, "kind": "organisation"}
    assert wrong(SAME[0], unit, SAME[2]) == ["parties.1.kind"]
    found = told(SAME[0], unit | {"name": "草原路桥公司"}, SAME[2]).persons[1]
    assert found.fields == {"kind", "name"}
    units = {**STORED, B: STORED[B] | {"kind": PartyKind.ORGANISATION}}
    assert not told(SAME[0], unit, SAME[2], stored=units).changed


@pytest.mark.parametrize("paper", [IdType.RESIDENT_ID, IdType.PASSPORT])
def test_a_unit_does_not_keep_the_document_of_a_person(paper: IdType) -> None:
    person = {**STORED, B: STORED[B] | {"id_number": resident_id(2), "id_type": paper}}
    unit = {"id": B, "kind": "organisation", "name": "草原路桥公司"}
    assert wrong(SAME[0], unit, SAME[2], stored=person) == ["parties.1.kind"]
    again = unit | {"id_type": paper}
    assert wrong(SAME[0], again, SAME[2], stored=person) == ["parties.1.kind"]
    found = told(SAME[0], unit | {"id_number": None}, SAME[2], stored=person).persons[1]
    assert (found.draft.name, found.draft.id_number) == ("草原路桥公司", None)


def test_six_representatives_are_one_too_many() -> None:
    new = [
        {"role": "applicant", "name": f"来人{place}", "representative": True} for place in range(6)
    ]
    assert wrong(*SAME, *new) == ["parties.8.representative"]


def test_a_child_among_the_parties_is_seen_by_a_number_that_was_stored() -> None:
    child = {**STORED, A: {**STORED[A], "id_number": CHILD, "id_type": IdType.RESIDENT_ID}}
    assert told(*SAME, stored=child).minor is True
    assert told(*SAME).minor is False


def _checked(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


CHILD = _checked("15052520150101001")
