"""A suggested category is one press away, and never in the way."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.factories.office import Office

SitDown = Callable[..., Page]


def test_a_suggestion_is_chosen_with_one_press_and_then_gone(
    office: Office, sit_down: SitDown, axe: Callable[[Page], None]
) -> None:
    page = sit_down(office.window)
    page.goto("/disputes/new")
    story = page.get_by_role("textbox", name="事情经过")
    story.fill("在工地干了三个月，包工头拖欠工资")
    hints = page.get_by_role("group", name="按经过看，可能的类别")
    first = hints.get_by_role("button").first
    expect(first).to_have_text("欠薪 — 因为“拖欠工资”“包工头”“工地”")
    expect(story).to_be_focused()
    axe(page)
    first.click()
    expect(page.get_by_role("radio", name="欠薪")).to_be_checked()
    expect(hints).to_be_hidden()
    expect(story).to_be_focused()
