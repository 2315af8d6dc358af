"""Who is told of what: whoever acts next and may open it; nobody twice, nobody of their own act."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from config.vocabulary import DisputeStatus, LinkRelation, NoticeKind, Role, Step
from models import Notice, User, db, transaction
from service.errors import NotFound
from service.operations import correction
from service.operations import link as links
from service.operations import notice as operations
from service.queries import dispute as disputes
from service.rules.access import Actor
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM, NEXT_MONDAY_9AM, TUESDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S, K = DisputeStatus, NoticeKind


class Undone(Exception):
    """Ends a transaction whose effect nobody wants to keep."""


@pytest.fixture
def people(office: Office) -> dict[str, Actor]:
    """Everybody who could be told something, and some who must not be."""
    return {
        "window": office.window,
        "director": office.director,
        "second": office.actor(Role.DIRECTOR, name="second"),
        "mediator": office.mediator,
        "colleague": office.actor(Role.MEDIATOR, "committee", name="colleague"),
        "liaison": office.liaison,
        "stranger": office.actor(Role.LIAISON, "station"),
        "leader": office.leader,
    }


def told(people: dict[str, Actor], deed: str) -> dict[str, NoticeKind]:
    """Who was told of a deed, and of what."""
    names = {actor.user_id: name for name, actor in people.items()}
    found = db.session.execute(
        sa.select(Notice.user_id, Notice.kind).where(Notice.cause.startswith(f"{deed}:"))
    )
    return {names[user_id]: kind for user_id, kind in found}


def to_committee(handling: Handling, **more: Any) -> None:
    """Dispatch to the committee without naming anybody."""
    handling.take(Step.DISPATCH, {"mediator": None} | more)


def test_the_directors_are_told_what_came_in(office: Office, people: dict[str, Actor]) -> None:
    registered(office)
    assert told(people, "register") == {"director": K.REGISTERED, "second": K.REGISTERED}


@pytest.mark.parametrize("fact", ["danger", "domestic_violence"])
def test_danger_has_a_word_of_its_own(office: Office, people: dict[str, Actor], fact: str) -> None:
    registered(office, facts={fact: True}, category="family")
    assert told(people, "register") == {"director": K.DANGER, "second": K.DANGER}


def test_nobody_is_told_of_their_own_act(office: Office, people: dict[str, Actor]) -> None:
    registered(office, actor=people["director"])
    assert told(people, "register") == {"second": K.REGISTERED}


def test_a_unit_is_told_what_waits_there(office: Office, people: dict[str, Actor]) -> None:
    to_committee(registered(office))
    assert told(people, "dispatch") == {
        "mediator": K.DISPATCHED,
        "colleague": K.DISPATCHED,
        "liaison": K.DISPATCHED,
    }


def test_who_is_named_is_told_in_place_of_the_other_mediators(
    office: Office, people: dict[str, Actor]
) -> None:
    registered(office).take(Step.DISPATCH)
    assert told(people, "dispatch") == {"mediator": K.ASSIGNED, "liaison": K.DISPATCHED}


def test_who_holds_two_posts_is_told_once(office: Office, people: dict[str, Actor]) -> None:
    both = office.somebody("both", {Role.LIAISON, Role.MEDIATOR}, "committee")
    registered(office).take(Step.DISPATCH, {"mediator": str(both.user_id)})
    found = db.session.scalars(sa.select(Notice.kind).where(Notice.user_id == both.user_id))
    assert list(found) == [K.ASSIGNED]


def test_of_what_is_restricted_only_who_may_see_it_is_told(
    office: Office, people: dict[str, Actor]
) -> None:
    named = registered(office, restricted=True)
    named.take(Step.DISPATCH)
    assert told(people, "dispatch") == {"mediator": K.ASSIGNED}
    to_committee(registered(office, restricted=True))
    assert told(people, "dispatch") == {"mediator": K.ASSIGNED}  # of the second nobody there


def test_a_new_mediator_is_told_and_the_one_before_is_not(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office).until(S.ACCEPTED)
    colleague = people["colleague"]
    handling.take(Step.ASSIGN, {"mediator": str(colleague.user_id)}, actor=people["liaison"])
    assert told(people, "assign") == {"colleague": K.ASSIGNED}


def test_the_directors_are_told_what_came_back(office: Office, people: dict[str, Actor]) -> None:
    handling = registered(office).until(S.DISPATCHED)
    handling.take(Step.RETURN, {"reason": "不归我们"})
    assert told(people, "return") == {"director": K.RETURNED, "second": K.RETURNED}


def test_the_other_directors_are_told_what_is_taken_up_again(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office).until(S.CLOSED)
    handling.take(Step.REOPEN, {"reason": "又起争执"})
    assert told(people, "reopen") == {"second": K.REOPENED}


def test_the_registrar_is_told_of_the_end_while_they_may_see_it(
    office: Office, people: dict[str, Actor]
) -> None:
    registered(office).until(S.CLOSED)
    assert told(people, "close") == {"window": K.CLOSED}


def test_a_registrar_who_may_no_longer_see_it_is_told_nothing(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office).until(S.AGREED)
    handling.take(Step.CLOSE, {"outcome": "agreed"}, now=TUESDAY_9AM)
    assert told(people, "close") == {}
    registered(office, restricted=True).until(S.CLOSED)
    assert told(people, "close") == {}


def test_the_directors_are_told_what_looks_like_the_same(
    office: Office, people: dict[str, Actor]
) -> None:
    row = registered(office).row
    for _ in range(2):
        with transaction() as session:
            operations.same(session, row, actor=people["window"], desk=office.desk, now=MONDAY_9AM)
    assert told(people, "same") == {"director": K.SAME, "second": K.SAME}


def test_who_has_left_is_told_nothing(office: Office, people: dict[str, Actor]) -> None:
    with transaction() as session:
        session.get_one(User, people["second"].user_id).active = False
    registered(office)
    assert told(people, "register") == {"director": K.REGISTERED}


@pytest.mark.parametrize("restricted", [False, True])
def test_whoever_is_told_can_open_it(
    office: Office, people: dict[str, Actor], *, restricted: bool
) -> None:
    handling = registered(office, restricted=restricted)
    by_id = {actor.user_id: actor for actor in people.values()}
    for step in (Step.DISPATCH, Step.RETURN, Step.DISPATCH, Step.ACCEPT, Step.START, Step.WITHDRAW):
        before = set(db.session.scalars(sa.select(Notice.id)))
        body = {"reason": "说明"} if step in (Step.RETURN, Step.WITHDRAW) else {}
        ends = step is Step.WITHDRAW
        handling.take(step, body, actor=office.director if ends else None)
        for each in db.session.scalars(sa.select(Notice).where(Notice.id.not_in(before))):
            reader = by_id[each.user_id]
            assert each.dispute_id is not None
            disputes.one(each.dispute_id, actor=reader, desk=office.desk, now=MONDAY_9AM)


def test_a_notice_goes_with_its_step_or_not_at_all(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office)
    try:
        with transaction():
            handling.take(Step.DISPATCH)
            raise Undone
    except Undone:
        pass
    assert told(people, "dispatch") == {}


def test_the_number_of_statements_does_not_grow_with_the_people(
    office: Office, people: dict[str, Actor]
) -> None:
    def register() -> None:
        """Like a request, which asks for the calendar in force once, whoever asked before."""
        with office.app.app_context():
            registered(office)

    few = statements(register)
    for number in range(5):
        office.actor(Role.DIRECTOR, name=f"more{number}")
    assert statements(register) == few


def statements(act: Callable[[], object]) -> int:
    """How many statements an act sends."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    act()
    event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


