"""应诉 in a browser: no barrier on its pages, and a step taken by hand."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from config.vocabulary import Role
from tests.browser.test_every_page import fits
from tests.browser.test_pages import is_whole
from tests.factories.lawsuit import sheepfold
from tests.factories.office import Office


def test_the_pages_of_a_lawsuit_have_no_barrier_and_a_review_of_tomorrow_keeps_what_was_typed(
    office: Office, sit_down: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    path = f"/lawsuits/{sheepfold(office)}"
    page = sit_down(office.actor(Role.LEGAL))
    for address in (
        "/lawsuits",
        "/lawsuits/new",
        path,
        f"{path}/case-review",
        f"{path}/papers/answer",
        "/lawsuits/figures",
        "/litigation?year=2026",
    ):
        page.goto(address)
        is_whole(page)
        axe(page)
        fits(page)
    page.goto(path)
    page.get_by_role("link", name="写一案一评").click()
    page.get_by_label("违反法定程序").check()
    page.get_by_label("评析人").fill("镇长办公会")
    page.get_by_label("评析日期").fill("2199-12-01")
    page.get_by_label("整改 1").fill("拆除前先催告")
    page.get_by_label("责任单位").first.select_option("柳溪司法所")
    page.get_by_label("最迟哪天完成").first.fill("2026-12-31")
    page.get_by_role("button", name="写好一案一评").click()
    expect(page.locator(".errs")).to_contain_text("评析日期不能晚于今天")
    expect(page.get_by_label("整改 1")).to_have_value("拆除前先催告")
