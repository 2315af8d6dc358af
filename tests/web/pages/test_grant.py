"""用户与权限: the table of rights, changing roles on a page, agreeing as the second person."""

from collections.abc import Callable

import pytest

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_role_is_asked_for_by_one_and_agreed_to_by_another(office: Office, visit: Visit) -> None:
    clerk = office.window
    first, second = (visit(office.actor(Role.SECADMIN, name=name)) for name in ("a", "b"))
    page = first.get(f"/users/{clerk.user_id}/roles")
    assert "调整角色" in page.text
    asked = first.fill(
        page,
        f"/users/{clerk.user_id}/roles",
        roles="director",
        organisation=str(office.units["centre"]),
    )
    assert "等另一位管理员确认" in first.get(f"/users/{clerk.user_id}").text
    assert asked.status == 303
    assert "不能自己确认" in first.get("/rights").text
    assert "有 1 项授权等您同意。" in second.get("/").text
    assert "等您同意" not in first.get("/").text
    page = second.get("/rights")
    (address,) = [each.action for each in page.forms if each.action.endswith("/decide")]
    second.fill(page, address, agree="true")
    assert "没有等确认的授权" in second.get("/rights").text
    assert "等您同意" not in second.get("/").text


def test_no_role_is_told_at_its_field(office: Office, visit: Visit) -> None:
    person = visit(office.actor(Role.SECADMIN))
    path = f"/users/{office.window.user_id}/roles"
    page = person.fill(person.get(path), path, roles=[])
    assert page.status == 422
    assert "请至少选择一个角色" in page.text


def test_who_keeps_no_rights_reads_no_table(office: Office, visit: Visit) -> None:
    assert visit(office.director).get("/rights").status == 403
    assert "登记纠纷" in visit(office.actor(Role.AUDITOR)).get("/rights").text
