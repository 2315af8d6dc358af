"""The board of the yearly plan in a browser: read, narrowed by keys, approved, on paper."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from config.vocabulary import Role
from tests.browser.test_every_page import fits
from tests.browser.test_pages import is_whole
from tests.factories.office import Office
from tests.factories.plan import planned

SitDown = Callable[..., Page]


def test_a_leader_reads_the_board_sees_why_and_approves_the_plan(
    office: Office, sit_down: SitDown, axe: Callable[[Page], None]
) -> None:
    with office.app.app_context():
        year = planned(office).year
    page = sit_down(office.actor(Role.LEADER))

    def look() -> None:
        is_whole(page)
        axe(page)
        fits(page)

    page.goto(f"/plans/{year}")
    board = page.get_by_role("table")
    expect(page.get_by_role("main")).to_contain_text("5 项任务")
    expect(board.get_by_role("heading", name="一、健全依法行政体系")).to_be_visible()
    look()
    page.keyboard.press("j")
    expect(board.get_by_role("link", name="应急演练")).to_be_focused()
    page.get_by_role("navigation", name="按亮灯看").get_by_role("link", name="红灯").click()
    expect(board.get_by_role("link", name="应急演练")).to_be_visible()
    expect(board.get_by_role("link", name="年度述法")).to_have_count(0)
    page.get_by_label("牵头或者配合的单位").select_option("柳溪司法所")
    expect(page.get_by_role("status").last).to_have_text("共 0 项")
    expect(page.get_by_role("main")).to_contain_text("没有符合筛选的任务")
    page.get_by_role("link", name="清除筛选").click()
    page.get_by_role("button", name="批准计划").click()
    expect(page.get_by_role("main")).to_contain_text("已经批准")
    expect(page.get_by_role("button", name="批准计划")).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(board).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="这个月的变化").click()
    expect(page.get_by_role("main")).to_contain_text("批准年度计划")
    look()