def test_reading_is_noted_once_and_only_by_its_reader(
    office: Office, people: dict[str, Actor]
) -> None:
    registered(office)
    mine = db.session.scalars(
        sa.select(Notice).where(Notice.user_id == people["director"].user_id)
    ).one()
    with pytest.raises(NotFound):
        operations.read(mine.id, actor=people["second"], now=MONDAY_9AM)
    operations.read(mine.id, actor=people["director"], now=MONDAY_9AM)
    operations.read(mine.id, actor=people["director"], now=TUESDAY_9AM)
    assert db.session.get_one(Notice, mine.id, populate_existing=True).read_at == MONDAY_9AM


def test_what_came_while_the_page_was_open_stays_unread(
    office: Office, people: dict[str, Actor]
) -> None:
    registered(office)
    registered(office, now=TUESDAY_9AM)
    me = people["director"]
    assert operations.read_all(until=MONDAY_9AM, actor=me, now=TUESDAY_9AM) == 1
    left = sa.select(Notice.told_at).where(Notice.user_id == me.user_id, Notice.read_at.is_(None))
    assert db.session.scalars(left).all() == [TUESDAY_9AM]


def test_only_what_was_read_and_is_old_is_forgotten(
    office: Office, people: dict[str, Actor]
) -> None:
    registered(office)
    operations.read_all(until=MONDAY_9AM, actor=people["director"], now=MONDAY_9AM)
    ninety_days = MONDAY_9AM + timedelta(days=90)
    assert operations.forget_old(ninety_days) == 0
    assert operations.forget_old(ninety_days + timedelta(seconds=1)) == 1
    assert told(people, "register") == {"second": K.REGISTERED}


