"""Every change is one event in the transaction of the change; what fails leaves none."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus
from models import Event, db, transaction
from service.operations.event import record
from service.queries import event as queries
from service.rules.access import Actor
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")


def test_the_life_of_a_dispute_is_told_in_its_order_with_its_versions(office: Office) -> None:
    handling = registered(office).until(DisputeStatus.ARCHIVED)
    told = db.session.execute(
        sa.select(Event.action, Event.from_status, Event.to_status, Event.version)
        .where(Event.subject == "dispute", Event.subject_id == handling.id)
        .order_by(Event.id)
    ).all()
    assert [tuple(each) for each in told] == [
        ("register", None, "registered", 1),
        ("dispatch", "registered", "dispatched", 2),
        ("accept", "dispatched", "accepted", 3),
        ("start", "accepted", "mediating", 4),
        ("agree", "mediating", "agreed", 5),
        ("close", "agreed", "closed", 6),
        ("archive", "closed", "archived", 7),
    ]


def test_an_event_says_who_where_and_in_which_request(office: Office) -> None:
    clerk = office.window
    actor = Actor(clerk.user_id, clerk.name, clerk.organisation_id, clerk.roles, "r-1")
    handling = registered(office, actor=actor)
    event = db.session.scalars(sa.select(Event).where(Event.subject_id == handling.id)).one()
    assert (event.happened_at, event.actor_id, event.organisation_id, event.request_id) == (
        MONDAY_9AM,
        clerk.user_id,
        office.units["centre"],
        "r-1",
    )


def test_an_event_of_what_fails_is_not_kept() -> None:
    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    assert db.session.scalar(sa.select(sa.func.count(Event.id))) == 0


def record_and_fail() -> None:
    """Write an event, then fail."""
    with transaction() as session:
        record(session, uuid4(), subject="dispute", action="x", actor=None, now=MONDAY_9AM)
        session.flush()
        raise ZeroDivisionError


def test_the_timeline_goes_on_where_a_page_ended(office: Office) -> None:
    handling = registered(office).until(DisputeStatus.MEDIATING)
    first = queries.of_subject("dispute", handling.id, limit=3)
    rest = queries.of_subject("dispute", handling.id, limit=3, cursor=first.next_cursor)
    assert [each.action for each in first.items] == ["register", "dispatch", "accept"]
    assert [each.action for each in rest.items] == ["start"]
    assert rest.next_cursor is None


def test_the_timeline_names_people_and_units_and_the_system_by_nobody(office: Office) -> None:
    handling = registered(office)
    with transaction() as session:
        record(session, handling.id, subject="dispute", action="sweep", actor=None, now=MONDAY_9AM)
    told = queries.of_subject("dispute", handling.id).items
    assert [(each.actor, each.organisation) for each in told] == [
        (office.window.name, "柳溪镇综治中心"),
        (None, None),
    ]
