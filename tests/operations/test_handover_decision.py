"""What the director decided, and who keeps sight of what was sent."""

from typing import Any

import pytest

from config.vocabulary import DisputeStatus, HandoverState, Role, Step
from service.errors import Conflict, Forbidden
from service.operations import restricted
from service.queries import handover as queries
from service.queries.handover import Box, HandoverRow
from service.rules import access
from service.rules.access import Actor
from tests.factories.dispute import Handling, let_in, registered
from tests.factories.handover import accepted, returned, rows, sent, withdrawn
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus


def listed(box: Box, actor: Actor, office: Office) -> list[HandoverRow]:
    scope = access.scope(actor, "handover.read", office.desk.policy.access)
    return list(queries.page(box, scope=scope, desk=office.desk, now=MONDAY_9AM).items)


@pytest.fixture
def refused(office: Office) -> Handling:
    """A dispute that came back three times: the director decides."""
    case = registered(office).until(S.MEDIATING)
    station = office.actor(Role.LIAISON, "station")
    for _ in range(3):
        returned(case, sent(case), actor=station)
    return case


def test_what_the_director_decided_is_not_taken_back_by_the_unit(
    refused: Handling, office: Office
) -> None:
    made = sent(refused, "justice", actor=office.director)
    view = queries.one(refused.id, made, actor=office.liaison, desk=office.desk, now=MONDAY_9AM)
    assert not view.may_withdraw
    with pytest.raises(Forbidden, match="中心主任决定的移交由中心主任撤回"):
        withdrawn(refused, made, actor=office.liaison)
    assert rows(refused)[-1].state is HandoverState.OPEN


def test_a_decision_that_was_taken_back_leaves_it_with_the_director(
    refused: Handling, office: Office
) -> None:
    withdrawn(refused, sent(refused, "justice", actor=office.director), actor=office.director)
    assert [each.number for each in listed(Box.BACK, office.director, office)] == [
        refused.row.number
    ]
    with pytest.raises(Conflict, match="由中心主任决定"):
        sent(refused)


def test_of_what_became_restricted_the_sender_is_not_told_how_it_ended(office: Office) -> None:
    case = registered(office).until(S.MEDIATING)
    accepted(case, sent(case), actor=office.actor(Role.LIAISON, "station"))
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}
    restricted.restrict(case.id, "当事人怕人知道", **told)
    case.take(Step.WITHDRAW, {"reason": "两家和好了"}, actor=office.director)
    (row,) = listed(Box.SENT, office.liaison, office)
    assert (row.restricted, row.status, row.outcome) == (True, S.CLOSED, None)
    let_in(case, office.director)
    (row,) = listed(Box.SENT, office.director, office)
    assert row.outcome is not None