def test_what_nobody_read_in_180_days_is_forgotten_too(
    office: Office, people: dict[str, Actor]
) -> None:
    registered(office)
    half_a_year = MONDAY_9AM + timedelta(days=180)
    assert operations.forget_old(half_a_year) == 0
    assert operations.forget_old(half_a_year + timedelta(seconds=1)) == 2
    assert told(people, "register") == {}


def waiting(people: dict[str, Actor], handling: Handling) -> dict[str, NoticeKind]:
    """In whose inbox something about a dispute waits to be read."""
    names = {actor.user_id: name for name, actor in people.items()}
    found = sa.select(Notice.user_id, Notice.kind).where(
        Notice.dispute_id == handling.id, Notice.read_at.is_(None)
    )
    return {names[user_id]: kind for user_id, kind in db.session.execute(found)}


def test_what_asked_for_a_step_waits_no_longer_once_it_is_taken(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office)
    assert waiting(people, handling) == {"director": K.REGISTERED, "second": K.REGISTERED}
    to_committee(handling)
    units = {"mediator": K.DISPATCHED, "colleague": K.DISPATCHED, "liaison": K.DISPATCHED}
    assert waiting(people, handling) == units
    handling.take(Step.ACCEPT)
    assert waiting(people, handling) == {}


def test_who_is_named_goes_on_being_told_when_another_signs_for_it(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    handling.take(Step.ACCEPT, actor=people["liaison"])
    assert waiting(people, handling) == {"mediator": K.ASSIGNED}
    handling.take(Step.START)
    assert waiting(people, handling) == {}


def same_as(office: Office, *others: Handling) -> Handling:
    """Another visit that the window holds for the same as those."""
    links = [{"number": each.row.number, "relation": LinkRelation.SAME} for each in others]
    return registered(office, now=TUESDAY_9AM, links=links)


def void(handling: Handling, actor: Actor) -> None:
    """Take it off the books."""
    handling.take(Step.VOID, {"reason": "登记了两次"}, actor=actor, now=TUESDAY_9AM)


@pytest.mark.parametrize("newer", [True, False])
def test_two_of_the_same_wait_until_one_is_voided(
    office: Office, people: dict[str, Actor], newer: bool
) -> None:
    first = registered(office)
    second = same_as(office, first)
    operations.read_all(until=MONDAY_9AM, actor=people["second"], now=MONDAY_9AM)
    assert kinds(people["second"]) == [K.REGISTERED, K.SAME]
    void(second if newer else first, people["director"])
    assert kinds(people["second"]) == ([] if newer else [K.REGISTERED])


def test_what_is_the_same_as_another_one_too_goes_on_waiting(
    office: Office, people: dict[str, Actor]
) -> None:
    first, second = registered(office), registered(office, now=TUESDAY_9AM)
    same_as(office, first, second)
    void(second, people["director"])
    assert K.SAME in kinds(people["second"])
    void(first, people["director"])
    assert K.SAME not in kinds(people["second"])


def test_what_came_to_an_end_is_nobodys_double_any_more(
    office: Office, people: dict[str, Actor]
) -> None:
    second = same_as(office, registered(office))
    assert K.SAME in kinds(people["second"])
    second.take(Step.WITHDRAW, {"reason": "不办了"}, actor=people["director"], now=TUESDAY_9AM)
    assert kinds(people["second"]) == [K.REGISTERED]  # of the first


def test_whether_it_is_the_same_is_asked_no_more_once_it_is_sent_on(
    office: Office, people: dict[str, Actor]
) -> None:
    same_as(office, registered(office)).take(Step.DISPATCH, now=TUESDAY_9AM)
    assert kinds(people["second"]) == [K.REGISTERED]  # of the first


@pytest.mark.parametrize("relation", [LinkRelation.DIFFERENT, LinkRelation.LINKED])
def test_two_that_are_not_the_same_after_all_wait_no_longer(
    office: Office, people: dict[str, Actor], relation: LinkRelation
) -> None:
    first = registered(office)
    second = same_as(office, first)
    assert K.SAME in kinds(people["second"])
    decision = {"number": second.row.number, "relation": relation}
    links.decide(first.id, decision, actor=people["director"], desk=office.desk, now=TUESDAY_9AM)
    assert K.SAME not in kinds(people["second"])


def test_who_may_not_open_it_any_more_is_called_to_it_no_longer(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office).until(S.DISPATCHED)
    assert waiting(people, handling) == {"mediator": K.ASSIGNED, "liaison": K.DISPATCHED}
    body = {"mediator": str(people["colleague"].user_id)}
    handling.take(Step.ASSIGN, body, actor=people["director"])
    assert waiting(people, handling) == {"colleague": K.ASSIGNED, "liaison": K.DISPATCHED}


def test_what_becomes_restricted_calls_only_those_who_may_still_open_it(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office)
    to_committee(handling)
    correction.correct(
        handling.id,
        {"facts": {"domestic_violence": True}},
        version=handling.row.version,
        actor=people["director"],
        desk=office.desk,
        now=TUESDAY_9AM,
    )
    assert waiting(people, handling) == {"second": K.DANGER}


def correct(handling: Handling, actor: Actor, now: datetime = TUESDAY_9AM, **changes: Any) -> None:
    """Correct what was registered, later than that."""
    correction.correct(
        handling.id,
        changes,
        version=handling.row.version,
        actor=actor,
        desk=handling.office.desk,
        now=now,
    )


@pytest.mark.parametrize("fact", ["danger", "domestic_violence"])
def test_danger_that_a_correction_tells_of_alarms_who_dispatches(
    office: Office, people: dict[str, Actor], fact: str
) -> None:
    handling = registered(office)
    operations.read_all(until=MONDAY_9AM, actor=people["director"], now=MONDAY_9AM)
    correct(handling, people["window"], facts={fact: True})
    assert told(people, "danger") == {"director": K.DANGER, "second": K.DANGER}
    correct(handling, people["window"], facts={fact: True}, people_count=3)
    assert told(people, "danger") == {"director": K.DANGER, "second": K.DANGER}  # not once more


def test_after_the_dispatch_it_alarms_who_has_it_too(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office).until(S.ACCEPTED)
    correct(handling, people["second"], facts={"danger": True})
    everybody = {"director", "mediator", "liaison"}  # not the one who said it
    assert told(people, "danger") == dict.fromkeys(everybody, K.DANGER)


def test_danger_in_what_waits_at_a_unit_alarms_all_who_may_take_it_on(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office)
    to_committee(handling)
    correct(handling, people["director"], facts={"danger": True})
    everybody = {"second", "mediator", "colleague", "liaison"}
    assert told(people, "danger") == dict.fromkeys(everybody, K.DANGER)


def test_danger_that_restricts_alarms_only_who_may_still_open_it(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office).until(S.ACCEPTED)
    correct(handling, people["director"], facts={"domestic_violence": True})
    assert told(people, "danger") == {"second": K.DANGER, "mediator": K.DANGER}


def test_danger_corrected_away_alarms_nobody_any_longer(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office, facts={"danger": True})
    to_committee(handling, reason="就近先到场")
    correct(handling, people["director"], facts={"danger": False})
    units = {"mediator": K.DISPATCHED, "colleague": K.DISPATCHED, "liaison": K.DISPATCHED}
    assert waiting(people, handling) == units
    assert operations.read_all(until=MONDAY_9AM, actor=people["liaison"], now=TUESDAY_9AM) == 1
    correct(handling, people["director"], NEXT_MONDAY_9AM, facts={"danger": True})
    assert waiting(people, handling)["liaison"] is K.DANGER  # and again when it is true after all


def test_what_is_not_dispatched_yet_is_asked_for_plainly_once_there_is_no_danger(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office, facts={"danger": True})
    correct(handling, people["window"], facts={})
    assert waiting(people, handling) == {"director": K.REGISTERED, "second": K.REGISTERED}


def test_who_is_asked_to_dispatch_it_already_is_not_asked_twice(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office)
    correct(handling, people["window"], facts={"danger": True})
    correct(handling, people["window"], NEXT_MONDAY_9AM, facts={})
    assert kinds(people["second"]) == [K.REGISTERED]


def test_what_tells_of_danger_is_not_read_away_with_the_rest(
    office: Office, people: dict[str, Actor]
) -> None:
    registered(office, facts={"danger": True})
    registered(office)
    me = people["director"]
    assert operations.read_all(until=MONDAY_9AM, actor=me, now=TUESDAY_9AM) == 1
    assert kinds(me) == [K.DANGER]


def test_nor_is_what_calls_a_unit_to_a_dispute_in_danger(
    office: Office, people: dict[str, Actor]
) -> None:
    handling = registered(office, facts={"danger": True})
    to_committee(handling, reason="就近先到场")
    me = people["liaison"]
    assert operations.read_all(until=MONDAY_9AM, actor=me, now=MONDAY_9AM) == 0


def kinds(reader: Actor) -> list[NoticeKind]:
    """What waits to be read by somebody."""
    found = sa.select(Notice.kind).where(Notice.user_id == reader.user_id, Notice.read_at.is_(None))
    return sorted(db.session.scalars(found))
