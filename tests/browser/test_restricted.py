"""限制查阅 in a browser: no barrier on the pages of who sees it sealed, who decides, who looks."""

from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Page

from config.vocabulary import Role
from service.clock import utc_now
from service.operations import restricted
from service.rules.access import Actor
from tests.browser.test_every_page import fits
from tests.browser.test_pages import HAND_MS, is_whole
from tests.factories.dispute import Handling
from tests.factories.office import Office

WHY = "孩子今晚要被接走，必须马上核实"


def asked(office: Office, handling: Handling) -> UUID:
    """A request of the director to break the glass."""
    with office.app.app_context():
        return restricted.ask_for_glass(
            handling.id, WHY, actor=office.director, desk=office.desk, now=utc_now()
        )


def agreed(office: Office, glass_id: UUID, by: Actor) -> None:
    """The second person agrees."""
    with office.app.app_context():
        restricted.decide_glass(
            glass_id, agree=True, reason=None, actor=by, desk=office.desk, now=utc_now()
        )


def test_the_pages_of_a_restricted_dispute_have_no_barrier(
    office: Office,
    sit_down: Callable[..., Page],
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
) -> None:
    handling = case(restricted=True, facts={"danger": True})
    path = f"/disputes/{handling.id}"
    secadmin = office.actor(Role.SECADMIN)

    def look(page: Page, *addresses: str) -> None:
        for address in addresses:
            page.goto(address)
            is_whole(page)
            axe(page)
            fits(page)

    director = sit_down(office.director)
    look(director, path, f"{path}/restricted", "/dispatch", "/")
    glass_id = asked(office, handling)
    look(director, path, f"{path}/restricted")
    decider = sit_down(secadmin)
    look(decider, "/break-glass", f"/break-glass/{glass_id}")
    agreed(office, glass_id, secadmin)
    look(sit_down(office.director), path, f"{path}/restricted")
    look(sit_down(office.actor(Role.AUDITOR)), "/break-glass")


def test_a_glass_is_asked_for_and_withdrawn_by_keyboard(
    office: Office, sit_down: Callable[..., Page], case: Callable[..., Handling]
) -> None:
    handling = case(restricted=True)
    page = sit_down(office.director)
    page.goto(f"/disputes/{handling.id}")
    page.get_by_role("link", name="申请紧急查阅").focus()
    page.keyboard.press("Enter")
    page.get_by_label("为什么现在必须看").fill(WHY)
    page.wait_for_load_state("networkidle")  # it hears keys from then on
    page.get_by_role("button", name="申请紧急查阅").focus()
    page.wait_for_timeout(HAND_MS)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="撤回申请").wait_for()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="撤回申请").focus()
    page.wait_for_timeout(HAND_MS)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/disputes/{handling.id}")
    assert "已结束紧急查阅" in page.inner_text("main")
