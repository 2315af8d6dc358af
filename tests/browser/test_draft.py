"""Nothing is lost when a session ends: what was typed is kept, and one signs in over the page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from config.vocabulary import Role
from models import Dispute, Draft, UserSession, db, transaction
from tests.factories.office import PASSWORD, Office

SitDown = Callable[..., Page]
STORY = "排水沟堵了，水进院子\n邻居不肯清"
KEPT_PAST_MS = 10_500  # a draft is saved every ten seconds
IDLE_MS = 27 * 60 * 1000 + 500


@pytest.fixture
def window(office: Office, sit_down: SitDown) -> Page:
    """The clerk, who has a password, at an empty form; the page's clock can be put forward."""
    page = sit_down(office.actor(Role.WINDOW, password=PASSWORD))
    page.clock.install()
    page.goto("/disputes/new")
    return page


def count(office: Office, table: type[Dispute | Draft]) -> int:
    with office.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def end_sessions(office: Office) -> None:
    with office.app.app_context(), transaction() as session:
        session.execute(sa.update(UserSession).values(ended_at=UserSession.started_at))


def rest(office: Office, **rested: int) -> None:
    """Nobody did anything for so long."""
    seen_at = datetime.now(UTC) - timedelta(**rested)
    with office.app.app_context(), transaction() as session:
        session.execute(sa.update(UserSession).values(seen_at=seen_at))


def seen_at(office: Office) -> datetime:
    with office.app.app_context():
        return db.session.scalars(sa.select(UserSession.seen_at)).one()


def fill(page: Page) -> None:
    page.locator("[name='parties.0.name']").fill("孙德山")
    page.locator("[name='parties.0.phone']").fill("13900000001")
    page.locator("[name='parties.1.name']").fill("王小满")
    page.get_by_role("radio", name="邻里").check()
    page.get_by_role("radio", name="没有", exact=True).check()
    page.get_by_role("checkbox", name="现实危险").check()
    page.get_by_role("textbox", name="事情经过").fill(STORY)


def wait_for_draft(page: Page) -> None:
    page.clock.fast_forward(KEPT_PAST_MS)
    expect(page.locator("[data-draft-status]")).to_contain_text("已存草稿")


def sign_in_again(page: Page, password: str = PASSWORD) -> None:
    dialog = page.get_by_role("dialog", name="请重新登录")
    expect(dialog.get_by_label("密码")).to_be_focused()
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_a_form_whose_session_ended_is_sent_once_after_signing_in_over_it(
    window: Page, office: Office, axe: Callable[[Page], None]
) -> None:
    fill(window)
    end_sessions(office)
    window.get_by_role("button", name="登记并出回执").click()
    dialog = window.get_by_role("dialog", name="请重新登录")
    expect(dialog).to_contain_text("登录已经超时。填好的都在，登录后接着办。")
    expect(dialog.get_by_label("用户名")).to_have_value("window-centre")
    axe(window)
    assert count(office, Dispute) == 0
    sign_in_again(window)
    expect(window.get_by_text("纠纷登记回执")).to_be_visible()
    assert (count(office, Dispute), count(office, Draft)) == (1, 0)


def test_put_off_the_form_stays_and_says_so(window: Page, office: Office) -> None:
    fill(window)
    end_sessions(office)
    send = window.get_by_role("button", name="登记并出回执")
    send.click()
    dialog = window.get_by_role("dialog", name="请重新登录")
    expect(dialog.get_by_label("密码")).to_be_focused()
    for button in ("登录并继续", "先不登录"):
        window.keyboard.press("Tab")
        expect(dialog.get_by_role("button", name=button)).to_be_focused()
    window.keyboard.press("Tab")
    expect(dialog.get_by_label("用户名")).to_be_focused()
    window.keyboard.press("5")
    window.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(send).to_be_focused()
    expect(window.get_by_text("登录已经超时，还没有提交。")).to_be_visible()
    expect(window.get_by_role("radio", name="邻里")).to_be_checked()
    assert count(office, Dispute) == 0


