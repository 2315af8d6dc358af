"""The citizen's page on a telephone, and the answer by telephone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from config.policy import Limit
from tests.factories.dispute import every
from tests.factories.office import Office

TELEPHONE = {"width": 360, "height": 800}
Axe = Callable[[Page], None]


def made(office: Office, now: datetime) -> tuple[str, str]:
    """Number and code of a slip."""
    with office.app.app_context():
        each = every(office, now=now)[0]
        return each.number, each.code


def is_large(page: Page) -> None:
    """Nothing is smaller than 17 px, text is at least 18, and nothing hangs over the edge."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    sizes = page.locator("main p:visible, main li:visible, main dd:visible").evaluate_all(
        "nodes => nodes.map(node => [parseFloat(getComputedStyle(node).fontSize), node.className])"
    )
    assert [each for each in sizes if each[0] < 17 or (not each[1] and each[0] < 18)] == []


def test_the_qr_fills_the_fields_and_leaves_the_address(
    office: Office, visitor: Callable[..., Page], axe: Axe, now: datetime
) -> None:
    number, code = made(office, now)
    page = visitor()
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/public#{number}.{code}")
    expect(page.get_by_label("编号")).to_have_value(number)
    expect(page.get_by_label("查询码")).to_have_value(code)
    expect(page.get_by_role("button", name="查进度")).to_be_focused()
    assert page.evaluate("location.href").endswith("/public")
    axe(page)
    is_large(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="现在到了：登记")).to_be_visible()
    expect(page).to_have_title(page.get_by_role("heading", level=1).inner_text())
    assert [url for url in asked if code in url] == []
    axe(page)
    is_large(page)


def test_a_miss_and_a_limit_are_told_in_large_type(
    office: Office, visitor: Callable[..., Page], axe: Axe
) -> None:
    desk = office.app.extensions["fengqiao"]
    limits = replace(desk.policy.limits, progress_by_address=Limit(1, timedelta(days=36500)))
    changed = replace(desk, policy=replace(desk.policy, limits=limits))
    office.app.extensions["fengqiao"] = changed
    page = visitor()
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
    page.goto("/public")
    for said in ("没有查到", "查得太频繁了"):
        page.get_by_role("textbox", name="编号").fill("LXZ2026-99999")
        page.get_by_role("textbox", name="查询码").fill("ABCDEFGH")
        page.get_by_role("button", name="查进度").click()
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(page.get_by_role("alert")).to_be_focused()
        axe(page)
        is_large(page)


def test_the_page_works_without_script(
    office: Office, visitor: Callable[..., Page], now: datetime
) -> None:
    number, code = made(office, now)
    page = visitor(java_script_enabled=False)
    page.goto("/public")
    page.get_by_label("编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查进度").click()
    expect(page.get_by_text("现在到了：登记")).to_be_visible()


def test_the_script_to_read_aloud_is_large_and_without_barriers(
    office: Office, sit_down: Callable[..., Page], axe: Axe, now: datetime
) -> None:
    number, code = made(office, now)
    page = sit_down(office.window)
    page.goto("/readout")
    axe(page)
    page.get_by_role("textbox", name="编号", exact=True).fill(number)
    page.get_by_label("查询码").fill(code)
    page.keyboard.press("Control+Enter")
    line = page.locator(".script-lines li").first
    expect(line).to_contain_text("您的编号是：L X Z")
    assert line.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 24
    axe(page)
