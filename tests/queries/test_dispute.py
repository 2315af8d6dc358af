"""One dispute as each viewer may see it; what they may not see is not there."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from config.vocabulary import STAFF, DisputeStatus, Role, Step
from service.errors import NotFound
from service.queries import dispute as queries
from service.rules.access import Actor
from tests.factories.dispute import NARRATIVE, Handling, every, let_in, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus


def one(handling: Handling, actor: Actor) -> queries.DisputeView:
    """The dispute as this actor sees it on Monday at ten."""
    return queries.one(handling.id, actor=actor, desk=handling.office.desk, now=MONDAY_10AM)


def sees(handling: Handling, actor: Actor) -> bool:
    """Whether the actor sees it at all."""
    try:
        one(handling, actor)
    except NotFound:
        return False
    return True


def test_its_version_alone_is_told_to_who_sees_it(office: Office) -> None:
    handling = registered(office).until(S.DISPATCHED)
    director, leader, desk = office.director, office.actor(Role.LEADER), office.desk
    told = queries.version(handling.id, actor=director, desk=desk, now=MONDAY_10AM)
    assert told == one(handling, director).version == 2
    with pytest.raises(NotFound):
        queries.version(handling.id, actor=leader, desk=desk, now=MONDAY_10AM)


def test_what_was_registered_is_shown(office: Office) -> None:
    place = {"village": "东街社区", "detail": "供销社后院"}
    handling = registered(
        office,
        place=place,
        amount=80_050,
        people_count=3,
        occurred_on=MONDAY,
        facts={"repeat": True},
    )  # fmt: skip -- the facts of one case
    view = one(handling, office.window)
    assert (view.narrative, view.place.village, view.place.detail) == (
        NARRATIVE,
        "东街社区",
        "供销社后院",
    )
    assert (view.amount_fen, view.people_count, view.occurred_on, view.facts) == (
        80_050,
        3,
        MONDAY,
        {"repeat": True},
    )
    assert (view.status, view.version, view.registered_at) == (S.REGISTERED, 1, MONDAY_9AM)


def test_a_restricted_story_is_read_by_who_may(office: Office) -> None:
    handling = registered(office, restricted=True)
    assert one(handling, office.window).narrative == NARRATIVE
    let_in(handling, office.director)
    assert one(handling, office.director).narrative == NARRATIVE


def test_who_dispatches_sees_a_restricted_dispute_sealed(office: Office) -> None:
    told: dict[str, Any] = {"facts": {"domestic_violence": True}, "amount": 80_050}
    handling = registered(office, place={"village": "东街社区", "detail": "3 号"}, **told)
    view = one(handling, office.director)
    assert view.sealed
    assert (view.narrative, view.parties, view.facts, view.amount_fen) == ("", [], {}, None)
    assert (view.place.village, view.place.detail) == (None, None)
    assert view.route is not None
    assert (view.route["reasons"], view.route["lead"]) == ([], "police_station")
    assert view.next_step is Step.DISPATCH


def test_who_sees_what_is_registered(office: Office) -> None:
    handling = registered(office)
    seen_by = {role for role in STAFF if sees(handling, office.actor(role))}
    assert seen_by == {Role.WINDOW, Role.DIRECTOR, Role.LIAISON}  # the centre registered it


def test_who_sees_what_is_restricted(office: Office) -> None:
    handling = registered(office, restricted=True).until(S.DISPATCHED)
    assert {role for role in STAFF if sees(handling, office.actor(role))} == {Role.DIRECTOR}
    assert {role for role in STAFF if sees(handling, office.actor(role, "committee"))} == {
        Role.DIRECTOR,
        Role.MEDIATOR,
    }


def test_what_is_not_there_is_told_like_what_may_not_be_seen(office: Office) -> None:
    handling = registered(office)
    told = set()
    for dispute_id, actor in ((handling.id, office.mediator), (uuid4(), office.director)):
        with pytest.raises(NotFound) as refusal:
            queries.one(dispute_id, actor=actor, desk=office.desk, now=MONDAY_10AM)
        told.add(refusal.value.detail)
    assert told == {"没有找到这件纠纷"}


def test_a_number_leads_to_its_dispute_for_who_may_see_it(office: Office) -> None:
    handling = registered(office)
    number = handling.row.number
    found = queries.by_number(number, actor=office.director, desk=office.desk, now=MONDAY_10AM)
    assert found == handling.id
    with pytest.raises(NotFound):
        queries.by_number(number, actor=office.mediator, desk=office.desk, now=MONDAY_10AM)


def test_the_receipt_code_is_the_one_that_was_given(office: Office) -> None:
    (made,) = every(office)
    later = MONDAY_9AM + timedelta(hours=1)
    code = queries.receipt_code(made.id, actor=office.window, desk=office.desk, now=later)
    assert code == made.code
    assert len(code) == 8
    with pytest.raises(NotFound):
        queries.receipt_code(made.id, actor=office.mediator, desk=office.desk, now=later)


def test_matters_of_one_visit_know_each_other(office: Office) -> None:
    matters = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]
    first, second = every(office, matters=matters)
    view = queries.one(first.id, actor=office.window, desk=office.desk, now=MONDAY_10AM)
    assert view.linked == [{"id": str(second.id), "number": second.number, "category": "debt"}]


def test_a_matter_is_linked_only_for_who_sees_it(office: Office) -> None:
    matters = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]
    first = every(office, matters=matters)[0]
    handling = Handling(office, first.id).until(S.DISPATCHED)
    assert one(handling, office.mediator).linked == []


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (S.REGISTERED, [Step.DISPATCH, Step.WITHDRAW, Step.DECLINE, Step.CLOSE, Step.VOID]),
        (S.AGREED, [Step.CLOSE]),
        (S.CLOSED, [Step.REOPEN, Step.ARCHIVE]),
        (S.ARCHIVED, []),
    ],
)
def test_the_steps_are_those_of_status_and_right(
    office: Office, status: S, steps: list[Step]
) -> None:
    assert one(registered(office).until(status), office.director).steps == steps


def test_the_next_step_is_the_one_of_the_viewer(office: Office) -> None:
    handling = registered(office).until(S.DISPATCHED)
    assert one(handling, office.mediator).next_step is Step.ACCEPT
    assert one(handling, office.director).next_step is None


def test_the_term_is_shown_and_whether_it_is_over(office: Office) -> None:
    handling = registered(office).until(S.ACCEPTED)
    view = one(handling, office.mediator)
    assert view.due is not None
    assert (view.due.rule, view.due.on, view.overdue) == ("PM.DEFAULT", handling.row.due_on, False)
    late = queries.one(
        handling.id,
        actor=office.mediator,
        desk=office.desk,
        now=MONDAY_9AM + timedelta(days=60),
    )
    assert late.overdue


def test_who_may_not_see_it_is_given_no_row_of_it(office: Office) -> None:
    handling = registered(office, restricted=True)
    stranger = office.actor(Role.WINDOW, name="second")
    with statements() as sent, pytest.raises(NotFound):
        queries.one(handling.id, actor=stranger, desk=office.desk, now=MONDAY_10AM)
    assert len(sent) == 1
