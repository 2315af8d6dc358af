"""A platform's number: in once, and free again when what came under it was voided."""

import pytest

from config.vocabulary import Role, Source, Step, TokenScope
from service.errors import Conflict
from service.operations import platform as operations
from service.operations import token as tokens
from service.operations.platform import Sent
from service.operations.token import TokenDraft
from service.queries import platform as queries
from service.queries import token as token_queries
from service.queries.platform import Filters
from service.rules.access import Actor
from tests.factories.dispute import Handling, visit
from tests.factories.moment import MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def hotline(office: Office) -> Actor:
    """The program of the hotline."""
    draft = TokenDraft(
        name="热线平台",
        source=Source.HOTLINE_12345,
        organisation=office.units["justice"],
        scopes=list(TokenScope),
    )
    keeper = office.actor(Role.SYSADMIN)
    made = tokens.make(draft, actor=keeper, desk=office.desk, now=MONDAY_9AM)
    program = token_queries.by_secret(made.secret, now=MONDAY_9AM)
    assert program is not None
    return program.caller.actor


def send(office: Office, actor: Actor, narrative: str = "院墙滴水，起了口角") -> Sent:
    came = visit(source=Source.HOTLINE_12345, source_reference="R-1", narrative=narrative)
    return operations.send(came, actor=actor, desk=office.desk, now=MONDAY_10AM)


def test_a_number_comes_in_again_once_its_dispute_was_voided(
    office: Office, hotline: Actor
) -> None:
    wrong = send(office, hotline)
    Handling(office, wrong.id).take(Step.VOID, {"reason": "平台送错了内容"})
    right = send(office, hotline, "核实后重新送来的内容")
    assert (right.repeated, right.id != wrong.id) == (False, True)
    assert send(office, hotline, "核实后重新送来的内容") == Sent(right.id, repeated=True)
    page = queries.page(
        Filters(source_reference="R-1"), actor=hotline, desk=office.desk, now=MONDAY_10AM
    )
    assert [each.id for each in page.items] == [right.id]


def test_a_number_whose_dispute_ended_otherwise_stays_used(office: Office, hotline: Actor) -> None:
    sent = send(office, hotline)
    handling = Handling(office, sent.id)
    handling.take(Step.DISPATCH)
    handling.take(Step.WITHDRAW, {"reason": "当事人不办了"})
    assert send(office, hotline) == Sent(sent.id, repeated=True)
    with pytest.raises(Conflict):
        send(office, hotline, "说的是另一件事情")
