"""The inbox: one's own, unread first, and of what is no longer one's to see only the number."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.vocabulary import Danger, DisputeStatus, NoticeKind, Role, Step
from service.errors import Invalid, NotFound
from service.operations import correction, ladder
from service.operations import notice as operations
from service.queries import notice as queries
from service.queries.notice import NoticeView
from service.rules.access import Actor
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def director(office: Office) -> Actor:
    """The director is at work before anything comes in."""
    return office.director


def inbox(office: Office, actor: Actor, limit: int = 25) -> list[NoticeView]:
    """Everything in somebody's inbox, page by page."""
    found: list[NoticeView] = []
    cursor = None
    while True:
        page = queries.page(
            actor=actor, desk=office.desk, now=MONDAY_9AM, limit=limit, cursor=cursor
        )
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_unread_comes_first_and_each_part_newest_first(office: Office) -> None:
    director = office.director
    made = [registered(office, now=MONDAY_9AM + MINUTE * each).id for each in range(4)]
    for each in inbox(office, director):
        if each.dispute_id in (made[1], made[3]):
            operations.read(each.id, actor=director, now=MONDAY_9AM)
    for limit in (1, 2, 3, 25):
        found = [each.dispute_id for each in inbox(office, director, limit)]
        assert found == [made[2], made[0], made[3], made[1]]
    assert queries.unread(actor=director, desk=office.desk, now=MONDAY_9AM) == 2


def test_danger_to_people_comes_first_however_long_the_pages(office: Office) -> None:
    danger: dict[str, Any] = {"facts": {"danger": True}}
    told: list[dict[str, Any]] = [danger, {}, danger, {}]
    made = [registered(office, now=MONDAY_9AM + MINUTE * n, **t).id for n, t in enumerate(told)]
    for limit in (1, 2, 3, 25):
        found = inbox(office, office.director, limit)
        assert [each.dispute_id for each in found] == [made[2], made[0], made[3], made[1]]
        assert [each.urgent for each in found] == [True, True, False, False]


def test_danger_stands_first_too_where_it_was_sent_to(office: Office) -> None:
    liaison = office.liaison
    first = registered(office, facts={"danger": True})
    first.take(Step.DISPATCH, {"reason": "就近先到场"})
    registered(office, now=MONDAY_9AM + MINUTE).until(
        DisputeStatus.DISPATCHED, now=MONDAY_9AM + MINUTE
    )
    found = inbox(office, liaison)
    assert [each.kind for each in found] == [NoticeKind.DISPATCHED] * 2
    assert (found[0].dispute_id, found[0].urgent, found[1].urgent) == (first.id, True, False)


def test_a_notice_says_kind_number_and_stage(office: Office) -> None:
    handling = registered(office)
    (told,) = inbox(office, office.director)
    assert (told.kind, told.number, told.status, told.dispute_id, told.read_at) == (
        NoticeKind.REGISTERED,
        handling.row.number,
        DisputeStatus.REGISTERED,
        handling.id,
        None,
    )


def test_of_what_is_no_longer_ones_own_only_the_number_is_left(office: Office) -> None:
    mediator, colleague = office.mediator, office.actor(Role.MEDIATOR, "committee", name="next")
    handling = registered(office).until(DisputeStatus.DISPATCHED)
    (before,) = inbox(office, mediator)
    assert before.kind is NoticeKind.ASSIGNED
    handling.take(Step.ASSIGN, {"mediator": str(colleague.user_id)}, actor=office.liaison)
    (after,) = inbox(office, mediator)
    assert (after.number, after.kind, after.status, after.dispute_id) == (
        handling.row.number,
        None,
        None,
        None,
    )
    assert queries.unread(actor=mediator, desk=office.desk, now=MONDAY_9AM) == 0


def test_what_time_took_out_of_ones_hands_waits_no_longer(office: Office) -> None:
    clerk = office.window
    registered(office).until(DisputeStatus.CLOSED)
    (told,) = inbox(office, clerk)
    assert (told.kind, told.waits) == (NoticeKind.CLOSED, True)
    later = MONDAY_9AM + timedelta(days=2)
    assert queries.unread(actor=clerk, desk=office.desk, now=later) == 0
    (left,) = queries.page(actor=clerk, desk=office.desk, now=later).items
    assert (left.dispute_id, left.waits) == (None, False)


def test_nobody_reads_the_notices_of_others(office: Office) -> None:
    registered(office)
    (told,) = inbox(office, office.director)
    assert inbox(office, office.window) == []
    with pytest.raises(NotFound):
        queries.one(told.id, actor=office.window, desk=office.desk, now=MONDAY_9AM)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJub3doZXJlIiwgIjIwMjYtMDEtMDEiLCAieCJd"])
def test_a_cursor_that_was_not_made_here_is_refused(office: Office, cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        queries.page(actor=office.director, desk=office.desk, now=MONDAY_9AM, cursor=cursor)
    assert list(refusal.value.fields) == ["cursor"]


def test_what_is_not_theirs_any_more_stays_in_the_inbox_of_who_went_to_another_unit(
    office: Office,
) -> None:
    moved = office.somebody("moved", {Role.MEDIATOR}, "committee")
    handling = registered(office)
    handling.take(Step.DISPATCH, {"mediator": None})
    assert [each.waits for each in inbox(office, moved)] == [True]
    moved = replace(moved, organisation_id=office.units["station"])
    (told,) = inbox(office, moved)  # nobody is named: to SQL that is NULL
    assert (told.number, told.kind, told.dispute_id) == (handling.row.number, None, None)
    assert (told.waits, told.urgent, told.danger) == (False, False, Danger.NONE)


def test_danger_that_was_corrected_away_waits_no_longer(office: Office) -> None:
    handling = registered(office, facts={"danger": True})
    (before,) = inbox(office, office.director)
    correction.correct(
        handling.id,
        {"facts": {}},
        version=1,
        actor=office.director,
        desk=office.desk,
        now=MONDAY_9AM + MINUTE,
    )
    (after,) = inbox(office, office.director)
    assert (before.urgent, before.danger) == (True, Danger.PRESENT)
    assert (after.kind, after.waits, after.danger) == (NoticeKind.DANGER, False, Danger.NONE)


def test_a_reminder_names_its_term_to_who_may_read_the_dispute(office: Office) -> None:
    director = office.director
    open_one, sealed = registered(office), registered(office, restricted=True)
    looked = MONDAY_9AM + timedelta(days=1, hours=1)
    ladder.tell_due(desk=office.desk, now=looked)
    found = queries.page(actor=director, desk=office.desk, now=looked).items
    reminders = [each for each in found if each.kind is NoticeKind.CLOCK]
    assert {(each.dispute_id, each.term) for each in reminders} == {
        (open_one.id, "分流"),
        (sealed.id, None),
    }
    (opened,) = [each for each in reminders if each.dispute_id == open_one.id]
    assert queries.one(opened.id, actor=director, desk=office.desk, now=looked) == opened
