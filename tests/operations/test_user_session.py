"""Sessions: one sees one's own, ends them, and only administrators end somebody else's."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.vocabulary import STAFF, Role
from models import Event, db
from service.errors import Forbidden, NotFound
from service.operations import sign_in as door
from service.operations import user_session as operations
from service.operations.sign_in import SignedIn
from service.queries import user_session as queries
from service.queries.user_session import SessionView
from service.rules.access import Actor
from service.rules.origin import Origin
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import PASSWORD, Office

MINUTE = timedelta(minutes=1)
NOW = MONDAY_9AM + 5 * MINUTE
pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def clerk(office: Office) -> Actor:
    return office.actor(Role.WINDOW, password=PASSWORD)


def sign_in(office: Office, place: int = 0) -> SignedIn:
    origin = Origin(f"192.0.2.{place}", "Chrome · Windows")
    now = MONDAY_9AM + place * MINUTE
    return door.sign_in("window-centre", PASSWORD, origin=origin, desk=office.desk, now=now)


def running(office: Office, actor: Actor, token: str = "") -> list[SessionView]:
    policy = office.desk.policy.sign_in
    return queries.running(actor.user_id, policy=policy, now=NOW, token=token)


def test_one_sees_where_one_is_signed_in_the_newest_first(office: Office, clerk: Actor) -> None:
    tokens = [sign_in(office, place).token for place in range(2)]
    seen = [(each.address, each.device, each.current) for each in running(office, clerk, tokens[0])]
    assert seen == [
        ("192.0.2.1", "Chrome · Windows", False),
        ("192.0.2.0", "Chrome · Windows", True),
    ]


def test_what_ended_or_idled_out_is_not_shown(office: Office, clerk: Actor) -> None:
    sign_in(office)
    policy = office.desk.policy.sign_in
    late = MONDAY_9AM + 30 * MINUTE
    assert queries.running(clerk.user_id, policy=policy, now=late) == []
    operations.end(running(office, clerk)[0].id, actor=clerk, desk=office.desk, now=NOW)
    assert running(office, clerk) == []


def test_ending_the_others_leaves_this_one(office: Office, clerk: Actor) -> None:
    tokens = [sign_in(office, place).token for place in range(3)]
    assert operations.end_others(tokens[1], actor=clerk, now=NOW) == 2
    assert [each.current for each in running(office, clerk, tokens[1])] == [True]
    assert operations.end_others(tokens[1], actor=clerk, now=NOW) == 0


@pytest.mark.parametrize("role", sorted(set(STAFF) - {Role.WINDOW}))
def test_somebody_elses_session_is_missing_unless_one_may_end_it(
    office: Office, clerk: Actor, role: Role
) -> None:
    sign_in(office)
    session_id = running(office, clerk)[0].id
    if role in (Role.SYSADMIN, Role.SECADMIN):
        operations.end(session_id, actor=office.actor(role), desk=office.desk, now=NOW)
        assert running(office, clerk) == []
        return
    with pytest.raises(NotFound):
        operations.end(session_id, actor=office.actor(role), desk=office.desk, now=NOW)
    with pytest.raises(Forbidden):
        operations.end_all(clerk.user_id, actor=office.actor(role), desk=office.desk, now=NOW)
    assert len(running(office, clerk)) == 1


def test_an_administrator_ends_all_of_somebody_and_it_is_an_event(
    office: Office, clerk: Actor
) -> None:
    for place in range(3):
        sign_in(office, place)
    admin = office.actor(Role.SYSADMIN)
    operations.end_all(clerk.user_id, actor=admin, desk=office.desk, now=NOW)
    operations.end_all(clerk.user_id, actor=admin, desk=office.desk, now=NOW)
    assert running(office, clerk) == []
    told = db.session.scalars(sa.select(Event.action).where(Event.actor_id == admin.user_id)).all()
    assert told == ["end-sessions"]
    with pytest.raises(NotFound):
        operations.end_all(office.units["centre"], actor=admin, desk=office.desk, now=NOW)
