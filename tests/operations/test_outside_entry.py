"""Entries in the systems of others: kept once, warned of twice, taken back with a reason."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, OutsideSystem, Role, Source, Step
from models import Event, OutsideEntry, db
from service.errors import Forbidden, Invalid, NotFound
from service.operations import outside_entry as operations
from service.operations.outside_entry import EntryDraft
from service.queries import event
from service.queries import outside_entry as queries
from service.queries.outside_entry import Twin
from service.rules.access import Actor
from service.rules.dispute import OPEN
from tests.factories.dispute import Handling, let_in, registered
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S, X = DisputeStatus, OutsideSystem


def enter(handling: Handling, *, actor: Actor | None = None, **changes: Any) -> UUID:
    """Note that the hotline keeps it under 2026-77; what is named is otherwise."""
    told: dict[str, Any] = {
        "system": X.HOTLINE_12345,
        "number": "2026-77",
        "entered_on": MONDAY,
    } | changes
    office = handling.office
    return operations.enter(
        handling.id,
        EntryDraft(**told),
        actor=actor or office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )


def numbers(handling: Handling, actor: Actor | None = None) -> list[tuple[str, str, date]]:
    """What stands at a dispute."""
    office = handling.office
    found = queries.of_dispute(
        handling.id, actor=actor or office.director, desk=office.desk, now=MONDAY_9AM
    )
    return [(each.system.value, each.number, each.entered_on) for each in found]


def missing(office: Office, system: OutsideSystem, actor: Actor, **more: Any) -> set[UUID]:
    """What somebody has still to enter."""
    page = queries.missing(system, actor=actor, desk=office.desk, now=MONDAY_9AM, **more)
    return {row.id for row in page.items}


def test_the_number_and_the_day_are_kept_in_the_order_of_the_days(office: Office) -> None:
    handling = registered(office)
    enter(handling, system=X.MOJ_MEDIATION, number="司-1")
    enter(handling, entered_on=MONDAY - timedelta(days=3))  # it came from there
    assert numbers(handling) == [
        ("hotline_12345", "2026-77", date(2026, 10, 30)),
        ("moj_mediation", "司-1", MONDAY),
    ]


def test_a_day_to_come_is_refused_at_its_field(office: Office) -> None:
    handling = registered(office)
    with pytest.raises(Invalid) as refusal:
        enter(handling, entered_on=MONDAY + timedelta(days=1))
    assert (list(refusal.value.fields), numbers(handling)) == (["entered_on"], [])


def test_the_same_number_of_the_same_system_stands_once(office: Office) -> None:
    handling = registered(office)
    enter(handling)
    with pytest.raises(Invalid) as refusal:
        enter(handling, entered_on=MONDAY - timedelta(days=1))
    assert list(refusal.value.fields) == ["number"]
    enter(handling, system=X.GRID)
    assert len(numbers(handling)) == 2


def test_a_second_number_of_a_system_is_asked_about(office: Office) -> None:
    handling = registered(office)
    enter(handling)
    with pytest.raises(Invalid) as refusal:
        enter(handling, number="2026-78")
    name = office.director.name
    held = f"2026-77（{name} 11月2日）"
    told = f"这件纠纷在12345热线平台里已经登记了 {held}，请选是更正还是另有一个编号"
    assert refusal.value.fields == {"correction": [told]}
    enter(handling, number="2026-79", correction=False)
    assert {number for _, number, _ in numbers(handling)} == {"2026-77", "2026-79"}


def test_a_corrected_number_gives_way_and_stays_in_the_course(office: Office) -> None:
    handling = registered(office)
    enter(handling)
    enter(handling, number="2026-78", correction=True)
    assert [number for _, number, _ in numbers(handling)] == ["2026-78"]
    told = event.of_dispute(
        handling.id, actor=office.director, desk=office.desk, now=MONDAY_9AM
    ).items
    assert [(each.action, each.reason, each.detail["number"]) for each in told[-2:]] == [
        ("outside-withdraw", "更正为 2026-78", "2026-77"),
        ("outside-entry", None, "2026-78"),
    ]


def test_of_several_numbers_the_one_that_is_named_is_corrected(office: Office) -> None:
    handling = registered(office)
    first = enter(handling)
    enter(handling, number="2026-78", correction=False)
    with pytest.raises(Invalid) as refusal:
        enter(handling, number="2026-79", correction=True)
    assert list(refusal.value.fields) == ["corrects"]
    assert {number for _, number, _ in numbers(handling)} == {"2026-77", "2026-78"}
    enter(handling, number="2026-79", correction=True, corrects=first)
    assert {number for _, number, _ in numbers(handling)} == {"2026-78", "2026-79"}


@pytest.mark.parametrize("correction", [True, False, None])
def test_what_does_not_stand_there_is_not_corrected(
    office: Office, correction: bool | None
) -> None:
    handling = registered(office)
    other = enter(handling, system=X.GRID)
    with pytest.raises(Invalid) as refusal:
        enter(handling, correction=correction, corrects=other)
    assert (list(refusal.value.fields), len(numbers(handling))) == (["corrects"], 1)


def test_who_may_enter(office: Office) -> None:
    handling = registered(office).until(S.MEDIATING)
    for number, actor in enumerate((office.director, office.mediator, office.liaison)):
        enter(handling, actor=actor, number=str(number), correction=False)
    with pytest.raises(NotFound):
        enter(handling, actor=office.actor(Role.LIAISON, "station"))
    assisting = registered(office)
    assisting.take(Step.DISPATCH, {"assist": [str(office.units["station"])]})
    with pytest.raises(Forbidden):
        enter(assisting, actor=office.actor(Role.LIAISON, "station"))


def test_another_dispute_under_the_same_number_is_named_to_who_may_see_it(office: Office) -> None:
    first, second = registered(office), registered(office).until(S.MEDIATING)
    enter(first)
    enter(second)

    def twins(actor: Actor) -> list[Twin]:
        return queries.twins(
            second.id, X.HOTLINE_12345, "2026-77", actor=actor, desk=office.desk, now=MONDAY_9AM
        )

    assert twins(office.director) == [Twin(first.id, first.row.number)]
    assert twins(office.mediator) == [Twin(None, None)]
    assert not queries.twins(
        second.id, X.GRID, "2026-77", actor=office.director, desk=office.desk, now=MONDAY_9AM
    )


def withdraw(handling: Handling, entry_id: UUID, reason: str = "编号抄错了") -> None:
    """Take an entry back."""
    office = handling.office
    operations.withdraw(
        handling.id, entry_id, reason, actor=office.director, desk=office.desk, now=MONDAY_9AM
    )


def test_what_was_taken_back_stays_in_the_course_of_the_dispute(office: Office) -> None:
    handling = registered(office)
    entry = enter(handling)
    withdraw(handling, entry)
    assert numbers(handling) == []
    told = event.of_dispute(
        handling.id, actor=office.director, desk=office.desk, now=MONDAY_9AM
    ).items[-1]
    assert (told.action, told.reason) == ("outside-withdraw", "编号抄错了")
    assert told.detail == {
        "system": "hotline_12345",
        "number": "2026-77",
        "entered_on": "2026-11-02",
    }
    with pytest.raises(NotFound):
        withdraw(handling, entry)
    enter(handling)  # the right one may be the same after all


def test_an_entry_is_taken_back_only_where_it_stands(office: Office) -> None:
    entry = enter(registered(office))
    with pytest.raises(NotFound):
        withdraw(registered(office), entry)
    with pytest.raises(NotFound):
        withdraw(registered(office), uuid4())


def test_why_an_entry_of_a_restricted_dispute_was_taken_back_is_sealed(office: Office) -> None:
    handling = let_in(registered(office, restricted=True), office.director)
    withdraw(handling, enter(handling))
    stored = db.session.scalars(sa.select(Event).where(Event.action == "outside-withdraw")).one()
    assert (stored.reason, stored.reason_sealed is None) == (None, False)


def test_what_is_open_or_closed_and_not_entered_is_missing(office: Office) -> None:
    cases = {status: registered(office).until(status).id for status in S}
    director = office.director
    handled = {cases[each] for each in OPEN}
    ended = {cases[S.CLOSED], cases[S.ARCHIVED]}
    assert missing(office, X.MOJ_MEDIATION, director) == handled | ended
    assert missing(office, X.MOJ_MEDIATION, director, ended=True) == ended
    assert missing(office, X.MOJ_MEDIATION, director, ended=False) == handled
    enter(Handling(office, cases[S.CLOSED]), system=X.MOJ_MEDIATION)
    assert missing(office, X.MOJ_MEDIATION, director, ended=True) == {cases[S.ARCHIVED]}
    assert missing(office, X.GOVERNANCE, director, ended=True) == ended


def test_a_mistake_is_entered_nowhere_and_what_came_from_there_stands_there(
    office: Office,
) -> None:
    registered(office).take(Step.VOID, {"reason": "登记重复"})
    given: dict[str, Any] = {"source": Source.HOTLINE_12345, "source_reference": "H-1"}
    came = registered(office, **given).until(S.ACCEPTED)
    director = office.director
    assert missing(office, X.HOTLINE_12345, director) == set()
    assert missing(office, X.MOJ_MEDIATION, director) == {came.id}
    assert missing(office, X.HOTLINE_12345, office.window) == set()


def test_everybody_finds_only_what_is_theirs_to_enter(office: Office) -> None:
    mine = registered(office).until(S.ACCEPTED).id
    sealed = registered(office, restricted=True).until(S.ACCEPTED).id
    system = X.MOJ_MEDIATION
    assert missing(office, system, office.director) == {mine}
    assert missing(office, system, office.mediator) == {mine, sealed}
    assert missing(office, system, office.liaison) == {mine}
    assert missing(office, system, office.actor(Role.LIAISON, "station")) == set()


def test_nothing_is_kept_when_the_act_fails(office: Office) -> None:
    handling = registered(office)
    with pytest.raises(NotFound):
        enter(handling, actor=office.actor(Role.LIAISON, "station"))
    assert db.session.scalar(sa.select(sa.func.count(OutsideEntry.id))) == 0
