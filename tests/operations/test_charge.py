"""Leaders in charge: one at a time, who writes of their own alone, and what ends it by itself."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role, Step
from models import Charge, ChargeMeasure, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound, StepNotAllowed
from service.operations import charge as operations
from service.operations import forgetting, restricted
from service.operations.event import record
from service.queries import charge as queries
from service.queries import dispute as disputes
from service.queries import sight
from service.queries.charge import ChargeState, ChargesView
from service.rules.access import Actor
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, TUESDAY, TUESDAY_9AM
from tests.factories.office import Office
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
MEASURE, OTHER = "请司法所一周内见双方", "已请城建所现场看过"


@pytest.fixture
def case(office: Office) -> Handling:
    """A dispute that the committee mediates."""
    return registered(office).until(S.MEDIATING)


def told(who: Actor, office: Office, now: Any = MONDAY_9AM) -> dict[str, Any]:
    return {"actor": who, "desk": office.desk, "now": now}


def named(case: Handling, leader: Actor | None = None, now: Any = MONDAY_9AM) -> None:
    office = case.office
    who = leader or office.leader
    operations.name(case.id, who.user_id, **told(office.director, office, now))


def seen(case: Handling, who: Actor) -> ChargesView:
    with sight.seeing(who, case.office.desk.policy.access, TUESDAY_9AM):
        return queries.of_dispute(case.id, **told(who, case.office, TUESDAY_9AM))


def words(case: Handling, who: Actor) -> list[str | None]:
    return [measure.words for each in seen(case, who).charges for measure in each.measures]


def test_one_leader_answers_at_a_time_and_the_others_stay_as_history(case: Handling) -> None:
    office = case.office
    first, second = office.leader, office.actor(Role.LEADER, name="second")
    with pytest.raises(Invalid):
        named(case, office.window)
    named(case, first)
    with pytest.raises(Invalid):
        named(case, first)
    operations.write(case.id, MEASURE, **told(first, office))
    named(case, second, TUESDAY_9AM)
    found = seen(case, office.director).charges
    assert [(each.leader_id, each.looked_on, each.ended_as) for each in found] == [
        (second.user_id, None, None),
        (first.user_id, MONDAY, "换了包案领导"),
    ]
    # who was replaced reads what they did, and writes no more
    assert words(case, first) == [MEASURE]
    with pytest.raises(NotFound):
        operations.write(case.id, OTHER, **told(first, office))
    for who in (office.mediator, office.liaison):
        assert words(case, who) == [MEASURE]
        with pytest.raises(Forbidden):
            operations.name(case.id, first.user_id, **told(who, office))


def test_a_leader_knows_of_their_own_alone(case: Handling) -> None:
    office, other = case.office, registered(case.office)
    mine, stranger = office.leader, office.actor(Role.LEADER, name="second")
    named(case)
    operations.write(case.id, OTHER, looked_on=MONDAY, **told(office.director, office, TUESDAY_9AM))
    assert seen(case, mine).charges[0].looked_on == MONDAY
    operations.look(case.id, **told(mine, office, TUESDAY_9AM))
    assert seen(case, mine).charges[0].looked_on == TUESDAY
    assert words(case, mine) == [OTHER]
    for who, which in ((stranger, case), (mine, other)):
        with pytest.raises(NotFound):
            seen(which, who)
        with pytest.raises(NotFound):
            operations.look(which.id, **told(who, office))
    with pytest.raises(Conflict):
        operations.look(other.id, **told(office.director, office))
    for who, count in ((mine, 1), (stranger, 0), (office.director, 1), (office.mediator, 1)):
        at = told(who, office)
        page = queries.page(ChargeState.RUNNING, count=True, **at)
        assert (len(page.items), page.total) == (count, count)


def test_of_a_restricted_dispute_a_leader_reads_what_they_wrote_and_no_more(
    case: Handling,
) -> None:
    office = case.office
    named(case)
    operations.write(case.id, OTHER, **told(office.director, office))
    operations.write(case.id, MEASURE, **told(office.leader, office, TUESDAY_9AM))
    assert words(case, office.leader) == [MEASURE, OTHER]
    restricted.restrict(case.id, "涉及未成年人", **told(office.director, office))
    assert words(case, office.leader) == [MEASURE, None]
    assert seen(case, office.leader).dispute.category is None
    assert words(case, office.director) == [None, None]  # nobody named them
    with pytest.raises(Forbidden):
        operations.write(case.id, OTHER, **told(office.director, office))


def test_it_ends_with_the_dispute_and_is_forgotten_with_it(case: Handling) -> None:
    office = case.office
    named(case)
    operations.write(case.id, MEASURE, **told(office.leader, office))
    case.take(Step.TERMINATE, {"reason": "谈不拢"})
    (left,) = seen(case, office.leader).charges
    assert left.ended_as == "纠纷办结，包案随之结束"
    with pytest.raises(StepNotAllowed):
        named(case)
    with pytest.raises(NotFound):
        operations.look(case.id, **told(office.leader, office))
    with transaction() as session:
        forgetting.forget(session, case.row, desk=office.desk, now=TUESDAY_9AM)
        erased: dict[str, Any] = {"subject": "dispute", "action": "erase", "now": TUESDAY_9AM}
        record(session, case.id, actor=None, **erased)
    (row,) = db.session.scalars(sa.select(ChargeMeasure))
    key = office.desk.keyring.field_key(case.row.sealed_key, f"dispute:{case.id}")
    assert key.open(row.words_sealed, f"charge_measure.words:{row.id}") == ""
    assert db.session.scalars(sa.select(Charge.looked_on)).all() == [date(2026, 11, 2)]


def test_the_page_of_a_dispute_asks_nothing_of_charges_it_never_had(case: Handling) -> None:
    office = case.office
    who = told(office.mediator, office)
    with statements() as sent:
        assert queries.of_opened(disputes.opened(case.id, **who)) == []
    without = len(sent)
    named(case)
    opened = disputes.opened(case.id, **who)
    with statements() as sent:
        assert [each.leader_id for each in queries.of_opened(opened)] == [office.leader.user_id]
    assert len(sent) == 2
    with statements() as sent:
        disputes.opened(case.id, **who)
    assert len(sent) == without
    with pytest.raises(NotFound):
        operations.name(uuid4(), office.leader.user_id, **told(office.director, office))
