"""What waits to be sent on: who gave it back and why, and one look at the database for a page."""

from collections.abc import Callable

from config.vocabulary import DisputeStatus, Step
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor
from tests.statements import statements

S = DisputeStatus
Case = Callable[..., Handling]
Visit = Callable[[Actor], Visitor]
STATEMENTS = 11


def given_back(handling: Handling, reason: str) -> None:
    """The unit sends it back to the centre."""
    with handling.office.app.app_context():
        handling.take(Step.RETURN, {"reason": reason})


def test_who_gave_it_back_last_and_how_often_is_told(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case(S.DISPATCHED)
    given_back(handling, "不是本单位的事")
    with office.app.app_context():
        handling.take(Step.DISPATCH)
    given_back(handling, "当事人已经搬走")
    case()
    page = visit(office.director).get("/dispatch")
    assert "柳溪镇人民调解委员会退回（第 2 次）：当事人已经搬走" in page.text
    assert page.text.count("退回（第") == 1


def test_the_sealed_reason_of_a_restricted_dispute_is_told_to_the_director(
    office: Office, visit: Visit, case: Case
) -> None:
    given_back(case(S.DISPATCHED, restricted=True), "当事人要求换人")
    assert "退回（第 1 次）：当事人要求换人" in visit(office.director).get("/dispatch").text


def test_the_newest_answer_of_the_rules_is_proposed(
    office: Office, visit: Visit, case: Case
) -> None:
    handling = case()
    page = visit(office.director).get("/dispatch")
    form = page.form(f"/disputes/{handling.id}/steps/dispatch")
    assert form.values["version"] == "1"
    assert form.values["organisation"] == str(office.units["committee"])


def test_the_number_of_statements_does_not_grow_with_the_rows(
    office: Office, visit: Visit, case: Case
) -> None:
    director = visit(office.director)
    given_back(case(S.DISPATCHED), "不是本单位的事")
    with statements() as one:
        director.get("/dispatch")
    for _ in range(4):
        given_back(case(S.DISPATCHED), "不是本单位的事")
        case(restricted=True)
    with statements() as many:
        page = director.get("/dispatch")
    assert "共 9 件" in page.text
    assert (len(one), len(many)) == (STATEMENTS, STATEMENTS)
