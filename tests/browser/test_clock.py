"""A pause at a real browser: asked for with what comes of it, granted, and told by the chip."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from config.vocabulary import DisputeStatus
from tests.factories.clock import clock_of, entered
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.operations.test_clock import BENEFIT

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SitDown = Callable[..., Page]
SIZES = [{"width": 1366, "height": 768}, {"width": 390, "height": 844}]


def fits(page: Page, axe: Callable[[Page], None]) -> None:
    """Nothing stands over the edge, and nothing bars anybody."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    axe(page)


@pytest.mark.parametrize("size", SIZES)
def test_a_pause_is_asked_for_seen_granted_and_told(
    office: Office,
    sit_down: SitDown,
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
    size: dict[str, int],
) -> None:
    handling = case(DisputeStatus.MEDIATING)
    page = sit_down(office.mediator)
    page.set_viewport_size(size)  # type: ignore[arg-type]  # its own TypedDict
    page.goto(f"/disputes/{handling.id}")
    fits(page, axe)
    page.get_by_role("link", name="人民调解", exact=True).click()
    expect(page.get_by_role("heading", name="一天一天怎么数的")).to_be_visible()
    fits(page, axe)
    page.get_by_role("link", name="申请中止").click()
    page.get_by_label("等待鉴定、检测结论").check()
    page.get_by_label("情况说明").fill("房屋鉴定要等两周")
    page.get_by_role("button", name="先看看期限会怎么变").click()
    expect(page.get_by_text("恢复以后接着算")).to_be_visible()
    fits(page, axe)
    page.get_by_role("button", name="确认申请中止").click()
    expect(page.get_by_text("已提交申请中止，等批准")).to_be_visible()

    other = sit_down(office.director)
    other.set_viewport_size(size)  # type: ignore[arg-type]  # its own TypedDict
    other.goto("/clock-changes")
    fits(other, axe)
    other.get_by_role("link", name="中止", exact=True).click()
    fits(other, axe)
    other.get_by_label("同意", exact=True).check()
    other.get_by_role("button", name="确认决定").click()
    expect(other.get_by_text("已同意，期限已经改好")).to_be_visible()
    fits(other, axe)
    other.get_by_role("link", name=re.compile("打印中止调解通知书")).click()
    fits(other, axe)

    page.goto("/disputes")
    expect(page.get_by_text("暂停计时")).to_be_visible()
    page.goto(f"/disputes/{handling.id}")
    expect(page.get_by_text("暂停计时").first).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_the_open_remedy_is_what_one_sees_first(
    office: Office,
    sit_down: SitDown,
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
    size: dict[str, int],
) -> None:
    now = datetime.now(UTC)
    known = office.desk.today(now) - timedelta(days=58)
    facts = BENEFIT["facts"] | {"learnt_on": known.isoformat()}
    handling = case(category="social_security", facts=facts)
    with office.app.app_context():
        entered(handling, rule="OUT.12345", due_on=office.desk.today(now), now=now)
        clock = clock_of(handling, "LIT.SUE").id
    page = sit_down(office.director)
    page.set_viewport_size(size)  # type: ignore[arg-type]  # its own TypedDict
    page.goto(f"/disputes/{handling.id}")
    expect(page.locator("main section").first).to_contain_text("申请行政复议")
    fits(page, axe)
    page.goto(f"/disputes/{handling.id}/clocks/{clock}")
    fits(page, axe)
    page.goto(f"/disputes/{handling.id}/clocks/new")
    fits(page, axe)
