"""Looking for duplicates by number: limited by different numbers, written down when foreign."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.policy import Limit
from config.vocabulary import MatchReason, Role, Step
from models import Event, Party, db
from service.desk import Desk
from service.errors import Forbidden, TooOften
from service.operations import duplicate as operations
from service.operations import person as persons
from service.operations.duplicate import Checked
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, registered
from tests.factories.moment import MONDAY_10AM, TUESDAY_9AM
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id

pytestmark = pytest.mark.usefixtures("inside")
R = MatchReason


def few(office: Office, count: int) -> Desk:
    """A desk where so many different numbers may be looked for in an hour."""
    policy = office.desk.policy
    limits = replace(policy.limits, duplicate_numbers=Limit(count, timedelta(hours=1)))
    return replace(office.desk, policy=replace(policy, limits=limits))


def check(desk: Desk, actor: Actor, *parties: dict[str, Any], **more: Any) -> Checked:
    told = {"parties": [{"role": "applicant"} | each for each in parties]}
    return operations.check(told, actor=actor, desk=desk, **{"now": MONDAY_10AM} | more)


def codes(found: Checked) -> list[list[MatchReason]]:
    return [[reason.code for reason in each.reasons] for each in found.items]


def noted() -> list[tuple[Any, dict[str, Any]]]:
    rows = db.session.execute(
        sa.select(Event.subject_id, Event.detail)
        .where(Event.subject == "dispute", Event.action == "duplicate-shown")
        .order_by(Event.id)
    )
    return [(row.subject_id, row.detail) for row in rows]


@pytest.fixture
def foreign(office: Office) -> Handling:
    """A dispute another unit handles, which a clerk of the justice office does not see."""
    made = registered(office)
    made.take(Step.DISPATCH)
    return made


def test_typing_on_about_the_same_visitor_costs_one(office: Office) -> None:
    desk = few(office, 1)
    for name in ("王", "王小", "王小满"):
        assert check(desk, office.window, {"name": name, "phone": mobile(1)}).wait == 0
    assert check(desk, office.window, {"phone": mobile(2)}).wait == 3601
    assert check(desk, office.window, {"phone": mobile(1)}).wait == 0


def test_beyond_the_limit_nothing_is_matched_by_a_new_number(office: Office) -> None:
    registered(office)
    desk = few(office, 1)
    both = {"id_number": APPLICANT["id_number"], "phone": APPLICANT["phone"]}
    held = check(desk, office.window, both)
    assert (len(codes(held)), len(codes(held)[0]), held.wait) == (1, 1, 3601)
    named = {"role": "respondent", "name": RESPONDENT["name"]}
    unknown = {"name": APPLICANT["name"], "phone": mobile(9)}
    assert codes(check(desk, office.window, unknown, named)) == [[R.PAIR]]


def test_each_has_an_allowance_of_their_own_and_gets_it_back(office: Office) -> None:
    desk = few(office, 1)
    check(desk, office.window, {"phone": mobile(1)})
    assert check(desk, office.window, {"phone": mobile(2)}).wait > 0
    assert check(desk, office.mediator, {"phone": mobile(2)}).wait == 0
    later = MONDAY_10AM + timedelta(hours=1)
    assert check(desk, office.window, {"phone": mobile(2)}, now=later).wait == 0


def test_what_is_no_number_yet_costs_nothing(office: Office) -> None:
    desk = few(office, 0)
    half = {"id_number": "150525", "phone": "1990"}
    assert check(desk, office.window, half).wait == 0
    assert check(desk, office.window, half | {"phone": mobile(1)}).wait > 0


def test_a_busy_window_is_never_stopped_in_an_hour(office: Office) -> None:
    for visit in range(30):  # every two minutes somebody with two numbers, about somebody with two
        people = [
            {"id_number": resident_id(place), "phone": mobile(place)}
            for place in (2 * visit, 2 * visit + 1)
        ]
        assert check(office.desk, office.window, *people).wait == 0
    assert check(office.desk, office.window, {"phone": mobile(99)}).wait > 0


def test_a_foreign_dispute_shown_by_a_number_is_noted_once_a_day(
    office: Office, foreign: Handling
) -> None:
    stranger, phone = office.actor(Role.WINDOW, "justice"), {"phone": APPLICANT["phone"]}
    for _ in range(3):
        assert codes(check(office.desk, stranger, phone)) == [[R.PHONE]]
    assert noted() == [(foreign.id, {"matched_by": ["phone"]})]
    check(office.desk, stranger, {"id_number": APPLICANT["id_number"]}, now=TUESDAY_9AM)
    assert noted()[1:] == [(foreign.id, {"matched_by": ["id_number"]})]
    check(office.desk, office.actor(Role.WINDOW, "justice", name="second"), phone)
    assert len(noted()) == 3


def test_neither_one_s_own_nor_a_match_by_name_is_noted(office: Office, foreign: Handling) -> None:
    stranger = office.actor(Role.WINDOW, "justice")
    check(office.desk, office.director, {"phone": APPLICANT["phone"]})
    named = {"role": "respondent", "name": RESPONDENT["name"]}
    found = check(office.desk, stranger, {"name": APPLICANT["name"]}, named)
    assert codes(found) == [[R.PAIR]]
    assert noted() == []


def test_a_leader_checks_nothing(office: Office) -> None:
    with pytest.raises(Forbidden):
        check(office.desk, office.leader, {"phone": mobile(1)})


def test_who_looks_from_a_stored_dispute_is_as_limited_as_who_types(office: Office) -> None:
    """Its numbers can be corrected on and on."""
    mine, foreign = registered(office), registered(office, actor=office.director)
    told: dict[str, Any] = {"actor": office.window, "now": MONDAY_10AM}
    found = operations.like(mine.id, desk=office.desk, **told)
    assert [(each.number, each.id) for each in found] == [(foreign.row.number, None)]
    who = db.session.scalars(
        sa.select(Party.id).where(Party.dispute_id == mine.id, Party.role == "applicant")
    ).one()
    assert persons.look(mine.id, who, desk=office.desk, **told).others == 1
    later = told | {"now": TUESDAY_9AM, "actor": office.director}
    with pytest.raises(TooOften):
        operations.like(mine.id, desk=few(office, 1), **later)
    assert persons.look(mine.id, who, desk=few(office, 1), **later).others is None
