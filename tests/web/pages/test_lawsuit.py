"""The register of reviews and lawsuits at the browser."""

from collections.abc import Callable

import pytest

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

NEW = "/lawsuits/new"


@pytest.fixture
def legal(office: Office, visit: Callable[[Actor], Visitor]) -> Visitor:
    return visit(office.actor(Role.LEGAL))


def record(legal: Visitor, office: Office, **changes: str) -> Page:
    told = {
        "procedure": "litigation",
        "instance": "first",
        "court": "某旗人民法院",
        "cause": "行政处罚",
        "act": "罚款决定",
        "plaintiffs": "赵一\n钱二",
        "organisation": str(office.units["station"]),
        "served_on": "2026-10-12",
    }
    return legal.fill(legal.get(NEW), NEW, **(told | changes))


def decide(legal: Visitor, page: Page, path: str, **changes: str) -> Page:
    told = {"decided_on": "2026-10-20", "served_on": "2026-10-21", "outcome": "withdrawn"}
    given = {f"decide.{name}": value for name, value in (told | changes).items()}
    return legal.fill(page, f"{path}/steps/decide", **given)


def test_a_case_is_recorded_decided_and_closed(legal: Visitor, office: Office) -> None:
    made = record(legal, office)
    page = legal.follow(made)
    assert "已登记案件" in page.text
    assert "赵*、钱*" in page.text
    decided = legal.follow(decide(legal, page, made.location, withdrawal_cause="settled"))
    assert "府院联动和解后撤诉" in decided.text
    closed = legal.follow(legal.fill(decided, f"{made.location}/steps/close"))
    assert "案件已经办结。" in closed.text


def test_a_withdrawal_without_its_cause_is_told_at_the_field(
    legal: Visitor, office: Office
) -> None:
    made = record(legal, office)
    page = decide(legal, legal.follow(made), made.location)
    assert page.status == 422
    assert 'id="f-decide-withdrawal-cause-error"' in page.html


def test_missing_things_are_told_at_their_fields(legal: Visitor, office: Office) -> None:
    page = record(legal, office, plaintiffs="", organisation="", served_on="")
    assert page.status == 422
    for field in ("plaintiffs", "organisation", "served-on"):
        assert f'id="f-{field}-error"' in page.html


def test_a_leader_sees_the_list_and_is_offered_no_case(
    legal: Visitor, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    made = record(legal, office)
    page = visit(office.leader).get("/lawsuits")
    assert "行政处罚" in page.text
    assert made.location not in page.links


def test_filters_begin_with_everything(legal: Visitor, office: Office) -> None:
    record(legal, office)
    page = legal.get("/lawsuits", procedure="", status="", outcome="")
    assert "行政处罚" in page.text
    assert "没有符合条件的案件。" in legal.get("/lawsuits", procedure="review").text


def test_an_old_page_says_that_somebody_was_quicker(legal: Visitor, office: Office) -> None:
    made = record(legal, office)
    old = legal.follow(made)
    decide(legal, old, made.location, outcome="upheld")
    page = decide(legal, old, made.location, outcome="revoked")
    assert page.status == 412
    assert "别人刚刚修改过" in page.text
