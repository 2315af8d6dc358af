"""督办 in a browser: no barrier, rows ticked by keyboard, one page of paper."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from config.vocabulary import DisputeStatus, SupervisionKind
from service.clock import utc_now
from service.operations import supervision as operations
from service.operations.supervision import Order
from tests.browser.test_every_page import fits
from tests.browser.test_pages import HAND_MS, is_whole
from tests.factories.dispute import Handling
from tests.factories.office import Office

SitDown = Callable[..., Page]
Case = Callable[..., Handling]
S, K = DisputeStatus, SupervisionKind
WORDS = "请三日内与双方见面，把进展报上来"
PAGE = re.compile(rb"/Type\s*/Page\b")


def ordered(office: Office, handling: Handling, kind: SupervisionKind = K.ORDER) -> str:
    """One a leader ordered; the address of its page."""
    with office.app.app_context():
        made = operations.order(
            [handling.id],
            Order(kind=kind, words=WORDS),
            actor=office.leader,
            desk=office.desk,
            now=utc_now(),
        )
    return f"/supervisions/{made[0]}"


def replied(office: Office, path: str) -> None:
    """The mediator replied."""

    with office.app.app_context():
        operations.answer(
            UUID(path.rpartition("/")[2]),
            "已约双方本周五到所里谈",
            actor=office.mediator,
            desk=office.desk,
            now=utc_now(),
        )


def test_the_pages_of_supervision_have_no_barrier(
    office: Office, sit_down: SitDown, case: Case, axe: Callable[[Page], None]
) -> None:
    handling, closed = case(S.MEDIATING), case(S.MEDIATING, restricted=True)
    paths = [ordered(office, handling, kind) for kind in K]
    sealed = ordered(office, closed)
    replied(office, paths[1])

    def look(page: Page, *addresses: str) -> None:
        for address in addresses:
            page.goto(address)
            is_whole(page)
            axe(page)
            fits(page)

    leader = sit_down(office.leader)
    new = f"/supervisions/new?dispute={handling.id}&dispute={closed.id}"
    look(leader, "/supervisions", "/disputes", new, *paths, sealed, f"{paths[2]}/paper")
    mediator = sit_down(office.mediator)
    look(mediator, "/supervisions", paths[2], f"/disputes/{handling.id}", "/inbox")
    look(sit_down(office.director), sealed, f"/disputes/{handling.id}")


def test_rows_are_ticked_and_ordered_by_keyboard(
    office: Office, sit_down: SitDown, case: Case
) -> None:
    numbers = []
    for _ in range(2):
        handling = case(S.MEDIATING)
        with office.app.app_context():
            numbers.append(handling.row.number)
    page = sit_down(office.leader)
    page.goto("/disputes")
    page.wait_for_load_state("networkidle")
    for number in numbers:
        page.get_by_role("checkbox", name=f"督办 {number}").focus()
        page.keyboard.press("Space")
    page.wait_for_timeout(HAND_MS)
    page.get_by_role("button", name="督办勾选的").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="督办", exact=True).wait_for()
    page.wait_for_load_state("networkidle")
    page.get_by_role("radio", name="督办单").focus()
    page.keyboard.press("Space")
    page.get_by_label("要求").fill(WORDS)
    page.wait_for_timeout(HAND_MS)
    page.get_by_role("button", name="下达").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已下达督办单 2 件")).to_be_visible()
    expect(page.locator("[data-row-link]")).to_have_count(2)


@pytest.mark.parametrize("kind", [K.ORDER, K.LISTED, K.CIRCULAR, K.TALK])
def test_a_paper_is_one_page(
    office: Office, sit_down: SitDown, case: Case, kind: SupervisionKind
) -> None:
    path = ordered(office, case(S.MEDIATING), kind)
    page = sit_down(office.leader)
    page.goto(f"{path}/paper")
    page.emulate_media(media="print")
    expect(page.locator(".sheet")).to_contain_text(WORDS)
    for hidden in ("banner", "contentinfo", "button"):
        expect(page.get_by_role(hidden)).to_have_count(0)
    assert len(PAGE.findall(page.pdf(prefer_css_page_size=True))) == 1


def test_without_script_rows_are_ticked_too(office: Office, sit_down: SitDown, case: Case) -> None:
    handling = case(S.MEDIATING)
    page = sit_down(office.leader, java_script_enabled=False)
    page.goto("/disputes")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="督办勾选的").click()
    assert str(handling.id) in page.content()
