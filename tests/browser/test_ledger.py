"""The ledger as the director imports it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories.office import Office

OWN = Path(__file__).parents[1] / "data" / "ledger.xlsx"
GIVEN = Path(__file__).parents[3] / "shared" / "data" / "ledger_2024.xlsx"


@pytest.fixture
def director(office: Office, sit_down: Callable[..., Page]) -> Page:
    page = sit_down(office.director)
    page.goto("/ledger")
    return page


def try_out(page: Page, path: Path) -> None:
    page.get_by_label("台账文件").set_input_files(path)
    page.locator(".upload button").click()


def count(page: Page, name: str) -> int:
    figure = page.locator(".kpi", has=page.get_by_text(name, exact=True))
    return int(figure.locator(".kpi-value").inner_text().removesuffix("行"))


@pytest.mark.parametrize("book", [path for path in (OWN, GIVEN) if path.exists()])
def test_a_workbook_is_tried_imported_once_and_taken_back(
    director: Page, axe: Callable[[Page], None], book: Path
) -> None:
    try_out(director, book)
    good, wrong = count(director, "可导入"), count(director, "有误")
    assert good > 0
    tabs = director.get_by_role("navigation", name="按结果看")
    expect(tabs.get_by_role("link", name=f"有误 {wrong}")).to_have_attribute("aria-current", "true")
    axe(director)
    tabs.get_by_role("link", name=f"可导入 {good}").click()
    expect(director.locator("tbody tr").first).to_contain_text("可导入")
    director.get_by_role("button", name=f"导入这 {good} 行").click()
    expect(director.get_by_text(f"已导入 {good} 件")).to_be_visible()
    try_out(director, book)
    expect(director.get_by_role("button", name="导入这 0 行")).to_be_disabled()
    director.get_by_text("撤回这批").click()
    director.get_by_role("button", name=f"确认撤回 {good} 件").click()
    expect(director.get_by_text(f"已撤回 {good} 件")).to_be_visible()


def test_another_kind_of_file_is_told_at_the_field(director: Page, tmp_path: Path) -> None:
    other = tmp_path / "台账.xlsx"
    other.write_text("不是表格")
    try_out(director, other)
    expect(director.get_by_role("alert")).to_contain_text("这个文件没有读成")
    expect(director.get_by_label("台账文件")).to_have_attribute("aria-invalid", "true")
