"""The set-up waits until the three posts are filled, and is finished once."""

import pytest

from config.vocabulary import OrganisationKind, Role
from service.errors import Conflict, Forbidden
from service.operations import organisation as organisations
from service.operations import setup as operations
from service.operations import user as users
from service.queries import setup as queries
from service.queries.setup import SetupView
from tests.factories.moment import MONDAY, MONDAY_10AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")


def state(office: Office) -> SetupView:
    return queries.state(office.desk.policy, MONDAY)


def finish(office: Office) -> None:
    operations.finish(actor=office.actor(Role.SYSADMIN), desk=office.desk, now=MONDAY_10AM)


@pytest.fixture
def told(inside: None, office: Office) -> None:
    """Somebody has said where the centre is and how to call it."""
    organisations.change(
        office.units["centre"],
        {"address": "镇东街", "phone": "0475-1"},
        version=1,
        actor=office.actor(Role.SYSADMIN),
        desk=office.desk,
        now=MONDAY_10AM,
    )


def test_it_waits_until_the_centre_was_told(office: Office) -> None:
    _ = (office.window, office.director, office.mediator)
    assert not state(office).told
    with pytest.raises(Conflict, match="本中心"):
        finish(office)


@pytest.mark.usefixtures("told")
def test_it_waits_for_window_director_and_mediator(office: Office) -> None:
    assert state(office).lacking == (Role.WINDOW, Role.DIRECTOR, Role.MEDIATOR)
    with pytest.raises(Conflict):
        finish(office)
    _ = (office.window, office.director, office.mediator)
    assert (state(office).lacking, queries.is_unfinished()) == ((), False)
    finish(office)
    finish(office)
    assert state(office).finished


@pytest.mark.usefixtures("told")
def test_whoever_left_is_missing_again_but_the_set_up_stays_finished(office: Office) -> None:
    _ = (office.director, office.mediator)
    clerk = office.window
    finish(office)
    users.disable(
        clerk.user_id, actor=office.actor(Role.SYSADMIN), desk=office.desk, now=MONDAY_10AM
    )
    assert (state(office).lacking, queries.is_unfinished()) == ((Role.WINDOW,), False)


def test_kinds_the_rules_lead_to_are_missing_until_a_unit_is_one(office: Office) -> None:
    kinds = state(office).kinds
    assert OrganisationKind.TRAFFIC_COMMITTEE in kinds
    assert not {OrganisationKind.POLICE_STATION, OrganisationKind.GOVERNANCE_CENTRE} & set(kinds)


def test_only_the_administrator_finishes_it(office: Office) -> None:
    with pytest.raises(Forbidden):
        operations.finish(actor=office.director, desk=office.desk, now=MONDAY_10AM)
