"""Changing one's own password at the page, and having to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from config.settings import Settings
from config.vocabulary import Role
from models import User, transaction
from service.rules.access import Actor
from tests.factories.office import PASSWORD, Office
from tests.factories.program import Program, program
from tests.factories.visitor import Page, Visitor

HERE = "/password"
NEW = "Bramble-Kettle-4"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A deployment that asks for passwords to be changed, as production does."""
    return replace(settings, password_renewal=True)


@pytest.fixture
def clerk(office: Office) -> Actor:
    return office.actor(Role.WINDOW, password=PASSWORD)


@pytest.fixture
def visitor(app: Flask, clerk: Actor) -> Visitor:
    """The clerk, signed in."""
    visitor = Visitor(app)
    enter(visitor, PASSWORD)
    return visitor


def enter(visitor: Visitor, password: str) -> Page:
    page = visitor.get("/sign-in")
    return visitor.fill(page, "/sign-in", username="window-centre", password=password)


def chosen(office: Office, ago: timedelta) -> None:
    """The password was chosen by its owner, so long ago."""
    with office.app.app_context(), transaction() as session:
        session.execute(sa.update(User).values(password_set_at=datetime.now(UTC) - ago))


def test_a_password_somebody_else_chose_is_changed_before_anything_else(visitor: Visitor) -> None:
    assert [visitor.get(path).location for path in ("/", "/disputes", "/sessions")] == [HERE] * 3
    page = visitor.get(HERE)
    assert "现在的密码不是您自己设的，或者用得太久了" in page.text
    done = visitor.fill(page, HERE, old=PASSWORD, password=NEW, again=NEW)
    assert (done.status, done.location) == (303, "/")
    page = visitor.get("/")
    assert (page.headings, "密码已经修改" in page.text) == (["工作台"], True)
    assert enter(Visitor(visitor.app), NEW).location == "/"


def test_ninety_days_are_not_too_long_and_one_more_is(office: Office, visitor: Visitor) -> None:
    chosen(office, timedelta(days=89, hours=23))
    assert visitor.get("/").status == 200
    chosen(office, timedelta(days=90))
    assert visitor.get("/").location == HERE


def test_every_error_stands_at_its_field(visitor: Visitor) -> None:
    page = visitor.get(HERE)
    told = [
        ({"old": PASSWORD, "password": NEW, "again": "x"}, "again", "两次输入的密码不一样"),
        ({"old": PASSWORD, "password": "short", "again": "short"}, "password", "10 到 128"),
        ({"old": "nonsense", "password": NEW, "again": NEW}, "old", "现在的密码不对"),
        ({"old": PASSWORD, "password": PASSWORD, "again": PASSWORD}, "password", "最近用过"),
    ]
    for typed, field, said in told:
        answer = visitor.fill(page, HERE, **typed)
        assert (answer.status, f'href="#f-{field}"' in answer.html) == (422, True), field
        assert said in answer.text
        assert not any(secret in answer.html for secret in (PASSWORD, NEW, "nonsense"))


def test_a_change_ends_the_other_sessions_and_gives_this_one_a_new_id(
    office: Office, visitor: Visitor
) -> None:
    other = Visitor(office.app)
    enter(other, PASSWORD)
    before = visitor.cookie()
    visitor.fill(visitor.get(HERE), HERE, old=PASSWORD, password=NEW, again=NEW)
    assert visitor.cookie() not in ("", before)
    assert other.get("/").location == "/sign-in?next=/"
    assert visitor.get("/").status == 200


def test_a_program_with_such_a_password_is_told_what_comes_first(
    office: Office, clerk: Actor
) -> None:
    caller = program(office, clerk)
    answer = caller.get("/api/v1/disputes")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "account-unsettled")
    assert answer.get_json()["detail"] == "请先在网页上换一个自己的密码，再使用其他功能"
    assert caller.get("/api/v1/me").status_code == 200
    changed = caller.post("/api/v1/me/password", {"old": PASSWORD, "password": NEW})
    assert changed.status_code == 200
    assert caller.get("/api/v1/me").status_code == 401
    fresh = Program(caller.client, changed.get_json()["token"])
    assert fresh.get("/api/v1/disputes").status_code == 200


def test_a_program_is_told_at_the_field_what_is_wrong(office: Office, clerk: Actor) -> None:
    caller = program(office, clerk)
    for body, field in (
        ({"old": "wrong", "password": NEW}, "old"),
        ({"old": PASSWORD, "password": "short"}, "password"),
        ({"old": PASSWORD}, "password"),
        ({"old": PASSWORD, "password": NEW, "again": NEW}, "again"),
    ):
        answer = caller.post("/api/v1/me/password", body)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])
