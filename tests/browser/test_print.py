"""What goes over the counter on paper."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from config.vocabulary import DisputeStatus
from tests.factories.dispute import RESPONDENT, Handling
from tests.factories.office import Office

PAGE = re.compile(rb"/Type\s*/Page\b")
A4 = re.compile(rb"/MediaBox\s*\[0 0 59[45]\.\d+ 84[12]\.\d+\]")


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
