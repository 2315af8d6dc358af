"""The first day of a centre: the administrator sets it up, prints the slips, keeps the register."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.vocabulary import Role
from tests.factories.office import Office


@pytest.fixture
def admin(office: Office, sit_down: Callable[..., Page]) -> Page:
    return sit_down(office.actor(Role.SYSADMIN))


def fill_row(page: Page, place: int, username: str, role: str) -> None:
    page.fill(f'[name="rows.{place}.name"]', f"甲{place}")
    page.fill(f'[name="rows.{place}.username"]', username)
    page.select_option(f'[name="rows.{place}.role"]', role)
    page.select_option(f'[name="rows.{place}.organisation"]', label="柳溪镇综治中心")


def test_the_four_steps_are_walked_through(admin: Page, axe: Callable[[Page], None]) -> None:
    admin.goto("/setup")
    axe(admin)
    admin.get_by_role("link", name="继续：本中心").click()
    axe(admin)
    admin.get_by_label("地址").fill("柳溪镇东街 1 号")
    admin.get_by_label("电话").fill("0475-4210000")
    admin.get_by_role("button", name="保存，下一步").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("单位和村")
    axe(admin)
    admin.get_by_label("单位名单").fill("东村\n某某")
    admin.get_by_role("button", name="先看结果").click()
    expect(admin.locator("tbody tr").nth(1)).to_contain_text("看不出类别")
    axe(admin)
    admin.get_by_label("单位名单").fill("东村")
    admin.get_by_role("button", name="改好后再试").click()
    admin.get_by_role("button", name="登记这 1 个单位").click()
    admin.get_by_role("link", name="下一步：账户").click()
    for place, role in enumerate(("window", "director", "mediator")):
        fill_row(admin, place, "Bad" if place == 1 else f"{role}-1", role)
    axe(admin)
    admin.get_by_role("button", name="建立账户").click()
    expect(admin.locator(".errs")).to_be_focused()
    axe(admin)
    admin.fill('[name="rows.1.username"]', "director-1")
    admin.get_by_role("button", name="建立账户").click()
    expect(admin.locator("article.pass")).to_have_count(3)
    axe(admin)
    admin.get_by_role("link", name="下一步：核对").click()
    axe(admin)
    admin.get_by_role("button", name="完成设置").click()
    expect(admin.get_by_text("初始设置已完成")).to_be_visible()


@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, {"width": 360, "height": 800}])
def test_accounts_have_no_barrier_and_stay_in_the_window(
    office: Office, sit_down: Callable[..., Page], axe: Callable[[Page], None], size: dict[str, int]
) -> None:
    page = sit_down(office.actor(Role.SYSADMIN))
    page.set_viewport_size(size)  # type: ignore[arg-type]  # its own TypedDict
    path = f"/users/{office.window.user_id}"
    for address in (
        "/users",
        "/users/new",
        "/users/import",
        path,
        "/organisations",
        "/setup/people",
    ):
        page.goto(address)
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, address


def test_two_tabs_on_one_unit_keep_what_was_typed(
    office: Office, admin: Page, axe: Callable[[Page], None]
) -> None:
    address = f"/organisations/{office.units['station']}/edit"
    admin.goto(address)
    other = admin.context.new_page()
    other.goto(address)
    other.get_by_label("电话").fill("0475-1")
    other.get_by_role("button", name="保存").click()
    expect(other.get_by_text("已保存")).to_be_visible()
    admin.get_by_label("办公时间").fill("周一至周五，全天")
    admin.get_by_role("button", name="保存").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("别人刚刚改过")
    expect(admin.get_by_label("办公时间")).to_have_value("周一至周五，全天")
    axe(admin)
    admin.goto(f"/organisations/{office.units['station']}")  # the warning is answered by playwright
