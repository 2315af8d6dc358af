"""The intake form as the window uses it: by keyboard, in a hurry, and when something goes wrong."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Dialog, Page, expect

from models import Dispute, UserSession, db, transaction
from tests.factories.office import Office

SitDown = Callable[..., Page]
STORY = "排水沟堵了，水进院子"


@pytest.fixture
def window(office: Office, sit_down: SitDown) -> Page:
    """The clerk at an empty form."""
    page = sit_down(office.window)
    page.goto("/disputes/new")
    return page


def stored(office: Office) -> int:
    with office.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Dispute)) or 0


def fill(page: Page) -> None:
    page.locator("[name='parties.0.name']").fill("孙德山")
    page.get_by_role("radio", name="邻里").check()
    page.get_by_role("textbox", name="事情经过").fill(STORY)


def test_a_dispute_is_registered_without_the_mouse(window: Page, office: Office) -> None:
    keys = window.keyboard
    window.locator("body").press("Tab")
    expect(window.get_by_role("link", name="跳到正文")).to_be_focused()
    window.locator("[name='parties.0.name']").focus()
    keys.type("孙德山")
    keys.press("Enter")
    expect(window.locator("[name='parties.0.kind']")).to_be_focused()
    keys.press("Enter")
    keys.type("13900000001")
    window.get_by_role("button", name="再加一位").press("Enter")
    expect(window.locator("[name='parties.2.name']")).to_be_focused()
    expect(window.locator("[name='parties.2.role']")).to_have_value("third_party")
    keys.type("王第三")
    window.get_by_role("radio", name="消费").focus()
    keys.press("1")
    keys.press("0")
    expect(window.get_by_role("radio", name="邻里")).to_be_checked()
    keys.press("Enter")
    expect(window.get_by_role("radio", name="没有", exact=True)).to_be_focused()
    keys.press("Space")
    window.get_by_role("textbox", name="事情经过").focus()
    keys.type(STORY)
    keys.press("Control+Enter")
    expect(window.get_by_text("纠纷登记回执")).to_be_visible()
    assert stored(office) == 1


def test_keys_do_nothing_while_somebody_types(window: Page) -> None:
    story = window.get_by_role("textbox", name="事情经过")
    story.focus()
    window.keyboard.type("10 户，欠 1/2")
    expect(story).to_have_value("10 户，欠 1/2")
    expect(window.get_by_role("radio", name="邻里")).not_to_be_checked()


def test_errors_stand_in_a_summary_that_leads_to_each_field(
    window: Page, office: Office, axe: Callable[[Page], None]
) -> None:
    window.locator("[name='parties.0.id_number']").fill("123")
    window.get_by_role("textbox", name="事情经过").fill(STORY)
    window.get_by_role("button", name="登记并出回执").click()
    summary = window.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("还不能保存，请改正 2 处")
    summary.get_by_role("link").first.click()
    expect(window.locator("[name='parties.0.name']")).to_be_focused()
    expect(window.locator("[name='parties.0.id_number']")).to_have_value("123")
    axe(window)
    assert stored(office) == 0


def test_what_the_rules_ask_appears_and_keeps_its_answers(
    window: Page, axe: Callable[[Page], None]
) -> None:
    fill(window)
    window.get_by_text("个情况，问清了去向更准").click()
    window.get_by_label("这件事法院、仲裁、复议、公安或别的部门受理了没有？").select_option("court")
    rail = window.get_by_role("complementary", name="登记提示")
    expect(rail).to_contain_text("不适用调解")
    axe(window)
    window.get_by_role("textbox", name="事情经过").fill(f"{STORY}，还打了起来")
    window.get_by_role("checkbox", name="现实危险").check()
    expect(rail).to_contain_text("先保护人：由派出所处置")
    asked = window.get_by_label("这件事法院、仲裁、复议、公安或别的部门受理了没有？")
    expect(asked).to_have_value("court")
    axe(window)


def test_pressing_twice_registers_once(window: Page, office: Office) -> None:
    fill(window)
    window.get_by_role("button", name="登记并出回执").dblclick()
    expect(window.get_by_text("纠纷登记回执")).to_be_visible()
    assert stored(office) == 1


def test_a_session_that_ended_loses_nothing_that_was_typed(window: Page, office: Office) -> None:
    fill(window)
    with office.app.app_context(), transaction() as session:
        session.execute(sa.update(UserSession).values(ended_at=UserSession.started_at))
    window.get_by_role("button", name="登记并出回执").click()
    expect(window.get_by_text("登录已经超时，还没有提交。")).to_be_visible()
    expect(window.get_by_role("link", name="在新页登录")).to_be_visible()
    expect(window.get_by_role("textbox", name="事情经过")).to_have_value(STORY)
    assert stored(office) == 0
    with office.app.app_context(), transaction() as session:
        session.execute(sa.update(UserSession).values(ended_at=None))
    window.get_by_role("button", name="登记并出回执").click()
    expect(window.get_by_text("纠纷登记回执")).to_be_visible()


def test_leaving_asks_only_when_something_was_typed(window: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    window.on("dialog", stay)
    fill(window)
    window.get_by_role("link", name="工作台").click(no_wait_after=True)
    expect(window).to_have_title("登记来访")
    assert asked == ["beforeunload"]


def test_everything_works_without_script(office: Office, sit_down: SitDown) -> None:
    page = sit_down(office.window, java_script_enabled=False)
    page.goto("/disputes/new")
    fill(page)
    page.get_by_role("button", name="再加一位").click()
    expect(page.locator("[name='parties.2.name']")).to_be_visible()
    page.get_by_role("button", name="看建议去向和要问的情况").click()
    expect(page.get_by_text("建议由人民调解委员会办理")).to_be_visible()
    expect(page.get_by_role("textbox", name="事情经过")).to_have_value(STORY)
    page.get_by_role("button", name="登记并出回执").click()
    expect(page.get_by_text("纠纷登记回执")).to_be_visible()
    assert stored(office) == 1
