"""分流规则 at a real browser: a rule is changed with the keyboard, replayed, without a barrier."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from service.operations import rulebook as operations
from service.operations.rulebook import Change
from tests.browser.test_every_page import fits
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.rulebook import second_director

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SitDown = Callable[..., Page]
Axe = Callable[[Page], None]


def test_a_rule_is_changed_and_replayed(office: Office, sit_down: SitDown, axe: Axe) -> None:
    with office.app.app_context():
        number = registered(office, category="debt").row.number
        operations.draft(Change(), actor=second_director(office), desk=office.desk, now=MONDAY_9AM)
    page = sit_down(office.director)
    page.goto("/routing/rules/2/rules/debt/edit")
    axe(page)
    fits(page)
    page.get_by_label("名称", exact=True).fill("")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("名称请填写")
    axe(page)
    page.get_by_label("名称", exact=True).fill("借贷")
    page.get_by_label("牵头单位", exact=True).select_option("law_firm")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("规则已存入草稿")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("button", name="回放").press("Enter")
    expect(page.get_by_role("link", name=number)).to_be_visible()
    axe(page)
    fits(page)
    for path in (
        "/routing/rules/2/changes",
        "/routing/rules/2/text",
        "/routing/rules/1/rules/debt",
    ):
        page.goto(path)
        axe(page)
        fits(page)
