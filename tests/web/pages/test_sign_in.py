"""In and out, and the first password of an account."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import Role
from models import UserSession, transaction
from service.operations import user as users
from service.rules.access import Actor
from service.web.door import COOKIE
from tests.factories.office import PASSWORD, Office
from tests.factories.visitor import Page, Visitor, session_of


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """A browser nobody is signed in at."""
    return Visitor(app)


def enter(visitor: Visitor, password: str, **query: str) -> Page:
    page = visitor.get("/sign-in", **query)
    return visitor.fill(page, "/sign-in", username="window-centre", password=password)


def test_the_right_password_leads_to_the_desk(office: Office, stranger: Visitor) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    page = stranger.follow(enter(stranger, PASSWORD))
    assert (page.status, page.headings) == (200, ["工作台"])


def test_a_wrong_password_is_told_and_the_name_stays(office: Office, stranger: Visitor) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    page = enter(stranger, "nonsense")
    assert page.status == 401
    assert "没有登录成功用户名或密码错误，或账户暂时锁定" in page.text
    assert page.form("/sign-in").values["username"] == "window-centre"
    assert "nonsense" not in page.html


def test_a_page_nobody_is_signed_in_for_comes_back_after_signing_in(
    office: Office, stranger: Visitor
) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    asked = stranger.get("/disputes?status=registered")
    page = stranger.follow(asked)
    assert "请先登录，登录后回到刚才的页面" in page.text
    sent = stranger.fill(page, "/sign-in", username="window-centre", password=PASSWORD)
    assert sent.location == "/disputes?status=registered"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "javascript:alert(1)",
        "evil.example",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(
    office: Office, stranger: Visitor, elsewhere: str
) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    assert enter(stranger, PASSWORD, next=elsewhere).location == "/"


def test_signing_out_ends_the_session(office: Office, visit: Callable[[Actor], Visitor]) -> None:
    window = visit(office.window)
    page = window.follow(window.fill(window.get("/"), "/sign-out"))
    assert "已退出" in page.text
    assert window.get("/").location == "/sign-in?next=/"


@pytest.fixture
def invited(office: Office, now: datetime) -> str:
    """The path of a one-time link of the window's clerk."""
    actor = office.actor(Role.WINDOW)
    with office.app.app_context():
        token = users.invite(actor.user_id, actor=None, desk=office.desk, now=now)
    return f"/first-sign-in/{token}"


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        ("short", "short", "密码应为 10 到 128 个字符"),
        ("onlylowercase", "onlylowercase", "密码应包含大写字母、小写字母、数字、符号中的至少三种"),
        (PASSWORD, f"{PASSWORD}x", "两次输入的密码不一样"),
    ],
)
def test_a_password_that_will_not_do_is_told_at_its_field(
    stranger: Visitor, invited: str, password: str, again: str, told: str
) -> None:
    page = stranger.fill(stranger.get(invited), invited, password=password, again=again)
    assert page.status == 422
    assert f"密码还没有设置{told}" in page.text
    assert f'href="#f-{"again" if password != again else "password"}"' in page.html


def test_an_invited_owner_chooses_a_password_and_signs_in_with_it(
    stranger: Visitor, invited: str
) -> None:
    page = stranger.get(invited)
    assert "账号：window-centre" in page.text
    page = stranger.follow(stranger.fill(page, invited, password=PASSWORD, again=PASSWORD))
    assert "密码已设置，请用账号 window-centre 登录" in page.text
    assert enter(stranger, PASSWORD).location == "/"


def test_a_code_is_typed_for_the_password_once_and_only_for_its_own_account(
    office: Office, stranger: Visitor, invited: str
) -> None:
    code = invited.rpartition("/")[2]
    office.actor(Role.DIRECTOR, password=PASSWORD)
    page, here = stranger.get("/sign-in"), "/sign-in"
    other = stranger.fill(page, here, username="director-centre", password=code)
    assert other.status == 401
    typed = f" {code.lower().replace('-', '－')} "
    assert enter(stranger, typed).location == f"/first-sign-in/{code.replace('-', '')}"
    stranger.fill(stranger.get(invited), invited, password=PASSWORD, again=PASSWORD)
    assert enter(stranger, code).status == 401


def test_a_link_that_was_used_says_so(stranger: Visitor, invited: str) -> None:
    stranger.fill(stranger.get(invited), invited, password=PASSWORD, again=PASSWORD)
    page = stranger.get(invited)
    assert page.status == 404
    assert "这个登录码已经用过或者过期了，请管理员重新发一个" in page.text
    assert "去登录" in page.text


def rested(app: Flask, minutes: int) -> None:
    """Nobody did anything for so long."""
    with app.app_context(), transaction() as session:
        session.execute(
            sa.update(UserSession).values(seen_at=datetime.now(UTC) - timedelta(minutes=minutes))
        )


def test_asking_how_long_is_left_does_not_prolong_it_and_going_on_does(
    app: Flask, office: Office, stranger: Visitor
) -> None:
    client = app.test_client()
    client.set_cookie(COOKIE, session_of(app, office.window))
    token = Page(client.get("/")).form("/sign-out").values["csrf_token"]
    rested(app, 28)
    asked = [client.get("/session").json or {}, client.get("/session").json or {}]
    prolonged = client.post("/session", data={"csrf_token": token}).json or {}
    assert {each["user"] for each in [*asked, prolonged]} == {str(office.window.user_id)}
    assert all(100 < each["seconds"] <= 120 for each in asked)
    assert prolonged["seconds"] == 30 * 60
    assert stranger.get("/session").status == 303
