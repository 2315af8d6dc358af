"""The same people in the other disputes of a visit, and what a restriction takes out of sight."""

from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import PartyRole, Step
from models import Base, Dispute, Event, db
from service.operations import correction as operations
from service.operations import party
from service.operations.correction import Corrected, Left
from tests.factories.dispute import Handling, every
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
MATTERS = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]
CANARY = "碾坊旧事"


def visit(office: Office) -> list[Handling]:
    return [Handling(office, each.id) for each in every(office, matters=MATTERS)]


def correct(handling: Handling, **changes: Any) -> Corrected:
    office = handling.office
    return operations.correct(
        handling.id,
        changes,
        version=handling.row.version,
        actor=office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )


def renamed(handling: Handling, name: str) -> list[dict[str, Any]]:
    first, *others = [{"id": each.id} for each in handling.row.parties]
    return [{**first, "name": name}, *others]


def names(handling: Handling) -> list[str]:
    key = handling.office.desk.keyring.field_key(handling.row.sealed_key, f"dispute:{handling.id}")
    return [each["name"] for each in party.stored(handling.row, key).values()]


def test_the_same_person_is_corrected_in_the_sibling_with_one_event(office: Office) -> None:
    first, second = visit(office)
    made = correct(first, parties=renamed(first, "王晓曼"), siblings=True, reason="看了身份证")
    assert (made.followed, made.left) == ((second.row.number,), ())
    assert (names(second), second.row.version) == (["王晓曼", "李大有"], 2)
    found = sa.select(Event.reason).where(Event.subject_id == second.id, Event.action == "correct")
    assert db.session.scalars(found).all() == ["看了身份证"]


def test_without_the_word_siblings_stay(office: Office) -> None:
    first, second = visit(office)
    assert correct(first, parties=renamed(first, "王晓曼")).followed == ()
    assert names(second) == ["王小满", "李大有"]


def test_who_is_not_the_same_any_more_is_left_and_told(office: Office) -> None:
    first, second = visit(office)
    correct(second, parties=renamed(second, "王小曼"))
    made = correct(first, parties=renamed(first, "王晓曼"), siblings=True)
    assert made.left == (Left(second.row.number, PartyRole.APPLICANT, 1),)
    assert names(second) == ["王小曼", "李大有"]


def test_no_column_keeps_a_reason_in_clear_once_the_visit_is_restricted(office: Office) -> None:
    first, second = visit(office)
    police = {"organisation": str(office.units["police"])} if "police" in office.units else {}
    for each in (first, second):
        each.take(Step.DISPATCH, police | {"reason": CANARY})
        correct(each, amount=500, reason=CANARY)
    correct(first, facts={"domestic_violence": True}, reason=CANARY)
    assert db.session.scalars(sa.select(Dispute.restricted)).all() == [True, True]
    tables = Base.metadata.sorted_tables
    rows = [row for table in tables for row in db.session.execute(table.select())]
    assert not [row for row in rows if CANARY in str(tuple(row))]