def test_every_field_is_back_after_a_reload_and_the_sign_in_page(
    window: Page, office: Office
) -> None:
    fill(window)
    wait_for_draft(window)
    end_sessions(office)
    window.reload()
    expect(window).to_have_title("登录")
    window.get_by_label("用户名").fill("window-centre")
    window.get_by_label("密码").fill(PASSWORD)
    window.get_by_role("button", name="登录").click()
    expect(window.locator("[name='parties.0.name']")).to_have_value("孙德山")
    expect(window.locator("[name='parties.0.phone']")).to_have_value("13900000001")
    expect(window.locator("[name='parties.1.name']")).to_have_value("王小满")
    expect(window.get_by_role("radio", name="邻里")).to_be_checked()
    expect(window.get_by_role("radio", name="没有", exact=True)).to_be_checked()
    expect(window.get_by_role("checkbox", name="现实危险")).to_be_checked()
    expect(window.get_by_role("textbox", name="事情经过")).to_have_value(STORY)
    window.get_by_role("button", name="登记并出回执").click()
    expect(window.get_by_text("纠纷登记回执")).to_be_visible()
    assert (count(office, Dispute), count(office, Draft)) == (1, 0)


def test_saving_that_meets_an_ended_session_asks_to_sign_in_and_goes_on(
    window: Page, office: Office
) -> None:
    fill(window)
    end_sessions(office)
    window.clock.fast_forward(KEPT_PAST_MS)
    expect(window.locator("[data-draft-status]")).to_have_text("登录已超时，新填的还没存成草稿")
    sign_in_again(window)
    expect(window.locator("[data-draft-status]")).to_contain_text("已存草稿")
    expect(window.get_by_role("textbox", name="事情经过")).to_be_focused()
    assert count(office, Draft) == 1


def test_nothing_is_saved_while_nothing_changes_and_nobody_types(
    window: Page, office: Office
) -> None:
    methods: list[str] = []
    window.on("request", lambda request: methods.append(request.method))
    window.clock.fast_forward(KEPT_PAST_MS)
    fill(window)
    wait_for_draft(window)
    window.clock.fast_forward(KEPT_PAST_MS)
    window.clock.fast_forward(KEPT_PAST_MS)
    assert methods.count("PUT") == 1


def test_leaving_the_page_saves_what_was_typed_last(window: Page, office: Office) -> None:
    fill(window)
    window.get_by_role("link", name="工作台").click()
    expect(window).to_have_title("工作台")
    for _ in range(50):
        if count(office, Draft):
            break
        window.wait_for_timeout(100)  # the page that sent it is gone: nothing else to wait for
    window.goto("/disputes/new")
    expect(window.get_by_text("有 1 份没登记完的")).to_be_visible()
    window.get_by_role("link", name="继续填").click()
    expect(window.get_by_role("textbox", name="事情经过")).to_have_value(STORY)


def test_another_account_is_told_whose_page_it_is(
    window: Page, office: Office, sit_down: SitDown
) -> None:
    fill(window)
    theirs = sit_down(office.director).context.cookies()
    window.context.add_cookies([each for each in theirs if each["name"] == "fengqiao_session"])  # type: ignore[misc]  # playwright's own TypedDict
    window.get_by_role("button", name="登记并出回执").click()
    dialog = window.get_by_role("dialog", name="请重新登录")
    expect(dialog).to_contain_text("现在登录的是另一个账号。这一页是甲0打开的")
    sign_in_again(window)
    expect(window.get_by_text("纠纷登记回执")).to_be_visible()
    assert count(office, Dispute) == 1


def test_two_minutes_before_the_end_one_is_asked_and_going_on_prolongs(
    window: Page, office: Office, axe: Callable[[Page], None]
) -> None:
    rest(office, minutes=28, seconds=30)
    asked = seen_at(office)
    window.clock.fast_forward(IDLE_MS)
    dialog = window.get_by_role("alertdialog", name="还有 1 分钟自动退出，要继续吗？")
    expect(dialog.get_by_role("button", name="继续")).to_be_focused()
    axe(window)
    assert seen_at(office) == asked
    with window.expect_response(lambda answer: answer.request.method == "POST"):
        window.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert seen_at(office) > asked


def test_a_page_with_nothing_typed_leads_to_the_sign_in_when_time_is_over(
    window: Page, office: Office
) -> None:
    end_sessions(office)
    window.clock.fast_forward(IDLE_MS)
    expect(window).to_have_title("登录")
