"""更正登记 in a real browser: by keyboard, without barriers, on a telephone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factories.dispute import Handling
from tests.factories.office import Office

SitDown = Callable[..., Page]
Case = Callable[..., Handling]
TELEPHONE = {"width": 360, "height": 800}


def test_a_correction_by_keyboard_and_no_state_has_a_barrier(
    office: Office, sit_down: SitDown, case: Case, axe: Callable[[Page], None]
) -> None:
    handling, page = case(), sit_down(office.window)
    path = f"/disputes/{handling.id}/correct"
    page.goto(path)
    axe(page)
    page.get_by_label("涉及金额").fill("500")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)
    page.get_by_label("为什么更正").fill("来访人补充")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("更正了金额")).to_be_visible()
    axe(page)


@pytest.mark.parametrize("restricted", [False, True])
def test_it_does_not_run_over_a_telephone(
    office: Office, sit_down: SitDown, case: Case, restricted: bool
) -> None:
    handling, page = case(restricted=restricted), sit_down(office.window)
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
    for path in (f"/disputes/{handling.id}/correct", f"/disputes/{handling.id}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
