"""接口令牌: a token is shown once, and shut out with one more click."""

from collections.abc import Callable

import pytest

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.program import DISPUTES, Program
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]


@pytest.fixture
def keeper(office: Office, visit: Visit) -> Visitor:
    """The administrator at a browser."""
    return visit(office.actor(Role.SYSADMIN))


def make(office: Office, keeper: Visitor, page: Page | None = None) -> Page:
    """The page that shows a token for the hotline."""
    return keeper.fill(
        page or keeper.get("/tokens"),
        "/tokens",
        name="热线平台",
        source="hotline_12345",
        organisation=str(office.units["justice"]),
        scopes=["dispute.register", "dispute.list"],
    )


def secret(page: Page) -> str:
    """The token as the page shows it."""
    return page.html.partition('value="fqt_')[2].partition('"')[0]


def test_a_token_is_shown_once_and_works(office: Office, keeper: Visitor) -> None:
    made = make(office, keeper)
    caller = Program(office.app.test_client(), "fqt_" + secret(made))
    assert (made.status, caller.get(DISPUTES).status_code) == (200, 200)
    listed = keeper.get("/tokens")
    assert ("热线平台" in listed.text, "fqt_" in listed.html) == (True, False)


def test_a_double_click_makes_one_token(office: Office, keeper: Visitor) -> None:
    page = keeper.get("/tokens")
    first, second = make(office, keeper, page), make(office, keeper, page)
    assert secret(first) == secret(second)
    assert keeper.get("/tokens").html.count("确认吊销") == 1


def test_what_is_missing_is_told_and_what_was_typed_stays(keeper: Visitor) -> None:
    page = keeper.fill(keeper.get("/tokens"), "/tokens", name="热线平台", scopes=[])
    assert (page.status, page.form("/tokens").values["name"]) == (422, "热线平台")
    assert "还不能保存，请改正 3 处" in page.text


def test_a_revoked_token_is_shut_out(office: Office, keeper: Visitor) -> None:
    caller = Program(office.app.test_client(), "fqt_" + secret(make(office, keeper)))
    page = keeper.get("/tokens")
    address = next(each.action for each in page.forms if each.action.endswith("/revoke"))
    told = keeper.follow(keeper.fill(page, address))
    assert ("对方从现在起用不了" in told.text, "已吊销" in told.text) == (True, True)
    assert caller.get(DISPUTES).status_code == 401


def test_the_security_officer_looks_and_changes_nothing(
    office: Office, keeper: Visitor, visit: Visit
) -> None:
    make(office, keeper)
    page = visit(office.actor(Role.SECADMIN)).get("/tokens")
    assert page.status == 200
    assert [each.action for each in page.forms if "token" in each.action] == []
    assert visit(office.director).get("/tokens").status == 403


def test_the_unit_of_a_platform_says_what_keeps_it(office: Office, keeper: Visitor) -> None:
    make(office, keeper)
    page = keeper.get(f"/organisations/{office.units['justice']}")
    assert "可用的接口令牌1 个" in page.text
    assert "把账户停用，把接口令牌吊销。" in page.text
