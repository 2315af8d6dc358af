"""Handing over at a real browser: no barrier, nothing over the edge, done with a few keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.vocabulary import DisputeStatus, Role
from tests.factories.dispute import Handling
from tests.factories.office import Office

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, {"width": 390, "height": 844}])
def test_work_is_handed_over_and_the_account_closed(
    office: Office,
    sit_down: Callable[..., Page],
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
    size: dict[str, int],
) -> None:
    case(DisputeStatus.MEDIATING)
    case(DisputeStatus.ACCEPTED)
    successor = office.actor(Role.MEDIATOR, "committee", name="b")
    page = sit_down(office.actor(Role.SYSADMIN))
    page.set_viewport_size(size)  # type: ignore[arg-type]  # its own TypedDict
    page.goto(f"/users/{office.mediator.user_id}")
    page.get_by_role("link", name="去交接").click()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_label("不受限的都交给").select_option(label=successor.name)
    page.get_by_role("button", name="交接并停用账户").press("Enter")
    expect(page.get_by_text("已交接并停用")).to_be_visible()
    page.goto(f"/users/{office.mediator.user_id}/hand-over")
    expect(page.get_by_role("heading", name="没有要交接的纠纷")).to_be_visible()
    axe(page)
