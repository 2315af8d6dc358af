"""In and out, and the first password of an account."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import Role
from models import User, UserSession, transaction
from service.gateways.keyring import new_token, token_hash
from service.operations import user as users
from service.rules.access import Actor
from service.web.cookie import COOKIE
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


FIRST = "/first-sign-in"


@pytest.fixture
def code(office: Office, now: datetime) -> str:
    """The sign-in code of the window's clerk."""
    actor = office.actor(Role.WINDOW)
    with office.app.app_context():
        return users.invite(actor.user_id, actor=None, desk=office.desk, now=now)


def take(visitor: Visitor, code: str) -> Page:
    """Type a slip at the page of its link."""
    page = visitor.get(FIRST)
    return visitor.fill(page, FIRST, username="window-centre", sign_in_code=code)


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        ("short", "short", "密码应为 10 到 128 个字符"),
        ("onlylowercase", "onlylowercase", "密码应包含大写字母、小写字母、数字、符号中的至少三种"),
        (PASSWORD, f"{PASSWORD}x", "两次输入的密码不一样"),
    ],
)
def test_a_password_that_will_not_do_is_told_at_its_field(
    stranger: Visitor, code: str, password: str, again: str, told: str
) -> None:
    page = stranger.fill(take(stranger, code), FIRST, password=password, again=again)
    assert page.status == 422
    assert f"密码还没有设置{told}" in page.text
    assert f'href="#f-{"again" if password != again else "password"}"' in page.html


def test_both_faults_of_a_password_are_told_in_one_pass(stranger: Visitor, code: str) -> None:
    page = stranger.fill(take(stranger, code), FIRST, password="short", again="shirt")
    told = ("密码应为 10 到 128 个字符", "两次输入的密码不一样")
    assert (page.status, [each in page.text for each in told]) == (422, [True, True])


def focused(page: Page) -> list[str]:
    return re.findall(r'id="(f-[a-z]+)"[^>]* autofocus', page.html)


def test_the_cursor_is_where_something_is_to_be_typed(office: Office, stranger: Visitor) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    assert focused(stranger.get("/sign-in")) == ["f-username"]
    assert focused(enter(stranger, "nonsense")) == ["f-password"]


def test_after_the_first_password_the_name_is_typed_already_and_only_once(
    stranger: Visitor, code: str
) -> None:
    sent = stranger.fill(take(stranger, code), FIRST, password=PASSWORD, again=PASSWORD)
    assert sent.location == "/sign-in"
    page = stranger.follow(sent)
    assert page.form("/sign-in").values["username"] == "window-centre"
    assert focused(page) == ["f-password"]
    assert stranger.get("/sign-in").form("/sign-in").values["username"] == ""


def test_an_invited_owner_chooses_a_password_and_signs_in_with_it(
    stranger: Visitor, code: str
) -> None:
    page = take(stranger, code)
    assert ("账号：window-centre" in page.text, page.form(FIRST).action) == (True, FIRST)
    page = stranger.follow(stranger.fill(page, FIRST, password=PASSWORD, again=PASSWORD))
    assert "密码已设置，请用账号 window-centre 登录" in page.text
    assert enter(stranger, PASSWORD).location == "/"


def test_a_code_is_typed_for_the_password_once_and_only_for_its_own_account(
    office: Office, stranger: Visitor, code: str
) -> None:
    office.actor(Role.DIRECTOR, password=PASSWORD)
    page, here = stranger.get("/sign-in"), "/sign-in"
    other = stranger.fill(page, here, username="director-centre", password=code)
    assert other.status == 401
    page = enter(stranger, f" {code.lower().replace('-', '－')} ")
    assert (page.status, page.location, page.title) == (200, "", "设置密码")
    stranger.fill(page, FIRST, password=PASSWORD, again=PASSWORD)
    assert enter(stranger, code).status == 401


def test_used_unknown_and_expired_codes_are_answered_alike(
    office: Office, stranger: Visitor, code: str
) -> None:
    stranger.fill(take(stranger, code), FIRST, password=PASSWORD, again=PASSWORD)
    late = datetime.now(UTC) - timedelta(days=2)
    actor = office.actor(Role.DIRECTOR)
    with office.app.app_context():
        old = users.invite(actor.user_id, actor=None, desk=office.desk, now=late)
    tries = [("window-centre", code), ("nobody", code), ("director-centre", old)]
    pages = [
        stranger.fill(stranger.get(FIRST), FIRST, username=name, sign_in_code=typed)
        for name, typed in tries
    ]
    told = "没有登录成功用户名或登录码不对，登录码已经用过或者过期了，或者账户暂时锁定"
    assert [(page.status, told in page.text) for page in pages] == [(401, True)] * 3


def test_a_short_code_opens_nothing_from_an_address_and_a_long_one_does(
    office: Office, stranger: Visitor, code: str
) -> None:
    long_code, user_id = new_token(), office.actor(Role.WINDOW).user_id
    assert stranger.get(f"{FIRST}/{code}").status == 404
    with office.app.app_context(), transaction() as session:
        session.get_one(User, user_id).invite_hash = token_hash(long_code)
    page = stranger.get(f"{FIRST}/{long_code}")
    assert page.form(FIRST).action == FIRST
    done = stranger.fill(page, FIRST, password=PASSWORD, again=PASSWORD)
    assert (done.status, stranger.get(f"{FIRST}/{long_code}").status) == (303, 404)


def test_after_wrong_codes_the_account_is_locked_and_the_right_one_opens_nothing(
    office: Office, stranger: Visitor, code: str
) -> None:
    tries = office.desk.policy.sign_in.failure_count
    assert [take(stranger, f"wrong-{place}").status for place in range(tries)] == [401] * tries
    assert [take(stranger, code).status, enter(stranger, code).status] == [401, 401]


def test_after_many_wrong_codes_an_address_is_held_back(
    office: Office, stranger: Visitor, code: str
) -> None:
    page, most = stranger.get(FIRST), office.desk.policy.limits.sign_in_codes.count
    found = [
        stranger.fill(page, FIRST, username=f"nobody-{place}", sign_in_code=code).status
        for place in range(200)
    ]
    assert found == [401] * most + [429] * (200 - most)
    held = take(stranger, code)
    assert (held.status, "试得太频繁了" in held.text) == (429, True)


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
