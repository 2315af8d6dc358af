"""Consultations: a number series of their own, sealed, corrected by few, never a dispute."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import OrganisationKind, Role
from models import Consultation, Dispute, Event, db, transaction
from service.errors import Forbidden, Invalid, NotFound, Stale
from service.operations import consultation as operations
from service.queries import consultation as queries
from service.rules.access import Actor
from tests.factories.consultation import asked, question
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")


def row(consultation_id: UUID) -> Consultation:
    return db.session.get_one(Consultation, consultation_id, populate_existing=True)


def correct(
    office: Office, consultation_id: UUID, actor: Actor, *, version: int = 1, **changes: Any
) -> None:
    operations.correct(
        consultation_id,
        changes,
        version=version,
        actor=actor,
        desk=office.desk,
        now=MONDAY_9AM + timedelta(minutes=1),
    )


def test_the_series_is_its_own_and_has_no_gaps(office: Office) -> None:
    first = asked(office)
    assert registered(office).row.number == "LXZ2026-00001"
    with pytest.raises(Invalid):
        asked(office, category="weather")
    second = asked(office)
    numbers = [row(each).number for each in (first, second)]
    assert numbers == ["LXZZX2026-00001", "LXZZX2026-00002"]


def test_who_asked_is_sealed_and_nothing_of_it_stands_in_an_event(office: Office) -> None:
    kept = row(asked(office))
    for sealed in (kept.name_sealed, kept.phone_sealed):
        assert sealed is not None
        assert "赵小满".encode() not in sealed
    (event,) = db.session.scalars(sa.select(Event).where(Event.subject_id == kept.id))
    assert (event.subject, event.action, event.detail) == ("consultation", "record", {})


def test_a_wrong_phone_and_a_wrong_category_are_both_told(office: Office) -> None:
    with pytest.raises(Invalid) as refusal:
        asked(office, category="weather", phone="12")
    assert sorted(refusal.value.fields) == ["category", "phone"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Consultation)) == 0


def test_a_leader_records_nothing(office: Office) -> None:
    with pytest.raises(Forbidden):
        operations.record(question(), actor=office.leader, desk=office.desk, now=MONDAY_9AM)


def test_its_registrar_corrects_and_the_change_is_noted(office: Office) -> None:
    made = asked(office)
    changes: dict[str, Any] = {
        "answer": "到法庭问",
        "phone": None,
        "guided_to": [OrganisationKind.PEOPLE_COURT],
    }
    correct(office, made, office.window, **changes)
    kept = row(made)
    told = (kept.answer, kept.phone_sealed, kept.guided_to, kept.version)
    assert told == ("到法庭问", None, ["people_court"], 2)
    event = db.session.scalars(sa.select(Event).where(Event.action == "correct")).one()
    assert event.detail == {"fields": ["answer", "guided_to", "phone"]}


def test_the_director_corrects_and_a_colleague_only_reads(office: Office) -> None:
    made = asked(office)
    correct(office, made, office.director, answer="到法庭问")
    colleague = office.actor(Role.WINDOW, name="second")
    assert not queries.one(made, actor=colleague, desk=office.desk, now=MONDAY_9AM).may_correct
    with pytest.raises(Forbidden):
        correct(office, made, colleague, version=2, answer="不知道")


def test_another_unit_does_not_learn_that_it_exists(office: Office) -> None:
    made = asked(office)
    with pytest.raises(NotFound):
        correct(office, made, office.mediator, answer="不知道")


def test_who_comes_second_is_told_what_changed(office: Office) -> None:
    made = asked(office)
    correct(office, made, office.window, answer="到法庭问")
    with pytest.raises(Stale) as refusal:
        correct(office, made, office.window, answer="不知道")
    assert refusal.value.changed == ["answer"]


def test_a_dispute_that_came_of_it_is_noted_once(office: Office) -> None:
    made, first, second = asked(office), registered(office), registered(office)
    for dispute, taken in ((first, True), (second, False)):
        with transaction() as session:
            noted = operations.became(
                session, made, dispute.id, actor=office.window, now=MONDAY_9AM
            )
        assert noted is taken
    assert (row(made).dispute_id, row(made).version) == (first.id, 2)


def test_neither_a_stranger_s_nor_an_unknown_one_becomes_a_dispute(office: Office) -> None:
    made, dispute = asked(office), registered(office)
    with transaction() as session:
        told = [
            operations.became(session, each, dispute.id, actor=actor, now=MONDAY_9AM)
            for each, actor in ((made, office.mediator), (uuid4(), office.window))
        ]
    assert (told, row(made).dispute_id) == ([False, False], None)


def test_a_consultation_is_no_dispute(office: Office) -> None:
    asked(office)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Dispute)) == 0
