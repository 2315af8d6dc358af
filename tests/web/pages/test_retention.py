"""保存与销毁 at the browser: counts and no names, three people, and what is left afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from config.vocabulary import Role
from models import User, transaction
from service.rules.access import Actor
from tests.factories.canary import CANARIES, canary_dispute
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
LONG_AGO = datetime(1985, 3, 4, 1, 0, tzinfo=UTC)
PATH = "/retention"


def press(visitor: Visitor, ending: str) -> Page:
    """Send the form of the page whose address ends so."""
    page = visitor.get(PATH)
    (action,) = [each.action for each in page.forms if each.action.endswith(ending)]
    return visitor.follow(visitor.fill(page, action))


def test_three_people_forget_and_the_page_says_so(office: Office, visit: Visit) -> None:
    with office.app.app_context():
        handling = canary_dispute(office, now=LONG_AGO)
        number = handling.row.number
    admin, director = visit(office.actor(Role.SYSADMIN)), visit(office.director)
    keeper = office.actor(Role.SECADMIN)
    with office.app.app_context(), transaction() as session:  # people may have the same name
        session.get_one(User, keeper.user_id).name = office.director.name
    assert "可以销毁的有 1 件" in admin.get(PATH).text.replace(" ", " ").replace("有1件", "有 1 件")
    held = director.fill(director.get(PATH), f"{PATH}/holds", number=number, ground="inspection")
    assert f"{number} 暂缓销毁" in director.follow(held).text
    assert f"{PATH}/erasures" not in [each.action for each in admin.get(PATH).forms]
    assert "已取消暂缓" in press(director, "/lift").text
    assert "清单已列出" in press(admin, "/erasures").text
    assert "有 1 份销毁清单等您办" in director.get("/").text
    assert "已同意" in press(director, "/agree").text
    assert "销毁清单等您办" not in director.get("/").text + admin.get("/").text
    assert not [e for e in director.get(PATH).forms if e.action.endswith("/agree")]
    assert "两人已同意，可以执行" in press(visit(keeper), "/agree").text
    assert "有 1 份销毁清单等您办" in admin.get("/").text
    assert "已执行，内容已经销毁" in press(admin, "/run").text
    left = director.get(f"/disputes/{handling.id}")
    assert (left.status, "内容已销毁" in left.title) == (200, True)
    for told in (left.html, director.get("/disputes").html, director.get(PATH).html):
        assert [each for each in CANARIES.values() if each in told] == []
    assert director.get(f"/disputes/{handling.id}/correct").status == 410


def test_a_list_is_sent_back(office: Office, visit: Visit) -> None:
    with office.app.app_context():
        canary_dispute(office, now=LONG_AGO)
    press(visit(office.actor(Role.SYSADMIN)), "/erasures")
    assert "清单已退回" in press(visit(office.director), "/refuse").text


def test_a_number_nobody_has_is_told_at_its_field(office: Office, visit: Visit) -> None:
    director = visit(office.director)
    page = director.fill(
        director.get(PATH), f"{PATH}/holds", number="没有这件", ground="inspection"
    )
    assert (page.status, 'id="f-number-error"' in page.html) == (422, True)


def test_the_auditor_watches_and_can_do_nothing(office: Office, visit: Visit) -> None:
    with office.app.app_context():
        canary_dispute(office, now=LONG_AGO)
    press(visit(office.actor(Role.SYSADMIN)), "/erasures")
    page = visit(office.actor(Role.AUDITOR)).get(PATH)
    assert page.status == 200
    assert [each.action for each in page.forms if each.action.startswith(PATH)] == []
