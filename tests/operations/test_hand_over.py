"""Handing over: all or nothing, within the unit, told to the new ones, then the account closes."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, NoticeKind, Role
from models import Event, Notice, User, db
from service.errors import Forbidden, Invalid, NotFound, WorkLeft
from service.operations import hand_over as operations
from service.operations import user as users
from service.operations.hand_over import Plan
from service.queries import dispute as disputes
from service.queries import hand_over as queries
from service.rules.access import Actor
from tests.factories.dispute import Handling, let_in, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus


def other(office: Office) -> Actor:
    """Another mediator of the committee."""
    return office.actor(Role.MEDIATOR, "committee", name="b")


def give(office: Office, plan: Plan, *, actor: Actor | None = None) -> int:
    return operations.hand_over(
        office.mediator.user_id,
        plan,
        actor=actor or office.actor(Role.SYSADMIN),
        desk=office.desk,
        now=MONDAY_9AM,
    )


def close(office: Office, plan: Plan | None = None) -> None:
    operations.close(
        office.mediator.user_id,
        plan,
        actor=office.actor(Role.SYSADMIN),
        desk=office.desk,
        now=MONDAY_9AM,
    )


def held(office: Office, **changes: Any) -> Handling:
    return registered(office, **changes).until(S.MEDIATING)


def active(office: Office) -> bool:
    return db.session.get_one(User, office.mediator.user_id, populate_existing=True).active


def left(refusal: pytest.ExceptionInfo[WorkLeft]) -> dict[str, int]:
    return refusal.value.left


def test_an_account_with_open_work_is_not_closed(office: Office) -> None:
    held(office)
    held(office, restricted=True)
    registered(office).until(S.CLOSED)
    with pytest.raises(WorkLeft) as refusal:
        close(office)
    assert refusal.value.left == {"disputes": 1, "restricted": 1}
    with pytest.raises(WorkLeft):
        users.disable(
            office.mediator.user_id,
            actor=office.actor(Role.SYSADMIN),
            desk=office.desk,
            now=MONDAY_9AM,
        )
    assert active(office)


def test_all_goes_to_one_in_any_stage_with_an_event_and_a_notice_each(office: Office) -> None:
    open_stages = (S.DISPATCHED, S.ACCEPTED, S.MEDIATING, S.AGREED)
    handlings = [registered(office).until(status) for status in open_stages]
    successor = other(office)
    close(office, Plan(successor.user_id))
    assert not active(office)
    for handling, status in zip(handlings, open_stages, strict=True):
        assert (handling.row.mediator_id, handling.row.status) == (successor.user_id, status)
        event = db.session.scalars(
            sa.select(Event)
            .where(Event.subject_id == handling.id)
            .order_by(Event.id.desc())
            .limit(1)
        ).one()
        assert (event.action, event.version, event.detail) == (
            "hand-over",
            handling.row.version,
            {"mediator": str(successor.user_id), "before": str(office.mediator.user_id)},
        )
    told = db.session.scalars(
        sa.select(Notice.dispute_id).where(
            Notice.user_id == successor.user_id, Notice.kind == NoticeKind.ASSIGNED
        )
    )
    assert set(told) == {handling.id for handling in handlings}


def test_the_new_one_opens_what_the_old_one_had_and_the_old_one_no_more(office: Office) -> None:
    handling, successor = held(office), other(office)
    give(office, Plan(successor.user_id))
    shown = disputes.one(handling.id, actor=successor, desk=office.desk, now=MONDAY_9AM)
    assert [party.name for party in shown.parties] == ["王小满", "李大有"]
    with pytest.raises(NotFound):
        disputes.one(handling.id, actor=office.mediator, desk=office.desk, now=MONDAY_9AM)


def test_each_may_go_to_somebody_of_its_own(office: Office) -> None:
    first, second = held(office), held(office)
    one, two = other(office), office.actor(Role.MEDIATOR, "committee", name="c")
    assert give(office, Plan(one.user_id, {second.id: two.user_id})) == 2
    assert (first.row.mediator_id, second.row.mediator_id) == (one.user_id, two.user_id)


def test_a_restricted_one_is_given_by_the_director_by_its_name(office: Office) -> None:
    plain, closed = held(office), held(office, restricted=True)
    successor = other(office)
    with pytest.raises(Invalid) as refusal:
        give(office, Plan(None, {closed.id: successor.user_id}))
    assert list(refusal.value.fields) == [f"each.{closed.id}"]
    with pytest.raises(WorkLeft) as work:
        close(office, Plan(successor.user_id))
    assert left(work) == {"disputes": 0, "restricted": 1}
    assert plain.row.mediator_id == office.mediator.user_id  # both or neither
    assert give(office, Plan(successor.user_id), actor=office.director) == 1
    assert closed.row.mediator_id == office.mediator.user_id
    assert give(office, Plan(None, {closed.id: successor.user_id}), actor=office.director) == 1
    close(office)
    assert (active(office), closed.row.mediator_id) == (False, successor.user_id)


@pytest.mark.parametrize("wrong", ["stranger", "liaison", "closed", "oneself", "nobody"])
def test_only_a_mediator_of_the_unit_who_is_there_takes_over(office: Office, wrong: str) -> None:
    handling = held(office)
    away = office.actor(Role.MEDIATOR, "committee", name="away")
    users.disable(away.user_id, actor=office.actor(Role.SYSADMIN), desk=office.desk, now=MONDAY_9AM)
    who: dict[str, UUID] = {
        "stranger": office.actor(Role.MEDIATOR, "station").user_id,
        "liaison": office.liaison.user_id,
        "closed": away.user_id,
        "oneself": office.mediator.user_id,
        "nobody": uuid4(),
    }
    with pytest.raises(Invalid) as refusal:
        give(office, Plan(who[wrong]))
    assert list(refusal.value.fields) == ["successor"]
    with pytest.raises(Invalid) as refusal:
        give(office, Plan(None, {handling.id: who[wrong]}))
    assert list(refusal.value.fields) == [f"each.{handling.id}"]
    assert handling.row.mediator_id == office.mediator.user_id


def test_one_wrong_place_leaves_all_as_it_was(office: Office) -> None:
    first, second = held(office), held(office)
    with pytest.raises(Invalid):
        give(office, Plan(other(office).user_id, {second.id: office.liaison.user_id}))
    with pytest.raises(Invalid):
        give(office, Plan(other(office).user_id, {uuid4(): other(office).user_id}))
    assert first.row.mediator_id == office.mediator.user_id


@pytest.mark.parametrize("role", [Role.WINDOW, Role.MEDIATOR, Role.LIAISON, Role.SECADMIN])
def test_nobody_else_gives_anything_to_anybody(office: Office, role: Role) -> None:
    held(office)
    with pytest.raises(Forbidden):
        give(office, Plan(other(office).user_id), actor=office.actor(role))


def test_what_is_in_hand_names_no_party_and_no_matter(office: Office) -> None:
    handling = held(office)
    shown = queries.in_hand(office.mediator.user_id, actor=office.director, desk=office.desk)
    assert [(each.number, each.category, each.organisation) for each in shown.disputes] == [
        (handling.row.number, "neighbour", "柳溪镇人民调解委员会")
    ]
    assert "王" not in str(shown)
    assert [each.id for each in queries.successors(office.mediator.user_id, shown.disputes)] == []
    successor = other(office)
    db.session.remove()
    assert [each.id for each in queries.successors(office.mediator.user_id, shown.disputes)] == [
        successor.user_id
    ]


def test_what_is_over_is_not_in_hand(office: Office) -> None:
    registered(office).until(S.ARCHIVED)
    assert queries.carried(office.mediator.user_id) == []
    close(office)
    assert not active(office)


def test_nobody_takes_over_a_restricted_dispute_they_may_not_read(office: Office) -> None:
    handling = held(office, restricted=True)
    both = office.somebody("head-who-mediates", {Role.DIRECTOR, Role.MEDIATOR}, "committee")
    with pytest.raises(Invalid) as refusal:
        give(office, Plan(each={handling.id: both.user_id}), actor=both)
    assert list(refusal.value.fields) == [f"each.{handling.id}"]
    assert handling.row.mediator_id == office.mediator.user_id
    let_in(handling, both)
    assert give(office, Plan(each={handling.id: both.user_id}), actor=both) == 1
