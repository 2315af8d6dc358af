"""A person apart from the dispute: what they stand in, as far as it may be seen; all noted."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role
from models import AuditEntry, Party, db
from service.rules.access import Actor
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling
from tests.factories.office import Office
from tests.factories.person import mobile
from tests.factories.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
OTHER = {"role": "respondent", "kind": "person", "name": "孙五", "phone": mobile(9)}


def person(office: Office, handling: Handling, role: str = "applicant") -> str:
    """The address of a party."""
    with office.app.app_context():
        asked = sa.select(Party.id).where(Party.dispute_id == handling.id, Party.role == role)
        return f"/disputes/{handling.id}/parties/{db.session.scalar(asked)}"


def test_everything_somebody_stands_in_is_listed_once_and_the_look_is_noted(
    office: Office, visit: Visit, case: Case
) -> None:
    first, second = case(), case(parties=[APPLICANT, OTHER])
    stranger = case(parties=[OTHER | {"role": "applicant"}, RESPONDENT])
    page = visit(office.director).get(person(office, first))
    with office.app.app_context():
        numbers = [each.row.number for each in (first, second, stranger)]
        looks = db.session.scalars(
            sa.select(AuditEntry.subject_id).where(AuditEntry.action == "dispute.person")
        ).all()
    assert [number in page.text for number in numbers] == [True, True, False]
    assert looks == [first.id]


def test_of_what_may_not_be_read_only_the_count_is_told(
    office: Office, visit: Visit, case: Case
) -> None:
    mine = case(DisputeStatus.MEDIATING)
    foreign = case(parties=[APPLICANT, OTHER])
    case(parties=[APPLICANT, OTHER], restricted=True)
    page = visit(office.mediator).get(person(office, mine))
    with office.app.app_context():
        number = foreign.row.number
    assert number not in page.text
    assert "另有 1 件不在您的查看范围" in page.text
    assert visit(office.actor(Role.WINDOW, "justice")).get(person(office, mine)).status == 404


def test_the_same_two_people_again_are_named_on_the_page(
    office: Office, visit: Visit, case: Case
) -> None:
    first = case()
    turned = [RESPONDENT | {"role": "applicant"}, APPLICANT | {"role": "respondent"}]
    second, third = case(parties=turned), case(parties=[APPLICANT, OTHER])
    text = visit(office.director).get(f"/disputes/{first.id}").text
    told = text.partition("同样的两个人一年内还有")[2]
    with office.app.app_context():
        assert told.startswith(f"：{second.row.number}")
        assert third.row.number not in told
