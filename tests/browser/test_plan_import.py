"""A plan comes in at a browser: with the keyboard alone, on a screen and on a telephone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from config.vocabulary import Role
from tests.browser.test_every_page import fits
from tests.browser.test_pages import is_whole
from tests.factories.office import Office

SitDown = Callable[..., Page]
TEXT = """柳溪镇2026年法治政府建设工作计划
为推进依法行政，制定本计划。
一、健全应急体系
（一）完善应急制度。
1、开展应急演练，加强信息公开。（责任单位：派出所，党政办；完成时限：2026年11月底）
5、组织业务培训，每人不少于60学时。
三、四季度集中整治。
二、规范行政应诉
（二）落实司法建议、检察建议。
责任单位：柳溪司法所
各村要抓好落实。
"""


def looked_at(page: Page, axe: Callable[[Page], None]) -> None:
    is_whole(page)
    axe(page)
    fits(page)


def test_a_plan_is_read_in_corrected_and_taken_with_the_keyboard(
    office: Office, sit_down: SitDown, axe: Callable[[Page], None]
) -> None:
    page = sit_down(office.actor(Role.PLANNER))
    page.goto("/plans/imports/new")
    page.get_by_label("计划的年度").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.insert_text(TEXT)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="请您看一下")).to_be_visible()
    looked_at(page, axe)
    page.get_by_label("第7行归入").select_option(label="任务")
    page.get_by_label("党政办是哪个单位").select_option(label="不是本镇单位")
    page.get_by_role("button", name="按选择重新读").press("Enter")
    expect(page.get_by_text("已按您的选择重新读过")).to_be_visible()
    expect(page.get_by_text("没有对上", exact=True)).to_have_count(0)
    page.get_by_role("button", name="写入 2026 年计划").press("Enter")
    expect(page.get_by_text("已写入计划：新增 4 项")).to_be_visible()
    looked_at(page, axe)
    page.goto("/plans/imports/new")
    page.get_by_label("或者粘贴计划的文字").fill(TEXT.replace("应急演练", "防汛演练"))
    page.get_by_role("button", name="读成章、节、任务").click()
    expect(page.locator("ins").first).to_have_text("防汛")
    looked_at(page, axe)
