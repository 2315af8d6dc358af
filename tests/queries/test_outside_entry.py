"""What is still to be entered elsewhere: the newest first, and never a walk through the town."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from config.vocabulary import DisputeStatus, OutsideSystem, Role
from service.operations import outside_entry as operations
from service.operations.outside_entry import EntryDraft
from service.queries import outside_entry as queries
from service.queries.outside_entry import Missing
from service.rules.access import Actor
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.statements import plans

pytestmark = pytest.mark.usefixtures("inside")
SYSTEM = OutsideSystem.MOJ_MEDIATION


def look(office: Office, actor: Actor, **more: Any) -> Missing:
    """A page of what somebody has still to enter."""
    return queries.missing(SYSTEM, actor=actor, desk=office.desk, now=MONDAY_9AM, **more)


def ids(page: Missing) -> list[UUID]:
    return [row.id for row in page.items]


def came(office: Office, count: int) -> list[UUID]:
    """So many disputes of the window, a minute between them, the newest first."""
    first: datetime = MONDAY_9AM - timedelta(hours=1)
    made = [registered(office, now=first + timedelta(minutes=each)).id for each in range(count)]
    return made[::-1]


def enter(office: Office, dispute_id: UUID) -> None:
    """Enter one of them."""
    draft = EntryDraft(system=SYSTEM, number=f"司-{dispute_id}", entered_on=MONDAY)
    operations.enter(dispute_id, draft, actor=office.director, desk=office.desk, now=MONDAY_9AM)


def test_the_newest_of_the_window_comes_first_with_the_total(office: Office) -> None:
    made = came(office, 5)
    enter(office, made[1])
    left = [made[0], *made[2:]]
    for actor in (office.window, office.director):
        first = look(office, actor, limit=3)
        assert (ids(first), first.total, first.looked_at) == (left[:3], 4, None)
        rest = look(office, actor, limit=3, cursor=first.next_cursor)
        assert (ids(rest), rest.total, rest.next_cursor) == (left[3:], 4, None)


def test_a_page_looks_at_a_stretch_and_the_next_one_goes_on(office: Office) -> None:
    made = came(office, 6)
    for each in made[:4]:
        enter(office, each)
    first = look(office, office.director, most=3, limit=1)
    assert (ids(first), first.total, first.looked_at) == (made[4:5], 0, 3)
    second = look(office, office.director, most=3, cursor=first.next_cursor)
    assert (ids(second), second.next_cursor) == (made[5:], None)


def test_a_page_goes_on_until_it_finds_something_but_not_for_ever(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "STRETCHES", 2)
    made = came(office, 5)
    for each in made[:4]:
        enter(office, each)
    first = look(office, office.director, most=2)
    assert (ids(first), first.next_cursor is None) == ([], False)
    second = look(office, office.director, most=2, cursor=first.next_cursor)
    assert (ids(second), second.next_cursor) == (made[4:], None)


def test_who_has_several_reaches_finds_everything_once(office: Office) -> None:
    both = office.somebody("both-1", {Role.WINDOW, Role.MEDIATOR})
    mine = [
        registered(office, actor=both, now=MONDAY_9AM - timedelta(minutes=each)).id
        for each in (1, 2, 3)
    ]
    led = registered(office, now=MONDAY_9AM).until(DisputeStatus.MEDIATING)
    assert led.id not in mine
    found, cursor = list[UUID](), None
    for _ in range(6):
        page = look(office, both, most=2, limit=2, cursor=cursor)
        found, cursor = found + ids(page), page.next_cursor
        if cursor is None:
            break
    assert (found, cursor) == (mine, None)


@pytest.mark.plans
@pytest.mark.parametrize(
    ("role", "unit", "index"),
    [
        (Role.DIRECTOR, "centre", "ix_dispute_newest"),
        (Role.WINDOW, "centre", "ix_dispute_registrar_newest"),
        (Role.MEDIATOR, "committee", "ix_dispute_mediator_newest"),
        (Role.LIAISON, "committee", "ix_dispute_organisation_newest"),
    ],
)
def test_every_look_follows_an_index(office: Office, role: Role, unit: str, index: str) -> None:
    came(office, 3)
    actor = office.actor(role, unit)
    place = look(office, office.director, limit=1).next_cursor
    told = plans(lambda: look(office, actor, limit=1, cursor=place))
    stretches = [plan for plan in told if index in plan]
    assert len(stretches) == 4  # where it ends, what stands there, both from the top
    from_the_top = plans(lambda: look(office, actor, limit=1))
    assert len([plan for plan in from_the_top if index in plan]) == 3  # it is asked once
    whole = re.compile(r"SCAN dispute(?! USING)|Seq Scan on dispute\b")
    assert [plan for plan in told if whole.search(plan)] == []
