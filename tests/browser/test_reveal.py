"""One masked field shown where it stands, with script and without."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.factories.dispute import APPLICANT, Handling
from tests.factories.office import Office

PHONE = str(APPLICANT["phone"])


def test_a_field_is_shown_in_its_place_and_goes_again(
    office: Office,
    sit_down: Callable[..., Page],
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
) -> None:
    page = sit_down(office.director)
    page.goto(f"/disputes/{case().id}")
    expect(page.get_by_text(PHONE)).to_have_count(0)
    page.locator("a[data-reveal]", has_text="申请人 王** 的电话").press("Enter")
    reason = page.get_by_label("为什么要看")
    expect(reason).to_be_focused()
    reason.fill("通知明天来调解")
    reason.press("Enter")
    expect(page.locator("[data-reveal-value]")).to_have_text(PHONE)
    axe(page)
    page.get_by_role("link", name="看完了").press("Enter")
    expect(page.get_by_text(PHONE)).to_have_count(0)
    expect(page.locator("a[data-reveal]", has_text="申请人 王** 的电话")).to_be_focused()


def test_escape_puts_the_question_away(
    office: Office, sit_down: Callable[..., Page], case: Callable[..., Handling]
) -> None:
    page = sit_down(office.director)
    page.goto(f"/disputes/{case().id}")
    page.locator("a[data-reveal]", has_text="申请人 王** 的电话").click()
    page.get_by_label("为什么要看").press("Escape")
    expect(page.get_by_label("为什么要看")).to_have_count(0)


def test_without_script_it_is_a_page_of_its_own(
    office: Office, sit_down: Callable[..., Page], case: Callable[..., Handling]
) -> None:
    page = sit_down(office.director, java_script_enabled=False)
    page.goto(f"/disputes/{case().id}")
    page.locator("a[data-reveal]", has_text="申请人 王** 的电话").click()
    page.get_by_label("为什么要看").fill("看看")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("alert")).to_contain_text("至少 5 个字")
    page.get_by_label("为什么要看").fill("通知明天来调解")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("[data-reveal-value]")).to_have_text(PHONE)
    page.get_by_role("link", name="看完了").click()
    expect(page.get_by_text(PHONE)).to_have_count(0)


def test_after_a_minute_it_is_gone(
    office: Office, sit_down: Callable[..., Page], case: Callable[..., Handling]
) -> None:
    page = sit_down(office.director)
    page.clock.install()
    page.goto(f"/disputes/{case().id}")
    page.locator("a[data-reveal]", has_text="申请人 王** 的电话").click()
    page.get_by_label("为什么要看").fill("通知明天来调解")
    page.get_by_label("为什么要看").press("Enter")
    expect(page.locator("[data-reveal-value]")).to_have_text(PHONE)
    page.clock.fast_forward(59_000)
    expect(page.locator("[data-reveal-value]")).to_have_text(PHONE)
    page.clock.fast_forward(2_000)
    expect(page.get_by_text(PHONE)).to_have_count(0)
