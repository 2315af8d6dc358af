"""Finding in a browser: by the box, by a scanner, without barriers."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.person import resident_id

SitDown = Callable[..., Page]
Case = Callable[..., Handling]


def number_of(handling: Handling) -> str:
    with handling.office.app.app_context():
        return handling.row.number


def test_the_box_finds_and_the_answer_has_no_barrier(
    office: Office, sit_down: SitDown, case: Case, axe: Callable[[Page], None]
) -> None:
    case()
    page = sit_down(office.director)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("小满")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="当事人")).to_be_visible()
    axe(page)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_id_number_from_a_card_reader_stays_out_of_the_address(
    office: Office, sit_down: SitDown, case: Case, axe: Callable[[Page], None]
) -> None:
    handling = case()
    page = sit_down(office.window)
    page.goto("/")
    page.locator("#bar-q").fill(resident_id(1))
    page.keyboard.press("Enter")
    expect(page.get_by_text(number_of(handling))).to_be_visible()
    assert page.url.endswith("/search")
    axe(page)


def test_a_scanner_jumps_to_the_dispute_from_any_page(
    office: Office, sit_down: SitDown, case: Case
) -> None:
    handling = case()
    page = sit_down(office.director)
    for scanned in (number_of(handling), f"http://h/public#{number_of(handling)}.ABCD2345"):
        page.goto("/disputes")
        page.evaluate(
            """text => { for (const key of [...text, "Enter"]) document.body.dispatchEvent(
                 new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }""",
            scanned,
        )
        page.wait_for_url(f"**/disputes/{handling.id}")


def test_slow_typing_is_no_scanner(office: Office, sit_down: SitDown, case: Case) -> None:
    number = number_of(case())
    page = sit_down(office.director)
    page.goto("/disputes")
    page.keyboard.type(number[:4], delay=120)
    page.keyboard.press("Enter")
    assert page.url.endswith("/disputes")
