"""Parties corrected: rows, seals and everything they are found by, on both databases."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from config.vocabulary import PartyRole, Step
from models import Dispute, Event, Party, db
from service.errors import Conflict, Invalid
from service.operations import correction as operations
from service.operations import mediation
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, every, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id

pytestmark = pytest.mark.usefixtures("inside")


def correct(handling: Handling, *, actor: Actor | None = None, **changes: Any) -> None:
    office = handling.office
    operations.correct(
        handling.id,
        changes,
        version=handling.row.version,
        actor=actor or office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )


def ids(handling: Handling) -> list[UUID]:
    return [each.id for each in handling.row.parties]


def same(handling: Handling, place: int, **changes: Any) -> list[dict[str, Any]]:
    """Everybody as they stand, one of them with changes."""
    told: list[dict[str, Any]] = [{"id": each} for each in ids(handling)]
    told[place] |= changes
    return told


def detail(handling: Handling) -> dict[str, Any]:
    found = db.session.scalars(
        sa.select(Event)
        .where(Event.subject_id == handling.id, Event.action == "correct")
        .order_by(Event.id.desc())
    ).first()
    assert found is not None
    return found.detail


def test_everything_a_party_is_found_by_follows(office: Office) -> None:
    handling = registered(office)
    number, phone = resident_id(77), mobile(77)
    correct(handling, parties=same(handling, 0, name="白桦生", id_number=number, phone=phone))
    row, index = handling.row.parties[0], office.desk.keyring.index
    assert (row.name, row.initials) == ("白桦生", "bhs")
    assert row.id_number_index == index("id_number", number)
    assert (row.phone_index, row.phone_tail_index) == (
        index("phone", phone),
        index("phone_tail", phone[-4:]),
    )
    told = sa.text("SELECT names FROM dispute_text WHERE dispute_id IS NOT NULL")
    assert "王小满" not in str(db.session.scalars(told).all())
    assert handling.row.version == 2


def test_the_sheet_of_a_ledger_finds_the_matter_as_it_was_corrected(office: Office) -> None:
    handling = registered(office)
    before = handling.row.fingerprint
    correct(handling, parties=same(handling, 1, name="李大友"))
    other = registered(office, parties=[APPLICANT, RESPONDENT | {"name": "李大友"}])
    assert handling.row.fingerprint == other.row.fingerprint != before


def test_the_event_says_which_fields_and_nothing_of_what_they_say(office: Office) -> None:
    handling = registered(office)
    told = same(handling, 0, phone=mobile(77), address=None)
    correct(handling, parties=[*told, {"role": "third_party", "name": "赵来"}], amount=500)
    assert detail(handling) == {
        "fields": ["amount", "parties"],
        "before": {"amount": None},
        "after": {"amount": 500},
        "parties": [
            {"change": "changed", "role": "applicant", "place": 1, "fields": ["address", "phone"]},
            {"change": "added", "role": "third_party", "place": 1, "fields": []},
        ],
    }


def test_whom_somebody_speaks_for_can_come_and_go_with_them(office: Office) -> None:
    guardian = {"role": "guardian", "name": "王大山", "represents": 0}
    handling = registered(office, parties=[APPLICANT, RESPONDENT, guardian])
    first, second, third = ids(handling)
    new = {"role": "applicant", "name": "赵来"}
    with pytest.raises(Invalid) as refusal:
        correct(handling, parties=[new, {"id": second}, {"id": third}])
    assert list(refusal.value.fields) == ["parties.2.represents"]
    correct(handling, parties=[new, {"id": second}, {"id": third, "represents": 0}])
    rows = handling.row.parties
    assert ids(handling)[:2] == [second, third]  # who stood there stays in order
    assert (rows[1].represents_id, db.session.get(Party, first)) == (rows[2].id, None)


def test_who_is_named_in_the_record_of_a_session_stays(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    handling.take(Step.ACCEPT)
    handling.take(Step.START)
    third = {"role": "third_party", "name": "赵来"}
    correct(handling, actor=office.mediator, parties=[*same(handling, 0), third])
    came = {
        "held_at": MONDAY_9AM,
        "place": "调解室",
        "minutes": "谈过",
        "attendance": [{"party": ids(handling)[2], "attended": True}],
    }
    mediation.hold_session(
        handling.id, came, actor=office.mediator, desk=office.desk, now=MONDAY_9AM
    )
    with pytest.raises(Invalid) as refusal:
        correct(handling, parties=same(handling, 0)[:2])
    assert refusal.value.fields == {"parties": ["参加过调解会的当事人不能去掉"]}


def test_a_child_among_new_parties_restricts_the_visit_and_seals_every_name(
    office: Office,
) -> None:
    made = every(
        office,
        matters=[{"category": "family", "facts": {}}, {"category": "debt", "facts": {}}],
    )
    handling = Handling(office, made[0].id)
    child = {"role": "applicant", "name": "白小桦", "id_number": "150525201501010011"}
    child["id_number"] = _checked(child["id_number"][:17])
    correct(handling, parties=[*same(handling, 0), child])
    rows = db.session.scalars(sa.select(Dispute).order_by(Dispute.number)).all()
    assert [(row.restricted, row.narrative, row.version) for row in rows] == [(True, None, 2)] * 2
    parties = db.session.scalars(sa.select(Party)).all()
    assert {(each.name, each.initials, each.name_sealed is None) for each in parties} == {
        (None, None, False)
    }
    assert db.session.scalar(sa.text("SELECT count(*) FROM dispute_text")) == 0
    assert "restricted" in detail(handling)["fields"]
    assert detail(Handling(office, made[1].id)) == {"fields": ["restricted"]}


def test_reasons_are_sealed_with_a_dispute_once_it_is_restricted(office: Office) -> None:
    handling = registered(office)
    correct(handling, amount=500, reason="来访人补充")
    correct(handling, facts={"domestic_violence": True}, reason="来访人说挨过打")
    told = db.session.execute(
        sa.select(Event.reason, Event.reason_sealed.is_not(None))
        .where(Event.action == "correct")
        .order_by(Event.id)
    ).all()
    assert [tuple(each) for each in told] == [(None, True), (None, True)]


def test_the_head_count_covers_everybody_named(office: Office) -> None:
    handling = registered(office)
    new = {"role": PartyRole.APPLICANT, "name": "赵来"}
    with pytest.raises(Invalid) as refusal:
        correct(handling, parties=[*same(handling, 0), new], people_count=1)
    assert list(refusal.value.fields) == ["people_count"]


def test_what_says_the_same_is_no_correction(office: Office) -> None:
    handling = registered(office)
    correct(handling, parties=same(handling, 0, name="王小满"), category="neighbour")
    assert handling.row.version == 1
    assert db.session.scalars(sa.select(Event).where(Event.action == "correct")).all() == []


def test_another_route_is_kept_with_both_answers(office: Office) -> None:
    handling = registered(office)
    correct(handling, facts={"danger": True})
    told = detail(handling)["route"]
    assert (told["before"]["accept"], told["after"]["accept"]) == ("yes", "protect")


def test_an_ended_dispute_keeps_its_parties(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.WITHDRAW, {"reason": "和好了"}, actor=office.window)
    with pytest.raises(Conflict):
        correct(handling, parties=same(handling, 0, name="白桦生"))


def _checked(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]
