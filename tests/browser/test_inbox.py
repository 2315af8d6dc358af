"""消息 and 接口令牌 in a real browser: by keyboard, without barriers, whole on a telephone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.vocabulary import Role
from service.rules.access import Actor
from tests.browser.test_pages import HAND_MS
from tests.factories.dispute import Handling
from tests.factories.office import Office

SitDown = Callable[..., Page]
Case = Callable[..., Handling]
TELEPHONE = {"width": 360, "height": 800}


@pytest.fixture(autouse=True)
def director(office: Office) -> Actor:
    """The director is at work before anything comes in."""
    return office.director


def fits_a_telephone(page: Page) -> bool:
    """Nothing hangs over the edge of a telephone."""
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= 360")
    return fits


def test_the_inbox_is_worked_off_by_keyboard(
    office: Office, sit_down: SitDown, case: Case, axe: Callable[[Page], None]
) -> None:
    page = sit_down(office.director)
    page.goto("/inbox")
    axe(page)
    case(facts={"danger": True})
    case()
    page.goto("/inbox")
    axe(page)
    expect(page.get_by_role("link", name="未读消息 2 条")).to_be_visible()
    page.keyboard.press("j")
    page.wait_for_timeout(HAND_MS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/disputes/*")
    page.get_by_role("link", name="未读消息 1 条").click()
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.get_by_role("link", name="消息", exact=True)).to_be_visible()
    axe(page)
    assert fits_a_telephone(page)


def test_a_token_is_made_and_revoked(
    office: Office, sit_down: SitDown, axe: Callable[[Page], None]
) -> None:
    page = sit_down(office.actor(Role.SYSADMIN))
    page.goto("/tokens")
    axe(page)
    page.get_by_label("平台名称").fill("热线平台")
    page.get_by_role("button", name="生成令牌").click()
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)
    page.get_by_label("来源").select_option(label="12345热线")
    page.get_by_label("所属单位").select_option(label="柳溪司法所")
    page.get_by_role("button", name="生成令牌").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("令牌已生成")
    assert page.get_by_label("令牌", exact=True).input_value().startswith("fqt_")
    axe(page)
    page.get_by_role("link", name="已经复制好了").click()
    page.get_by_text("吊销", exact=False).first.click()
    axe(page)
    page.get_by_role("button", name="确认吊销").click()
    expect(page.get_by_text("已吊销", exact=True)).to_be_visible()
    assert fits_a_telephone(page)


def test_the_numbers_of_others_are_noted_without_barriers(
    office: Office, sit_down: SitDown, case: Case, axe: Callable[[Page], None]
) -> None:
    handling = case()
    page = sit_down(office.director)
    page.goto(f"/disputes/{handling.id}")
    page.get_by_text("登记一个编号").click()
    page.get_by_label("那边的编号").fill("司-1")
    page.get_by_role("button", name="登记编号").click()
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)
    page.get_by_label("系统", exact=True).select_option(label="司法部人民调解平台")
    page.get_by_label("登记日期").fill("2026-01-05")
    page.get_by_role("button", name="登记编号").click()
    expect(page.get_by_text("司-1", exact=True)).to_be_visible()
    page.goto(f"/disputes/{handling.id}/outside-entries")
    page.get_by_text("撤销", exact=False).first.click()
    axe(page)
    assert fits_a_telephone(page)
    page.goto("/outside-entries")
    axe(page)
