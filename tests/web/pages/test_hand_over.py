"""交接 at the browser: shown without content, given to others, then the account is closed."""

from collections.abc import Callable

import pytest

from config.vocabulary import DisputeStatus, Role
from service.rules.access import Actor
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
S = DisputeStatus


@pytest.fixture
def admin(office: Office, visit: Visit) -> Visitor:
    return visit(office.actor(Role.SYSADMIN))


@pytest.fixture
def path(office: Office) -> str:
    return f"/users/{office.mediator.user_id}/hand-over"


def mediator_of(handling: Handling) -> str:
    with handling.office.app.app_context():
        return str(handling.row.mediator_id)


def test_nobody_chosen_is_told_and_nothing_is_said_to_be_handed_over(
    admin: Visitor, case: Case, path: str
) -> None:
    case(S.MEDIATING)
    page = admin.fill(admin.get(path), path, action="only")
    assert (page.status, "请选择接手的人" in page.text) == (422, True)


def test_the_administrator_hands_over_and_closes_in_one_go(
    office: Office, admin: Visitor, case: Case, path: str
) -> None:
    handling = case(S.MEDIATING)
    successor = office.actor(Role.MEDIATOR, "committee", name="b")
    account = admin.get(f"/users/{office.mediator.user_id}")
    assert path in account.links
    assert f"/users/{office.mediator.user_id}/disable" not in [f.action for f in account.forms]
    page = admin.get(path)
    assert "邻里" in page.text
    assert not {"王小满", "李大有", "院墙"} & set(page.text.split())
    assert "院墙" not in page.html
    done = admin.fill(page, path, successor=str(successor.user_id), action="close")
    assert "已交接并停用" in admin.follow(done).text
    assert mediator_of(handling) == str(successor.user_id)


def test_nothing_chosen_leaves_the_account_open(admin: Visitor, case: Case, path: str) -> None:
    case(S.MEDIATING)
    refused = admin.fill(admin.get(path), path, action="close")
    assert "手上还有 1 件没有办结的纠纷，请先交接" in admin.follow(refused).text


def test_a_wrong_successor_is_told_at_the_field(
    office: Office, admin: Visitor, case: Case, path: str
) -> None:
    handling = case(S.MEDIATING)
    name = f"each.{handling.id}"
    page = admin.fill(
        admin.get(path), path, **{name: str(office.liaison.user_id), "action": "only"}
    )
    assert (page.status, f'href="#f-each-{handling.id}"' in page.html) == (422, True)
    assert mediator_of(handling) == str(office.mediator.user_id)


def test_a_restricted_one_waits_for_the_director(
    office: Office, admin: Visitor, visit: Visit, case: Case, path: str
) -> None:
    handling = case(S.MEDIATING, restricted=True)
    successor = office.actor(Role.MEDIATOR, "committee", name="b")
    page = admin.get(path)
    assert ("由中心主任指定" in page.text, 'value="close"' in page.html) == (True, False)
    director = visit(office.director)
    assert path in director.get("/leave").links
    name = f"each.{handling.id}"
    given = director.fill(
        director.get(path), path, **{name: str(successor.user_id), "action": "only"}
    )
    assert "已交接 1 件" in director.follow(given).text
    assert "没有要交接的纠纷" in admin.get(path).text
    closed = admin.fill(admin.get(path), path, action="close")
    assert "已交接并停用" in admin.follow(closed).text


def test_nobody_else_comes_in(office: Office, visit: Visit, path: str) -> None:
    for role in (Role.SECADMIN, Role.WINDOW, Role.LEADER):
        assert visit(office.actor(role)).get(path).status == 403
