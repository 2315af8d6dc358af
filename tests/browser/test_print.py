"""What goes over the counter on paper."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from config.vocabulary import DisputeStatus, Step
from tests.factories.dispute import RESPONDENT, Handling
from tests.factories.office import Office

PAGE = re.compile(rb"/Type\s*/Page\b")
A4 = re.compile(rb"/MediaBox\s*\[0 0 59[45]\.\d+ 84[12]\.\d+\]")
SLIP = re.compile(rb"/MediaBox\s*\[0 0 22[67]\.\d+ 56[67]\.\d+\]")  # 80 mm by 200 mm
FIVE: list[dict[str, Any]] = [
    {"category": code, "facts": {}} for code in ("neighbour", "debt", "wages", "family", "contract")
]
HURT: dict[str, Any] = {"traffic_certificate_on": "2026-11-12", "injury": "minor"}
BENEFIT: dict[str, Any] = {
    "category": "social_security",
    "facts": {"administrative_act": "benefit_decision", "learnt_on": "2026-11-01"},
}


def test_the_receipt_is_one_page_that_names_no_other_side(
    office: Office, sit_down: Callable[..., Page], case: Callable[..., Handling]
) -> None:
    page = sit_down(office.window)
    page.goto(f"/disputes/{case().id}/receipt")
    page.emulate_media(media="print")
    sheet = page.locator(".sheet")
    expect(sheet).not_to_contain_text(RESPONDENT["name"])
    expect(sheet).not_to_contain_text("李")
    assert re.fullmatch(r"[0-9A-Z]{4} [0-9A-Z]{4}", page.locator(".sheet-code").inner_text())
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    number, text = (
        page.locator(each).evaluate(size) for each in (".sheet-number", ".sheet-tbl td >> nth=0")
    )
    assert number >= 1.8 * text
    for hidden in ("banner", "contentinfo", "button"):
        expect(page.get_by_role(hidden)).to_have_count(0)
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(PAGE.findall(pdf)) == 1
    assert A4.search(pdf)


def test_a_dispute_prints_without_what_only_a_screen_needs(
    office: Office, sit_down: Callable[..., Page], case: Callable[..., Handling]
) -> None:
    page = sit_down(office.mediator)
    page.goto(f"/disputes/{case(DisputeStatus.MEDIATING).id}")
    page.emulate_media(media="print")
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("heading", name="办理经过")).to_be_visible()


@pytest.mark.parametrize("paper", ["a4", "80"])
@pytest.mark.parametrize("visit", ["one", "five", "elsewhere", "restricted"])
def test_every_slip_is_one_page_of_its_paper(
    office: Office,
    sit_down: Callable[..., Page],
    case: Callable[..., Handling],
    visit: str,
    paper: str,
) -> None:
    told: dict[str, dict[str, Any]] = {
        "one": {},
        "five": {"matters": FIVE},
        "elsewhere": BENEFIT,
        "restricted": {"restricted": True},
    }
    page = sit_down(office.window)
    page.goto(f"/disputes/{case(**told[visit]).id}/receipt?paper={paper}")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(PAGE.findall(pdf)) == 1
    assert (A4 if paper == "a4" else SLIP).search(pdf)


def test_each_button_prints_on_its_paper_and_then_the_next_visitor_is_one_key_away(
    office: Office,
    sit_down: Callable[..., Page],
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
) -> None:
    page = sit_down(office.window)
    page.add_init_script("window.print = () => { dispatchEvent(new Event('afterprint')); };")
    page.goto(f"/disputes/{case().id}/receipt")
    expect(page.get_by_role("button", name="打印 A4")).to_be_focused()
    axe(page)
    page.get_by_role("button", name="打印小票 80 毫米").click()
    expect(page.locator("body")).to_have_class("paper-80")
    expect(page.get_by_role("link", name="登记下一位")).to_be_focused()
    expect(page.locator(".sheet-number")).to_be_visible()
    axe(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/disputes/new$"))


def test_notices_are_one_page_without_barriers(
    office: Office,
    sit_down: Callable[..., Page],
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
    now: datetime,
) -> None:
    refused, wanted = case(**BENEFIT), case(category="debt")
    doors = ["banner_government", "people_court", "court"]
    with office.app.app_context():
        body = {"ground": "administrative_act", "go_to": doors}
        refused.take(Step.DECLINE, body, actor=office.window, now=now)
    page = sit_down(office.window)
    page.goto(f"/disputes/{wanted.id}/materials")
    axe(page)
    page.get_by_label("身份证明").check()
    page.get_by_label("第 1 份的名称").fill("银行流水")
    page.get_by_label("第 1 份的形式").select_option(label="复印件")
    page.get_by_role("button", name="还缺这些，加进告知单").click()
    page.get_by_role("button", name="收到银行流水").click()
    axe(page)
    papers = [
        f"/disputes/{refused.id}/papers/decline",
        f"/disputes/{wanted.id}/papers/materials-notice",
        f"/disputes/{wanted.id}/papers/materials-receipt",
        f"/disputes/{case(category='traffic', facts=HURT).id}/papers/guide",
    ]
    for path in papers:
        page.goto(path)
        axe(page)
        pdf = page.pdf(prefer_css_page_size=True)
        assert (len(PAGE.findall(pdf)), bool(A4.search(pdf))) == (1, True), path
