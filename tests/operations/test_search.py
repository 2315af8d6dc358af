"""Exact search by ID number: limited, written down, never told more than may be seen."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role
from models import Event, db
from service.errors import Forbidden, Invalid, TooOften
from service.operations import search
from service.operations.search import SamePerson
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, registered
from tests.factories.moment import MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office
from tests.factories.person import resident_id

pytestmark = pytest.mark.usefixtures("inside")
NUMBER = str(APPLICANT["id_number"])


def look(office: Office, actor: Actor, number: str = NUMBER) -> SamePerson:
    return search.by_identity(number, actor=actor, desk=office.desk, now=MONDAY_10AM)


def noted() -> list[tuple[str, dict[str, int]]]:
    rows = db.session.execute(
        sa.select(Event.action, Event.detail).where(Event.subject == "search")
    )
    return [(row.action, row.detail) for row in rows]


def test_mine_are_shown_others_told_by_number_and_restricted_ones_not_at_all(
    office: Office,
) -> None:
    registered(office, now=MONDAY_9AM - timedelta(days=3)).until(DisputeStatus.MEDIATING)
    registered(office)
    registered(office, actor=office.mediator, restricted=True)
    second = office.actor(Role.WINDOW, name="second")
    for clerk, mine, others in ((office.window, [2], [1]), (second, [], [2, 1])):
        told = look(office, clerk)
        assert [int(row.number[-2:]) for row in told.rows] == mine
        assert [int(each.number[-2:]) for each in told.elsewhere] == others
    everything = look(office, office.director)
    assert sorted(int(row.number[-2:]) for row in everything.rows) == [1, 2]
    assert everything.elsewhere == []


def test_each_search_is_written_down_without_the_number(office: Office) -> None:
    registered(office)
    look(office, office.window)
    look(office, office.window, resident_id(77))
    assert noted() == [
        ("identity", {"found": 1, "elsewhere": 0}),
        ("identity", {"found": 0, "elsewhere": 0}),
    ]


def test_a_number_that_does_not_check_is_refused_and_counts_as_no_search(office: Office) -> None:
    wrong = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    for _ in range(35):
        with pytest.raises(Invalid) as refusal:
            look(office, office.window, wrong)
        assert refusal.value.fields == {"q": ["身份证号校验码不符，请核对"]}
    assert noted() == []
    look(office, office.window)


def test_thirty_an_hour_and_sixty_for_the_director(office: Office) -> None:
    for actor, most in ((office.window, 30), (office.director, 60)):
        for _ in range(most):
            look(office, actor, resident_id(5))
        with pytest.raises(TooOften):
            look(office, actor, resident_id(5))
    assert len(noted()) == 90


def test_who_may_not_is_refused(office: Office) -> None:
    for role in (Role.LEADER, Role.LEGAL, Role.SYSADMIN, Role.AUDITOR):
        with pytest.raises(Forbidden):
            look(office, office.actor(role))


def test_an_old_number_of_fifteen_digits_is_the_same_person(office: Office) -> None:
    registered(office)
    assert len(look(office, office.window, NUMBER[:6] + NUMBER[8:17]).rows) == 1
