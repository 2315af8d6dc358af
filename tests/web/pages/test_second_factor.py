"""The second screen of signing in, and enrolling what it asks for."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from config.settings import Settings
from config.vocabulary import Role
from models import User, transaction
from service.gateways import totp
from service.rules.access import Actor
from tests.factories.office import PASSWORD, Office
from tests.factories.visitor import Page, Visitor

HERE, NAME = "/second-factor", "director-centre"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A deployment that asks some roles for a code."""
    return replace(settings, second_factor=True)


@pytest.fixture
def director(office: Office) -> Actor:
    return office.actor(Role.DIRECTOR, password=PASSWORD)


def enter(visitor: Visitor, password: str = PASSWORD, name: str = NAME, **query: str) -> Page:
    page = visitor.get("/sign-in", **query)
    return visitor.fill(page, "/sign-in", username=name, password=password)


def enrolled(visitor: Visitor) -> tuple[str, Page]:
    """The secret as the page shows it in letters, and the page of the recovery codes."""
    page = visitor.fill(visitor.get(HERE), f"{HERE}/begin")
    shown = re.search(r'sf-secret">([A-Z2-7 ]+)<', page.html)
    assert shown is not None
    secret = shown[1].replace(" ", "")
    # a minute ago, as far as its clock goes: the code of now is still to be used
    early = totp.code(secret, datetime.now(UTC) - timedelta(seconds=30))
    return secret, visitor.fill(page, HERE, code=early)


def test_whose_role_needs_one_enrols_before_anything_else(
    app: Flask, office: Office, director: Actor
) -> None:
    visitor = Visitor(app)
    assert enter(visitor).location == "/"
    assert [visitor.get(path).location for path in ("/", "/disputes", "/users", "/sessions")] == [
        HERE
    ] * 4
    page = visitor.get(HERE)
    assert "您的角色登录要用动态口令。请先登记，再办其他事情。" in page.text
    secret, codes = enrolled(visitor)
    assert (codes.status, codes.title) == (200, "恢复码")
    assert len(re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", codes.html)) == 10
    assert secret not in codes.html
    assert visitor.get("/").headings == ["工作台"]


def test_a_role_that_needs_none_is_asked_for_none(app: Flask, office: Office) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    visitor = Visitor(app)
    enter(visitor, name="window-centre")
    assert visitor.get("/").headings == ["工作台"]
    assert "您的角色可以不用" in visitor.get(HERE).text


def test_the_code_is_asked_on_a_screen_of_its_own_and_leads_back(
    app: Flask, office: Office, director: Actor
) -> None:
    first, second = Visitor(app), Visitor(app)
    enter(first)
    secret, _ = enrolled(first)
    page = enter(second, next="/disputes?status=registered")
    assert (page.status, page.title) == (401, "输入动态口令")
    assert PASSWORD not in page.html
    wrong = second.fill(page, "/sign-in/code", code="000000")
    assert (wrong.status, "没有登录成功动态口令不对" in wrong.text) == (401, True)
    done = second.fill(wrong, "/sign-in/code", code=totp.code(secret, datetime.now(UTC)))
    assert (done.status, done.location) == (303, "/disputes?status=registered")
    assert second.get("/").headings == ["工作台"]
    assert second.fill(page, "/sign-in/code", code="000000").status == 401


def test_unknown_locked_and_wrong_never_see_the_second_screen(
    app: Flask, office: Office, director: Actor
) -> None:
    visitor = Visitor(app)
    enter(visitor)
    enrolled(visitor)
    wrong = [enter(Visitor(app), "not this one") for _ in range(5)]
    locked, unknown = enter(Visitor(app)), enter(Visitor(app), name="nobody")
    told = {(page.status, page.title) for page in (*wrong, locked, unknown)}
    assert told == {(401, "登录")}


def test_a_recovery_code_is_typed_where_the_code_is(
    app: Flask, office: Office, director: Actor
) -> None:
    visitor = Visitor(app)
    enter(visitor)
    _, page = enrolled(visitor)
    code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", page.html)[0]
    other = Visitor(app)
    assert other.fill(enter(other), "/sign-in/code", code=code).status == 303
    assert "剩下的恢复码9 个" in other.get(HERE).text
    assert other.fill(enter(Visitor(app)), "/sign-in/code", code=code).status in (400, 401)


def test_a_wrong_first_code_is_told_beside_the_same_picture(
    app: Flask, office: Office, director: Actor
) -> None:
    visitor = Visitor(app)
    enter(visitor)
    page = visitor.fill(visitor.get(HERE), f"{HERE}/begin")
    again = visitor.fill(page, HERE, code="nonsense")
    assert (again.status, "还没有登记成功动态口令不对" in again.text) == (422, True)
    shown = [re.search(r'sf-secret">([A-Z2-7 ]+)<', each.html) for each in (page, again)]
    assert shown[0] is not None
    assert shown[1] is not None
    assert shown[0][1] == shown[1][1]


def test_the_security_administrator_resets_it_on_the_account(
    app: Flask, office: Office, director: Actor, visit: Callable[[Actor], Visitor]
) -> None:
    visitor = Visitor(app)
    enter(visitor)
    enrolled(visitor)
    path = f"/users/{director.user_id}"
    guard = office.actor(Role.SECADMIN)
    with app.app_context(), transaction() as session:
        session.get_one(User, guard.user_id).second_factor_at = datetime.now(UTC)
    secadmin = visit(guard)
    page = secadmin.get(path)
    done = secadmin.follow(secadmin.fill(page, f"{path}/second-factor/reset"))
    assert "动态口令已重置，下次登录时重新登记" in done.text
    assert visitor.get("/").location == "/sign-in?next=/"
    assert enter(Visitor(app)).location == "/"


def test_where_it_is_off_the_menu_does_not_name_it(app: Flask, office: Office) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    visitor = Visitor(app)
    enter(visitor, name="window-centre")
    assert HERE in visitor.get("/").links
    desk = app.extensions["fengqiao"]
    policy = desk.policy
    off = replace(policy, sign_in=replace(policy.sign_in, second_factor=False))
    app.extensions["fengqiao"] = replace(desk, policy=off)
    assert HERE not in visitor.get("/").links
