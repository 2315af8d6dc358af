"""待分派 in a real browser: danger, doubles, translation; no barriers, whole on a telephone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from config.vocabulary import DisputeStatus, LinkRelation
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling
from tests.factories.office import Office

SitDown = Callable[..., Page]
Case = Callable[..., Handling]
TELEPHONE = {"width": 360, "height": 800}


def test_the_queue_says_all_without_a_barrier(
    office: Office, sit_down: SitDown, case: Case, axe: Callable[[Page], None]
) -> None:
    first = case(DisputeStatus.DISPATCHED)
    with office.app.app_context():
        links = [{"number": first.row.number, "relation": LinkRelation.SAME}]
    case(links=links, category="traffic")
    case(facts={"danger": True}, parties=[APPLICANT | {"language": "mn"}, RESPONDENT])
    page = sit_down(office.director)
    page.goto("/dispatch")
    expect(page.locator(".queue-item").first.get_by_text("有危险", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="分给同一单位")).to_be_visible()
    page.get_by_text("是重复登记，作废").click()
    axe(page)
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto("/")
    expect(page.get_by_role("heading", name="有人身危险")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
