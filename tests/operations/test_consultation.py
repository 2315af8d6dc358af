"""Consultations: a number series of their own, sealed, corrected by few, never a dispute."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from config.vocabulary import OrganisationKind, Role
from models import Consultation, Dispute, Event, db, transaction
from service.errors import Forbidden, Invalid, NotFound, Stale
from service.operations import consultation as operations
from service.operations import correction
from service.queries import consultation as queries
from service.rules.access import Actor
from tests.factories.consultation import ANSWER, QUESTION, asked, question
from tests.factories.dispute import let_in, registered
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
                session, made, dispute.id, actor=office.window, desk=office.desk, now=MONDAY_9AM
            )
        assert noted is taken
    assert (row(made).dispute_id, row(made).version) == (first.id, 2)


def test_neither_a_stranger_s_nor_an_unknown_one_becomes_a_dispute(office: Office) -> None:
    made, dispute = asked(office), registered(office)
    with transaction() as session:
        told = [
            operations.became(
                session, each, dispute.id, actor=actor, desk=office.desk, now=MONDAY_9AM
            )
            for each, actor in ((made, office.mediator), (uuid4(), office.window))
        ]
    assert (told, row(made).dispute_id) == ([False, False], None)


def test_the_director_makes_a_dispute_of_what_another_unit_was_asked(office: Office) -> None:
    theirs = asked(office, actor=office.mediator)
    made = registered(office, actor=office.director, consultation=theirs)
    assert row(theirs).dispute_id == made.id


def test_the_words_are_sealed_when_a_restricted_dispute_comes_of_it(office: Office) -> None:
    made = asked(office)
    let_in(registered(office, restricted=True, consultation=made), office.director)
    kept = row(made)
    assert (kept.question, kept.answer, kept.version) == (None, None, 2)
    for sealed, word in ((kept.question_sealed, "房东"), (kept.answer_sealed, "司法所")):
        assert sealed is not None
        assert word.encode() not in sealed
    view = queries.one(made, actor=office.director, desk=office.desk, now=MONDAY_9AM)
    assert (view.question, view.answer) == (QUESTION, ANSWER)


def test_the_words_are_sealed_when_its_dispute_becomes_restricted(office: Office) -> None:
    made, other = asked(office), asked(office)
    case = registered(office, consultation=made)
    version = case.row.version
    correction.correct(
        case.id,
        {"facts": {"domestic_violence": True}},
        version=version,
        actor=office.window,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    kept = row(made)
    assert (kept.question, kept.answer, row(other).question) == (None, None, QUESTION)
    event = db.session.scalars(sa.select(Event).where(Event.action == "restrict")).one()
    assert (event.subject_id, event.detail) == (made, {"fields": ["question", "answer"]})
    assert case.row.version == version + 1


def test_a_correction_of_sealed_words_stays_sealed(office: Office) -> None:
    made = asked(office)
    let_in(registered(office, restricted=True, consultation=made), office.director)
    correct(office, made, office.director, version=2, answer="到法庭问")
    view = queries.one(made, actor=office.director, desk=office.desk, now=MONDAY_9AM)
    assert (row(made).answer, view.answer, view.question) == (None, "到法庭问", QUESTION)


@pytest.mark.parametrize(
    "wrong",
    [
        {"question": None},
        {"answer_sealed": b"x"},
        {"question": None, "question_sealed": b"x"},  # no dispute came of it
    ],
)
def test_words_are_either_clear_or_sealed(office: Office, wrong: dict[str, Any]) -> None:
    made = asked(office)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(sa.update(Consultation).where(Consultation.id == made).values(**wrong))


def test_a_consultation_is_no_dispute(office: Office) -> None:
    asked(office)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Dispute)) == 0
