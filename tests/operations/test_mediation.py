"""Sessions and visits: only where they belong, sealed, each with its event."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role, Step, VisitResult
from models import Event, MediationSession, Party, Visit, db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import mediation as operations
from service.queries import mediation as queries
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, MONDAY_10AM, TUESDAY
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus


def hold(handling: Handling, **changes: Any) -> UUID:
    """One meeting, recorded by the mediator."""
    told: dict[str, Any] = {
        "held_at": MONDAY_9AM,
        "place": "调解室一",
        "attendance": [],
        "minutes": "双方各说各的，约好再谈",
        "actor": handling.office.mediator,
    } | changes
    actor = told.pop("actor")
    return operations.hold_session(
        handling.id, told, actor=actor, desk=handling.office.desk, now=MONDAY_10AM
    )


def visit(handling: Handling, **changes: Any) -> UUID:
    """One visit, recorded by the mediator."""
    told: dict[str, Any] = {
        "visited_on": MONDAY,
        "result": VisitResult.PERFORMED,
        "satisfied": True,
        "note": "滴水檐已经修好",
        "actor": handling.office.mediator,
    } | changes
    actor = told.pop("actor")
    return operations.visit(
        handling.id, told, actor=actor, desk=handling.office.desk, now=MONDAY_10AM
    )


def test_sessions_are_numbered_in_their_order_and_read_as_written(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    applicant, respondent = db.session.scalars(sa.select(Party.id).order_by(Party.position))
    came = [
        {"party": applicant, "attended": True},
        {"party": respondent, "attended": False},
    ]
    first, second = hold(handling, attendance=came), hold(handling, minutes="谈成了")
    shown = queries.sessions(handling.id, actor=office.mediator, desk=office.desk, now=MONDAY_10AM)
    assert [(each.id, each.ordinal, each.held_at, each.place, each.minutes) for each in shown] == [
        (first, 1, MONDAY_9AM, "调解室一", "双方各说各的，约好再谈"),
        (second, 2, MONDAY_9AM, "调解室一", "谈成了"),
    ]
    assert {each["party"]: each["attended"] for each in shown[0].attendance} == {
        str(applicant): True,
        str(respondent): False,
    }


def test_minutes_and_notes_are_sealed(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    hold(handling)
    handling.until(S.AGREED)
    visit(handling)
    minutes = db.session.scalars(sa.select(MediationSession.minutes_sealed)).one()
    note = db.session.scalars(sa.select(Visit.note_sealed)).one()
    assert "各说各的".encode() not in minutes
    assert "滴水檐".encode() not in (note or b"")


def test_a_session_and_a_visit_are_one_event_each_without_their_words(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    hold(handling)
    handling.until(S.AGREED)
    visit(handling)
    told = db.session.execute(
        sa.select(Event.action, Event.detail, Event.reason)
        .where(Event.action.in_(["session", "visit"]))
        .order_by(Event.id)
    ).all()
    assert [tuple(each) for each in told] == [
        ("session", {"ordinal": 1}, None),
        ("visit", {"result": "performed"}, None),
    ]


@pytest.mark.parametrize("status", [each for each in S if each is not S.MEDIATING])
def test_a_session_is_held_only_while_it_is_mediated(office: Office, status: S) -> None:
    handling = registered(office).until(status)
    with pytest.raises((Conflict, Forbidden, NotFound)):
        hold(handling)
    assert db.session.scalar(sa.select(sa.func.count(MediationSession.id))) == 0


@pytest.mark.parametrize("status", [each for each in S if each not in (S.AGREED, S.CLOSED)])
def test_a_visit_follows_an_agreement_or_an_ending(office: Office, status: S) -> None:
    handling = registered(office).until(status)
    with pytest.raises((Conflict, Forbidden, NotFound)):
        visit(handling)
    assert db.session.scalar(sa.select(sa.func.count(Visit.id))) == 0


def test_a_visit_may_follow_the_ending(office: Office) -> None:
    handling = registered(office).until(S.CLOSED)
    made = visit(handling, satisfied=None, note=None)
    (shown,) = queries.visits(handling.id, actor=office.mediator, desk=office.desk, now=MONDAY_10AM)
    assert (shown.id, shown.visited_on, shown.satisfied, shown.note) == (made, MONDAY, None, None)


def test_a_visit_of_tomorrow_is_refused_at_its_field(office: Office) -> None:
    handling = registered(office).until(S.CLOSED)
    with pytest.raises(Invalid) as refusal:
        visit(handling, visited_on=TUESDAY)
    assert list(refusal.value.fields) == ["visited_on"]


def test_a_session_of_later_today_is_refused_at_its_field(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    with pytest.raises(Invalid) as refusal:
        hold(handling, held_at=MONDAY_10AM.replace(minute=1))
    assert list(refusal.value.fields) == ["held_at"]


def test_only_parties_of_the_dispute_attend(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    with pytest.raises(Invalid) as refusal:
        hold(handling, attendance=[{"party": uuid4(), "attended": True}])
    assert list(refusal.value.fields) == ["attendance"]


def test_another_mediator_neither_records_nor_reads(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    hold(handling)
    colleague = office.actor(Role.MEDIATOR, "committee", name="second")
    with pytest.raises(NotFound):
        hold(handling, actor=colleague)
    for look in (queries.sessions, queries.agreement, queries.visits):
        with pytest.raises(NotFound):
            look(handling.id, actor=colleague, desk=office.desk, now=MONDAY_10AM)


def test_who_may_only_read_records_nothing(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    for reader in (office.liaison, office.director):
        with pytest.raises(Forbidden):
            hold(handling, actor=reader)


def test_the_newest_agreement_is_shown_as_it_was_made(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    handling.take(
        Step.AGREE,
        {"form": "written", "terms": "各出一半", "amount": "12.30", "performed_by": "2026-12-01"},
    )
    shown = queries.agreement(handling.id, actor=office.mediator, desk=office.desk, now=MONDAY_10AM)
    assert shown is not None
    assert (shown.form, shown.terms, shown.amount_fen, shown.agreed_on, shown.performed_by) == (
        "written",
        "各出一半",
        1230,
        MONDAY,
        date(2026, 12, 1),
    )


def test_without_an_agreement_there_is_none(office: Office) -> None:
    handling = registered(office)
    assert (
        queries.agreement(handling.id, actor=office.director, desk=office.desk, now=MONDAY_10AM)
        is None
    )
