"""The pages of every role: readable, reachable, and whole on a telephone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.vocabulary import DisputeStatus, Role
from tests.factories.dispute import Handling
from tests.factories.office import Office

S = DisputeStatus
SitDown = Callable[..., Page]
Case = Callable[..., Handling]
TELEPHONE = {"width": 360, "height": 800}
HAND_MS = 60  # between two keys; quicker ones come from a scanner
PAPER = 673  # pixels between the margins of an A4 page
# role -> (its unit, the pages it works on); {} is a dispute
PAGES: dict[Role, tuple[str, tuple[str, ...]]] = {
    Role.WINDOW: ("centre", ("/", "/disputes/new", "/disputes", "/ledger")),
    Role.MEDIATOR: (
        "committee",
        ("/", "/disputes?mine=true", "{}", "{}/steps/agree", "{}/steps/fail", "{}/add/sessions"),
    ),
    Role.LIAISON: ("committee", ("/", "/disputes", "{}", "{}/steps/assign")),
    Role.DIRECTOR: ("centre", ("/", "/dispatch", "{}", "{}/receipt", "/disputes?status=nonsense")),
    Role.LEGAL: ("centre", ("/", "/lawsuits", "/lawsuits/new")),
    Role.LEADER: ("centre", ("/", "/disputes", "/weekly", "/lawsuits", "/nowhere")),
    Role.SYSADMIN: ("centre", ("/",)),
}


def is_whole(page: Page) -> None:
    """The title is the heading, every field has a name, and nothing hangs over the edge."""
    expect(page.get_by_role("heading", level=1)).to_have_text(page.title())
    expect(page.get_by_role("main")).to_have_count(1)
    nameless = page.locator("input:visible, select:visible, textarea:visible").evaluate_all(
        "fields => fields.filter(f => !f.labels.length && !f.ariaLabel).map(f => f.outerHTML)"
    )
    assert nameless == []


@pytest.mark.parametrize("role", list(PAGES))
def test_the_pages_of_a_role(
    office: Office, sit_down: SitDown, case: Case, axe: Callable[[Page], None], role: Role
) -> None:
    unit, paths = PAGES[role]
    case()
    dispute = f"/disputes/{case(S.MEDIATING).id}"
    page = sit_down(office.actor(role, unit))
    for path in paths:
        page.goto(path.replace("{}", dispute))
        is_whole(page)
        axe(page)
        page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.set_viewport_size({"width": 1366, "height": 768})


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("path", ["/sign-in", "/first-sign-in", "/first-sign-in/none", "/api/docs"])
def test_the_pages_of_a_stranger(page: Page, axe: Callable[[Page], None], path: str) -> None:
    page.goto(path)
    is_whole(page)
    axe(page)
    page.set_viewport_size(TELEPHONE)  # type: ignore[arg-type]  # playwright's own TypedDict
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_filter_applies_at_once_and_the_focus_stays(
    office: Office, sit_down: SitDown, case: Case
) -> None:
    case()
    page = sit_down(office.director)
    page.goto("/disputes")
    page.get_by_label("类别").focus()
    page.get_by_label("类别").select_option("consumer")
    expect(page.get_by_text("没有符合条件的纠纷。")).to_be_visible()
    expect(page.get_by_label("类别")).to_be_focused()
    page.get_by_role("link", name="类别：消费").click()
    expect(page.get_by_text("本页 1 件")).to_be_visible()


def test_rows_are_walked_by_single_keys_that_can_be_switched_off(
    office: Office, sit_down: SitDown, case: Case
) -> None:
    for _ in range(2):
        case()
    page = sit_down(office.director)
    page.goto("/disputes")
    links = page.locator("a[data-row-link]")
    for key, row in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(links.nth(row)).to_be_focused()
        page.wait_for_timeout(HAND_MS)
    page.get_by_text("快捷键", exact=True).click()
    page.get_by_role("button", name="单键快捷键").click()
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="单键快捷键：关")).to_be_focused()


def test_what_is_chosen_shows_in_forced_colours(office: Office, sit_down: SitDown) -> None:
    page = sit_down(office.window, forced_colors="active")
    page.goto("/disputes/new")
    chip = page.get_by_role("radio", name="邻里")
    chip.check()
    style = chip.evaluate("box => getComputedStyle(box.nextElementSibling).outlineStyle")
    assert style == "solid"
    page.goto("/disputes")
    borders = page.locator(".tabs a").evaluate_all(
        "tabs => tabs.map(tab => getComputedStyle(tab).borderBottomColor)"
    )
    assert borders.count(borders[0]) == 1


def test_a_list_keeps_room_for_who_and_what(office: Office, sit_down: SitDown, case: Case) -> None:
    case()
    page = sit_down(office.director)
    page.goto("/disputes")
    main = page.locator(".col-main")
    for width in (1366, 1101, 901, 900, 820, 760, 721, 360):
        page.set_viewport_size({"width": width, "height": 768})
        assert main.evaluate("cell => cell.clientWidth") >= 150, width
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    assert main.evaluate("cell => cell.clientWidth") >= 150
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER


@pytest.mark.parametrize("width", [720, 360])
def test_a_slash_leads_to_the_search_box_in_a_narrow_window(
    office: Office, sit_down: SitDown, width: int
) -> None:
    page = sit_down(office.window)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_be_in_viewport()


def test_somebody_was_quicker(
    office: Office, sit_down: SitDown, case: Case, axe: Callable[[Page], None]
) -> None:
    handling = case(S.ACCEPTED)
    page = sit_down(office.liaison)
    page.goto(f"/disputes/{handling.id}/steps/return")
    page.get_by_label("退回理由").fill("当事人不在本辖区")
    with office.app.app_context():
        handling.until(S.MEDIATING)
    page.get_by_role("button", name="确认退回").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("内容已被修改")
    expect(page.get_by_label("退回理由")).to_have_value("当事人不在本辖区")
    expect(page.get_by_text("现在已经不能“退回”了")).to_be_visible()
    axe(page)
