"""Signing in again over the page when a code is due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from config.vocabulary import Role
from models import UserSession, transaction
from service.gateways import totp
from service.operations import second_factor
from tests.factories.office import PASSWORD, Office

SitDown = Callable[..., Page]


@pytest.fixture
def secret(app: Flask, office: Office) -> str:
    """The deployment asks for codes, and the director has enrolled."""
    desk = app.extensions["fengqiao"]
    policy = desk.policy
    asked = replace(policy, sign_in=replace(policy.sign_in, second_factor=True))
    app.extensions["fengqiao"] = replace(desk, policy=asked)
    director = office.actor(Role.DIRECTOR, password=PASSWORD)
    then = datetime.now(UTC) - timedelta(minutes=5)
    with app.app_context():
        begun = second_factor.begin(actor=director, issuer="柳溪", desk=office.desk, now=then)
        second_factor.confirm(
            totp.code(begun.secret, then), token="", actor=director, desk=office.desk, now=then
        )
    return begun.secret


def test_the_box_over_the_page_asks_for_the_code_after_the_password(
    office: Office, sit_down: SitDown, secret: str, axe: Callable[[Page], None]
) -> None:
    page = sit_down(office.director)
    page.goto("/disputes/new")
    page.locator("[name='parties.0.name']").fill("孙德山")
    with office.app.app_context(), transaction() as session:
        session.execute(sa.update(UserSession).values(ended_at=UserSession.started_at))
    page.get_by_role("button", name="登记", exact=False).first.click()
    box = page.get_by_role("dialog", name="请重新登录")
    box.get_by_label("密码").fill(PASSWORD)
    box.get_by_role("button", name="登录并继续").click()
    expect(box.get_by_role("alert")).to_have_text("密码对了，请再输入动态口令")
    code = box.get_by_label("动态口令")
    expect(code).to_be_focused()
    axe(page)
    code.fill("000000")
    box.get_by_role("button", name="登录并继续").click()
    expect(box.get_by_role("alert")).to_have_text("动态口令不对、已经用过，或者等得太久了")
    code.fill(totp.code(secret, datetime.now(UTC)))
    box.get_by_role("button", name="登录并继续").click()
    expect(box).to_have_count(0)
    assert page.locator("[name='parties.0.name']").input_value() == "孙德山"
