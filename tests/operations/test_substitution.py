"""Who is away and who stands in: entered by the unit itself, refused in circles."""

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from config.vocabulary import AbsenceReason, Role
from models import Event, db
from service.errors import Forbidden, Invalid, NotFound
from service.operations import substitution as operations
from service.queries import substitution as queries
from service.rules import access
from service.rules.access import Actor
from service.rules.substitution import StandIn
from tests.factories.moment import MONDAY, MONDAY_9AM, NEXT_MONDAY, TUESDAY
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
FRIDAY = date(2026, 11, 6)


def people(office: Office) -> list[Actor]:
    """Three mediators of the committee."""
    return [office.mediator, *(office.actor(Role.MEDIATOR, "committee", name=n) for n in "bc")]


def enter(
    office: Office,
    absent: Actor,
    substitute: Actor,
    *,
    days: tuple[date, date] = (MONDAY, FRIDAY),
    actor: Actor | None = None,
) -> UUID:
    return operations.enter(
        StandIn(absent.user_id, substitute.user_id, *days),
        AbsenceReason.HOLIDAY,
        actor=actor or office.liaison,
        desk=office.desk,
        now=MONDAY_9AM,
    )


def refused(
    office: Office,
    absent: Actor,
    substitute: Actor,
    *,
    days: tuple[date, date] = (MONDAY, FRIDAY),
) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        enter(office, absent, substitute, days=days)
    return list(refusal.value.fields)


def test_it_holds_from_its_first_day_to_its_last(office: Office) -> None:
    first, second, _ = people(office)
    enter(office, first, second, days=(TUESDAY, FRIDAY))
    told = {
        day: queries.for_actor(second.user_id, day)
        for day in (MONDAY, TUESDAY, FRIDAY, date(2026, 11, 7))
    }
    mine = frozenset({first.user_id})
    assert list(told.values()) == [frozenset(), mine, mine, frozenset()]
    assert queries.away(FRIDAY)[first.user_id].substitute == second.name


def test_a_chain_is_followed_and_a_circle_refused(office: Office) -> None:
    first, second, third = people(office)
    enter(office, first, second)
    enter(office, second, third)
    assert queries.for_actor(third.user_id, MONDAY) == {first.user_id, second.user_id}
    assert refused(office, third, first) == ["substitute"]


def test_who_is_back_is_stood_in_for_no_longer(office: Office) -> None:
    first, second, _ = people(office)
    made = enter(office, first, second)
    for _ in range(2):
        operations.end(made, actor=office.liaison, desk=office.desk, now=MONDAY_9AM)
    assert queries.for_actor(second.user_id, MONDAY) == frozenset()
    enter(office, first, second)
    deeds = db.session.scalars(
        sa.select(Event.action).where(Event.subject_id == first.user_id).order_by(Event.id)
    ).all()
    assert deeds == ["create", "absence", "back", "absence"]


def test_every_wrong_field_is_named(office: Office) -> None:
    first, second, _ = people(office)
    elsewhere = office.actor(Role.MEDIATOR, "station")
    assert refused(office, elsewhere, second) == ["absent"]
    assert refused(office, first, elsewhere) == ["substitute"]
    assert refused(office, first, first) == ["substitute"]
    assert refused(office, first, office.liaison) == ["substitute"]
    assert refused(office, first, second, days=(FRIDAY, MONDAY)) == ["until"]
    past = (date(2026, 10, 1), date(2026, 10, 2))
    assert refused(office, first, second, days=past) == ["until"]
    enter(office, first, second)
    assert refused(office, first, second, days=(FRIDAY, NEXT_MONDAY)) == ["substitute"]


def test_a_unit_speaks_for_its_own_people_and_the_director_for_all(office: Office) -> None:
    first, second, _ = people(office)
    stranger = office.actor(Role.LIAISON, "station")
    with pytest.raises(Invalid):
        enter(office, first, second, actor=stranger)
    with pytest.raises(Forbidden):
        enter(office, first, second, actor=first)
    made = enter(office, first, second, actor=office.director)
    with pytest.raises(NotFound):
        operations.end(made, actor=stranger, desk=office.desk, now=MONDAY_9AM)


def test_a_unit_reads_its_own_list(office: Office) -> None:
    first, second, _ = people(office)
    enter(office, first, second)

    def read(actor: Actor) -> list[str]:
        scope = access.require(actor, "substitution.read", office.desk.policy.access)
        return [each.absent for each in queries.listed(scope, MONDAY)]

    assert read(office.mediator) == read(office.director) == [first.name]
    assert read(office.actor(Role.LIAISON, "station")) == []
    scope = access.require(office.director, "substitution.read", office.desk.policy.access)
    assert queries.listed(scope, NEXT_MONDAY) == []
