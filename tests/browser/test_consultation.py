"""Questions, register, log and handover in a real browser: keyboard, barriers, paper, phone."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from config.vocabulary import DisputeStatus, Step
from tests.factories.consultation import ANSWER, QUESTION, asked
from tests.factories.dispute import Handling
from tests.factories.office import Office

SitDown = Callable[..., Page]
Case = Callable[..., Handling]
TELEPHONE = {"width": 360, "height": 800}
PAGE = re.compile(rb"/Type\s*/Page\b")
A4 = re.compile(rb"/MediaBox\s*\[0 0 59[45]\.\d+ 84[12]\.\d+\]")
A4_LANDSCAPE = re.compile(rb"/MediaBox\s*\[0 0 84[12]\.\d+ 59[45]\.\d+\]")


@pytest.fixture
def furnished(office: Office, case: Case, now: datetime) -> str:
    """A day with something of everything; the address of its consultation."""
    for status in (DisputeStatus.REGISTERED, DisputeStatus.MEDIATING):
        case(status)
    case(facts={"danger": True})
    with office.app.app_context():
        made = asked(office, now=now)
        case().take(Step.VOID, {"reason": "登记时选错了人"}, now=now)
    return f"/consultations/{made}"


def test_a_question_is_recorded_by_keyboard_alone(office: Office, sit_down: SitDown) -> None:
    page = sit_down(office.window)
    page.goto("/consultations/new")
    expect(page.get_by_label("问了什么")).to_be_focused()
    page.keyboard.insert_text(QUESTION)
    page.keyboard.press("Tab")
    page.keyboard.insert_text(ANSWER)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已登记咨询")).to_be_visible()
    expect(page.get_by_text(QUESTION)).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/consultations", "/consultations/new", "{}", "/register", "/register/day", "/shift"]
)
def test_no_page_has_a_barrier_or_runs_over_a_telephone(
    office: Office, sit_down: SitDown, furnished: str, axe: Callable[[Page], None], path: str
) -> None:
    page = sit_down(office.window)
    page.goto(path.format(furnished))
    axe(page)
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_danger_in_a_question_is_told_while_it_is_typed(
    office: Office, sit_down: SitDown, axe: Callable[[Page], None]
) -> None:
    page = sit_down(office.window)
    page.goto("/consultations/new")
    page.get_by_label("问了什么").fill("丈夫打我，还拿刀说要杀了我")
    expect(page.get_by_text("听起来有危险：")).to_be_visible()
    expect(page.get_by_label("问了什么")).to_be_focused()
    axe(page)
    page.get_by_role("button", name="改为登记纠纷，内容带过去").click()
    page.wait_for_url("**/disputes/new?draft=*")
    expect(page.get_by_text("丈夫打我，还拿刀说要杀了我")).to_be_visible()


@pytest.mark.usefixtures("furnished")
def test_the_register_prints_on_a_lying_sheet_and_the_log_on_a_standing_one(
    office: Office, sit_down: SitDown
) -> None:
    page = sit_down(office.director)
    for path, sheet in (("/register", A4_LANDSCAPE), ("/register/day", A4)):
        page.goto(path)
        page.emulate_media(media="print")
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_text("负责人签字：")).to_be_visible()
        pdf = page.pdf(prefer_css_page_size=True)
        assert (len(PAGE.findall(pdf)), bool(sheet.search(pdf))) == (1, True)


def test_a_handover_is_one_sheet(office: Office, sit_down: SitDown) -> None:
    page = sit_down(office.window)
    page.goto("/shift")
    page.get_by_label("给接班的人说几句").fill("复印纸快用完了")
    page.get_by_role("button", name="交班", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("交接班记录")
    page.emulate_media(media="print")
    expect(page.get_by_text("接班人签字：")).to_be_visible()
    assert len(PAGE.findall(page.pdf(prefer_css_page_size=True))) == 1


def test_what_is_used_less_unfolds_by_keyboard_and_folds_again(
    office: Office, sit_down: SitDown, axe: Callable[[Page], None]
) -> None:
    page = sit_down(office.director)
    page.goto("/")
    more, link = (
        page.locator(".bar-more:not(.bar-own) summary"),
        page.get_by_role("link", name="登记簿"),
    )
    expect(link).to_be_hidden()
    more.focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(more).to_be_focused()


@pytest.mark.parametrize("width", [1366, 360])
def test_the_bar_holds_what_it_offers_without_script(
    office: Office, sit_down: SitDown, width: int
) -> None:
    page = sit_down(office.director, java_script_enabled=False)
    page.set_viewport_size({"width": width, "height": 768})
    page.goto("/")
    page.locator(".bar-more:not(.bar-own) summary").click()
    page.get_by_role("link", name="登记簿").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("来访登记簿")
