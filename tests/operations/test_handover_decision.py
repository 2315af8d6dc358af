"""What the director decided, and who keeps sight of what was sent."""

from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, HandoverConsent, HandoverState, Role, Step
from models import db
from service.errors import Conflict, Forbidden
from service.operations import restricted
from service.queries import handover as queries
from service.queries.handover import Box, HandoverRow
from service.rules import access
from service.rules.access import Actor
from service.rules.handover import Agreed
from tests.factories.dispute import Handling, let_in, registered
from tests.factories.handover import accepted, returned, rows, sent, signed, withdrawn
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
INDEXES = {
    Box.INCOMING: "handover_open",  # either of the two
    Box.SENT: "ix_handover_newest",
    Box.RECEIVED: "ix_handover_newest",
    Box.BACK: "ix_handover_to_director",
}


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


def test_what_its_sender_took_back_was_not_handed_over(office: Office) -> None:
    case = registered(office).until(S.ACCEPTED)
    withdrawn(case, sent(case))
    assert [each.number for each in listed(Box.SENT, office.liaison, office)] == [case.row.number]
    case.take(Step.RETURN, {"reason": "当事人要求中心来办"})
    body = {"organisation": str(office.units["justice"]), "mediator": None, "reason": "就近"}
    case.take(Step.DISPATCH, body)
    assert listed(Box.SENT, office.liaison, office) == []


@pytest.mark.parametrize("box", list(Box))
def test_no_list_of_a_whole_town_reads_every_dispatch(office: Office, box: Box) -> None:
    director, asked = office.director, list[tuple[str, Any]]()

    def keep(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        if "FROM handover JOIN" in statement:
            asked.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", keep)
    listed(box, director, office)
    sa.event.remove(db.engine, "before_cursor_execute", keep)
    ((statement, values),) = asked
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        for other in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
            connection.execute(sa.text(f"SET LOCAL enable_{other} = off"))
    explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    told = connection.exec_driver_sql(explain + statement, values)
    plan = "\n".join(str(row[-1]) for row in told)
    assert INDEXES[box] in plan, plan


def test_where_nobody_has_to_agree_no_agreement_is_kept(office: Office) -> None:
    case = registered(office).until(S.MEDIATING)
    both = signed(case)
    ground = Agreed(
        how=HandoverConsent.NOT_NEEDED, on=both.on, parties=both.parties, ground="归口办理"
    )
    sent(case, consent=ground)
    row = rows(case)[-1]
    assert (row.consent_on, row.consent_parties, row.ground_sealed is None) == (None, None, False)
