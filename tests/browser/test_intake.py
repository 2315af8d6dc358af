"""The intake form as the window uses it: by keyboard, in a hurry, and when something goes wrong."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Dialog, Locator, Page, expect
from pytest_playwright import CreateContextCallback

from config.vocabulary import Danger
from models import Dispute, Party, UserSession, db, transaction
from service.web.cookie import COOKIE
from tests.factories.dispute import APPLICANT, NARRATIVE, RESPONDENT, Handling
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id
from tests.factories.visitor import session_of

SitDown = Callable[..., Page]
STORY = "排水沟堵了，水进院子"
HAND_MS = 60  # what is faster than this comes from a scanner
# a scanner as the page hears it: every key within the moment, then Enter
SCAN = """([text]) => {
    const field = document.activeElement;
    const press = (key) => {
        const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        if (field.dispatchEvent(event) && key !== "Enter") field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
    };
    for (const key of text) press(key);
    press("Enter");
}"""  # noqa: E501 -- a script of the page
SCREEN = 768  # the lowest window that is designed for, px
LINE = 19  # of an error beside its field, px


@pytest.fixture
def window(office: Office, sit_down: SitDown) -> Page:
    """The clerk at an empty form."""
    page = sit_down(office.window)
    page.goto("/disputes/new")
    return page


def stored(office: Office) -> int:
    with office.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Dispute)) or 0


def by_hand(page: Page, *keys: str) -> None:
    """Press one key after the other, no faster than a hand."""
    for key in keys:
        page.wait_for_timeout(HAND_MS)
        page.keyboard.press(key)


def rail(page: Page) -> Locator:
    return page.get_by_role("complementary", name="登记提示")


def fill(page: Page) -> None:
    page.locator("[name='parties.0.name']").fill("孙德山")
    page.get_by_role("radio", name="邻里").check()
    page.get_by_role("textbox", name="事情经过").fill(STORY)


def test_a_dispute_is_registered_without_the_mouse(window: Page, office: Office) -> None:
    keys = window.keyboard
    expect(window.locator("[name='parties.0.name']")).to_be_focused()
    keys.type("孙德山")
    keys.press("Enter")
    expect(window.locator("[name='parties.0.phone']")).to_be_focused()
    keys.type("13900000001")
    window.get_by_role("button", name="再加一位").press("Enter")
    expect(window.locator("[name='parties.2.role']")).to_be_focused()
    expect(window.locator("[name='parties.2.role']")).to_have_value("third_party")
    keys.press("Enter")
    expect(window.locator("[name='parties.2.name']")).to_be_focused()
    keys.type("王第三")
    window.get_by_role("radio", name="消费").focus()
    by_hand(window, "1", "0")
    expect(window.get_by_role("radio", name="邻里")).to_be_checked()
    by_hand(window, "Enter")
    expect(window.get_by_role("radio", name="没有", exact=True)).to_be_focused()
    by_hand(window, "Space")
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
    expect(summary).to_contain_text("还不能保存，请改正 3 处")
    summary.get_by_role("link").first.click()
    expect(window.locator("[name='parties.0.name']")).to_be_focused()
    expect(window.locator("[name='parties.0.id_number']")).to_have_value("123")
    axe(window)
    assert stored(office) == 0


def test_a_wrong_number_is_told_when_its_field_is_left_and_goes_when_it_is_mended(
    window: Page, axe: Callable[[Page], None]
) -> None:
    number = window.locator("[name='parties.0.id_number']")
    told = window.locator("#f-parties-0-id-number-error")
    number.fill("150525197001010013")
    window.locator("[name='parties.1.name']").focus()
    expect(told).to_contain_text("身份证号")
    expect(number).to_have_attribute("aria-describedby", "f-parties-0-id-number-error")
    expect(window.locator("[name='parties.1.name']")).to_be_focused()
    expect(window.locator("#f-parties-0-name-error")).to_have_count(0)
    axe(window)
    number.fill(resident_id(1))
    expect(told).to_have_count(0)
    expect(number).not_to_have_attribute("aria-invalid", "true")
    window.locator("[name='amount']").fill("很多")
    window.locator("[name='place.detail']").focus()
    expect(window.locator("#f-amount-error")).to_contain_text("金额应为数字")


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
    window.get_by_role("button", name="先不登录").click()
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
    expect(rail(page)).to_contain_text("建议由人民调解委员会办理")
    expect(page.get_by_role("textbox", name="事情经过")).to_have_value(STORY)
    page.get_by_role("button", name="登记并出回执").click()
    expect(page.get_by_text("纠纷登记回执")).to_be_visible()
    assert stored(office) == 1


class Actions:
    """What a clerk does without the mouse, counted: a field typed is one action, a key is one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count += 1

    def press(self, *keys: str) -> None:
        by_hand(self.page, *keys)
        self.count += len(keys)


def test_a_plain_dispute_takes_twenty_actions_to_the_paper(window: Page, office: Office) -> None:
    window.locator("[name='parties.0.name']").focus()
    clerk = Actions(window)
    clerk.type("孙德山")
    clerk.press("Enter")
    clerk.type("13900000001")
    clerk.press("Enter", "Enter")
    clerk.type("马有财")
    clerk.press("Enter", "Enter", "Enter")
    expect(window.get_by_role("radio", name="消费")).to_be_focused()
    clerk.press("1", "0")
    expect(window.get_by_role("radio", name="邻里")).to_be_checked()
    clerk.press("Enter", "Space", "Enter", "Enter")
    expect(window.get_by_role("textbox", name="事情经过", exact=True)).to_be_focused()
    clerk.type(STORY)
    clerk.press("Control+Enter")
    expect(window.get_by_text("纠纷登记回执")).to_be_visible()
    assert clerk.count <= 18
    assert stored(office) == 1


def height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


def overflow(page: Page) -> int:
    """How far the page reaches beyond the window, sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_a_plain_dispute_stands_on_one_screen(window: Page, axe: Callable[[Page], None]) -> None:
    assert height(window) <= SCREEN
    axe(window)
    fill(window)
    window.get_by_role("radio", name="没有", exact=True).check()
    expect(rail(window)).to_contain_text("建议由人民调解委员会办理")
    expect(rail(window)).to_contain_text("接着问：")
    assert height(window) <= SCREEN
    axe(window)


def test_the_next_question_leads_to_its_field(window: Page) -> None:
    fill(window)
    rail(window).get_by_role("link", name="这件事法院、仲裁、复议").click()
    expect(window.locator("[name='facts.pending_at']")).to_be_visible()
    expect(window.locator("[name='facts.pending_at']")).to_be_focused()


def test_what_an_input_method_composes_is_no_key_of_ours(window: Page) -> None:
    window.get_by_role("radio", name="消费").focus()
    for fields in ("isComposing: true", "keyCode: 229"):
        window.evaluate(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
            f"{{ key: '1', bubbles: true, {fields} }}))"
        )
    expect(window.locator("[name=category]:checked")).to_have_count(0)
    name = window.locator("[name='parties.0.name']")
    name.focus()
    window.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
        "{ key: 'Enter', bubbles: true, isComposing: true }))"
    )
    expect(name).to_be_focused()


def test_a_full_width_digit_chooses_too(window: Page) -> None:
    window.get_by_role("radio", name="消费").focus()
    window.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
        "{ key: '２', bubbles: true, cancelable: true }))"
    )
    expect(window.get_by_role("radio", name="交通")).to_be_checked()


def test_a_panel_that_fails_keeps_the_last_one_and_says_so(window: Page, office: Office) -> None:
    fill(window)
    expect(rail(window)).to_contain_text("建议由人民调解委员会办理")
    with office.app.app_context(), transaction() as session:
        session.execute(sa.update(UserSession).values(ended_at=UserSession.started_at))
    window.get_by_role("radio", name="消费").check()
    expect(window.get_by_text("登录已失效，填写内容还在，请重新登录。")).to_be_visible()
    expect(rail(window)).to_contain_text("建议由人民调解委员会办理")
    expect(window.get_by_role("radio", name="消费")).to_be_focused()


def test_the_words_of_the_story_suggest_a_category(window: Page) -> None:
    window.get_by_role("textbox", name="事情经过").fill("老板拖欠工资三个月没有发")
    window.get_by_role("button", name="欠薪").click()
    expect(window.get_by_role("radio", name="欠薪")).to_be_checked()
    expect(window.get_by_role("textbox", name="事情经过")).to_be_focused()


def test_a_list_of_five_is_pasted_and_one_of_them_speaks(
    window: Page, office: Office, axe: Callable[[Page], None]
) -> None:
    people = "\n".join(
        f"来访{place}\t{resident_id(place)}\t{mobile(place)}" for place in range(1, 6)
    )
    fill(window)
    window.locator("[name='parties.0.name']").fill("")
    window.get_by_role("button", name="名单").click()
    window.get_by_label("集体来访名单").fill(people)
    window.get_by_role("button", name="加到当事人").click()
    expect(window.get_by_text("名单里的 5 人已经加到当事人")).to_be_visible()
    window.get_by_role("group", name="申请人第 2 位").get_by_label("代表人").check()
    axe(window)
    assert overflow(window) == 0
    window.get_by_role("button", name="登记并出回执").click()
    expect(window.get_by_text("纠纷登记回执")).to_be_visible()
    with office.app.app_context():
        parties = db.session.scalars(sa.select(Party).order_by(Party.position)).all()
    assert [(each.name, each.representative) for each in parties] == [
        ("来访1", False),
        ("来访2", True),
        ("来访3", False),
        ("来访4", False),
        ("来访5", False),
    ]


def test_an_agent_chooses_among_those_who_are_named(window: Page, office: Office) -> None:
    fill(window)
    window.get_by_role("button", name="再加一位").click()
    window.get_by_role("combobox", name="其他当事人地位").select_option("agent")
    window.locator("[name='parties.2.name']").fill("李律师")
    window.get_by_label("代表谁").select_option(label="申请人 孙德山")
    window.get_by_label("代理权限").select_option("special")
    window.get_by_role("button", name="登记并出回执").click()
    expect(window.get_by_text("纠纷登记回执")).to_be_visible()
    with office.app.app_context():
        first, agent = db.session.scalars(sa.select(Party).order_by(Party.position)).all()
    assert agent.represents_id == first.id
    window.get_by_role("link", name="查看这件纠纷").click()
    expect(window.get_by_text("代表孙**，特别授权")).to_be_visible()


def test_two_matters_are_two_numbers(window: Page, office: Office) -> None:
    fill(window)
    window.get_by_role("button", name="再加一件事").click()
    window.locator("[name='matters.1.category']").select_option("debt")
    expect(rail(window)).to_contain_text("一次来访有几件事，分开办理")
    window.locator("[name='matters.1.narrative']").fill("借钱没还")
    window.get_by_role("button", name="登记并出回执").click()
    expect(window.get_by_text("已登记 2 件")).to_be_visible()
    assert stored(office) == 2


def test_a_matter_can_be_taken_away_again(window: Page) -> None:
    for _ in range(4):
        window.get_by_role("button", name="再加一件事").click()
    expect(window.get_by_role("button", name="再加一件事")).to_be_hidden()
    window.get_by_role("button", name="去掉").first.click()
    expect(window.get_by_role("heading", name="第 4 件")).to_be_visible()
    expect(window.get_by_role("heading", name="第 5 件")).to_have_count(0)


def test_a_visit_about_violence_goes_quiet(window: Page, axe: Callable[[Page], None]) -> None:
    window.locator("[name='parties.0.address']").fill("东街 3 号")
    window.get_by_role("checkbox", name="家庭暴力").check()
    expect(window.get_by_text("这次登记会限制查阅")).to_be_visible()
    expect(window.locator("[name='parties.0.address']")).to_be_visible()
    for name in ("parties.1.address", "parties.1.phone", "source_reference"):
        expect(window.locator(f"[name='{name}']")).to_be_hidden()
    expect(window.locator("[name='parties.0.phone']")).to_be_visible()
    axe(window)
    window.get_by_role("checkbox", name="家庭暴力").uncheck()
    expect(window.locator("[name='source_reference']")).to_be_visible()


def test_mongolian_asks_for_an_interpreter(window: Page) -> None:
    expect(window.get_by_label("翻译")).to_be_hidden()
    window.locator("[name='parties.1.language']").select_option("mn")
    expect(window.get_by_text("需要蒙古语翻译")).to_be_visible()
    expect(window.get_by_label("翻译")).to_be_visible()


def test_a_card_reader_fills_the_fields_of_its_row(window: Page) -> None:
    name = window.locator("[name='parties.0.name']")
    name.focus()
    window.keyboard.type(f"孙德山 {resident_id(1)} 东街3号")
    window.keyboard.press("Enter")
    expect(name).to_have_value("孙德山")
    expect(window.locator("[name='parties.0.id_number']")).to_have_value(resident_id(1))
    expect(window.locator("[name='parties.0.address']")).to_have_value("东街3号")
    expect(window.locator("[name='parties.0.phone']")).to_be_focused()


@pytest.mark.parametrize(("width", "height_"), [(720, 600), (360, 800)])
def test_a_narrow_window_never_scrolls_sideways(
    office: Office, sit_down: SitDown, width: int, height_: int
) -> None:
    page = sit_down(office.window)
    page.set_viewport_size({"width": width, "height": height_})
    page.goto("/disputes/new")
    fill(page)
    page.get_by_role("button", name="再加一位").click()
    page.get_by_role("combobox", name="其他当事人地位").select_option("agent")
    page.get_by_role("button", name="再加一件事").click()
    page.get_by_role("button", name="名单").click()
    expect(page.get_by_role("link", name="建议由人民调解委员会办理")).to_be_visible()
    assert overflow(page) == 0


def test_a_scanner_aimed_at_a_choice_sends_nothing(window: Page, office: Office) -> None:
    fill(window)
    window.get_by_role("radio", name="邻里").focus()
    window.keyboard.type("9787\n")
    window.wait_for_timeout(HAND_MS)
    expect(window).to_have_title("登记来访")
    assert stored(office) == 0


def test_a_dispute_scanned_while_somebody_types_leaves_the_form_as_it_was(
    window: Page,
    office: Office,
    case: Callable[..., Handling],
    axe: Callable[[Page], None],
) -> None:
    handling = case()
    with office.app.app_context():
        number = db.session.get_one(Dispute, handling.id).number
    fill(window)
    for field in ("parties.0.name", "narrative"):
        window.locator(f"[name='{field}']").focus()
        before = window.locator(f"[name='{field}']").input_value()
        window.keyboard.press("End")
        window.wait_for_timeout(HAND_MS)
        window.evaluate(SCAN, [number])
        expect(window.get_by_text(f"扫到编号 {number}，没有写进表里")).to_be_visible()
        expect(window.locator(f"[name='{field}']")).to_have_value(before)
        expect(window.locator(f"[name='{field}']")).to_be_focused()
    expect(window.locator("[data-draft-status]")).to_contain_text("已存草稿")
    axe(window)
    with window.expect_popup() as opened:
        window.get_by_role("button", name="在新页打开这件").click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text(number)
    expect(window.get_by_role("textbox", name="事情经过", exact=True)).to_have_value(STORY)
    expect(window).to_have_title("登记来访")
    assert stored(office) == 1


def test_a_company_is_taken_for_a_unit_unless_the_clerk_chose(window: Page) -> None:
    name, kind = (window.locator(f"[name='parties.1.{field}']") for field in ("name", "kind"))
    name.fill("柳溪路桥有限公司")
    name.press("Enter")
    expect(kind).to_have_value("organisation")
    expect(window.locator("[name='parties.1.id_type']")).to_have_value("uscc")
    expect(window.get_by_text("名称以“公司”结尾，已选单位")).to_be_visible()
    name.fill("王小满")
    name.press("Enter")
    expect(kind).to_have_value("person")
    expect(window.get_by_text("名称以“公司”结尾")).to_be_hidden()
    kind.select_option("organisation")
    kind.select_option("person")
    name.fill("砖瓦厂")
    name.press("Enter")
    expect(kind).to_have_value("person")


def test_what_appears_on_leaving_a_field_never_swallows_a_press(window: Page) -> None:
    window.locator("[name='parties.0.name']").fill("柳溪路桥有限公司")
    window.get_by_role("radio", name="邻里").click(delay=400)
    expect(window.get_by_role("radio", name="邻里")).to_be_checked()
    expect(window.get_by_text("名称以“公司”结尾，已选单位")).to_be_visible()
    window.locator("[name='parties.0.phone']").fill("12")
    window.get_by_role("radio", name="没有", exact=True).click(delay=400)
    expect(window.get_by_role("radio", name="没有", exact=True)).to_be_checked()
    expect(window.locator("#f-parties-0-phone-error")).to_be_visible()


@pytest.mark.parametrize("width", [1366, 1024, 600, 390])
def test_what_is_wrong_with_a_phone_number_stands_on_one_line(window: Page, width: int) -> None:
    window.set_viewport_size({"width": width, "height": SCREEN})
    for name in ("parties.0.phone", "parties.0.id_number"):
        window.locator(f"[name='{name}']").fill("12")
        window.locator(f"[name='{name}']").blur()
    phone, number = (
        window.locator(f"#f-parties-0-{field}-error") for field in ("phone", "id-number")
    )
    expect(phone).to_have_text("应为 11 位手机号或带区号座机")
    expect(number).to_be_visible()
    told, beside = phone.locator("span").bounding_box(), number.bounding_box()
    assert told
    assert beside
    assert told["height"] < 2 * LINE
    assert told["x"] + told["width"] <= beside["x"] or told["y"] + told["height"] <= beside["y"]


def test_an_added_party_can_be_taken_away_by_keyboard(
    window: Page, axe: Callable[[Page], None]
) -> None:
    add = window.get_by_role("button", name="再加一位")
    for name in ("王第三", "李第四"):
        add.press("Enter")
        window.keyboard.press("Tab")
        window.keyboard.type(name)
    axe(window)
    window.get_by_role("button", name="删除").first.press("Enter")
    expect(window.locator("[name='parties.2.name']")).to_have_count(0)
    expect(window.locator("[name='parties.3.name']")).to_have_value("李第四")
    expect(window.locator("[name='parties.3.role']")).to_be_focused()
    window.wait_for_timeout(HAND_MS)
    window.get_by_role("button", name="删除").press("Enter")
    expect(window.get_by_role("button", name="删除")).to_have_count(0)
    expect(add).to_be_focused()


def test_what_is_ready_follows_the_fields(window: Page) -> None:
    note = window.locator("[data-missing]")
    fill(window)
    expect(note).to_have_text("可以登记了，其余知道多少填多少")
    window.locator("[name='parties.0.phone']").fill("12")
    window.get_by_role("button", name="登记并出回执").click()
    expect(window.get_by_role("alert")).to_be_focused()
    expect(note).to_have_text("还要改 1 处")
    window.locator("[name='parties.0.phone']").fill("13900000001")
    expect(note).to_have_text("可以登记了，其余知道多少填多少")


def test_what_looks_alike_stands_first_and_is_counted_beside_the_button(
    window: Page, case: Callable[..., Handling]
) -> None:
    case()
    window.locator("[name='parties.0.name']").fill(APPLICANT["name"])
    window.locator("[name='parties.1.name']").fill(RESPONDENT["name"])
    window.get_by_role("radio", name="邻里").check()
    window.get_by_role("textbox", name="事情经过").fill(NARRATIVE)
    expect(window.get_by_role("link", name="可能重复 1 件")).to_be_visible()
    tops = [
        rail(window).get_by_role("heading", name=name).bounding_box()
        for name in ("可能重复", "建议去向")
    ]
    assert tops[0] is not None
    assert tops[1] is not None
    assert tops[0]["y"] < tops[1]["y"]
    window.get_by_role("link", name="可能重复 1 件").click()
    expect(window.get_by_role("heading", name="可能重复")).to_be_focused()


@pytest.mark.parametrize("status", [400, 401])
def test_a_panel_refused_for_a_lost_session_says_so_and_offers_to_sign_in(
    live_server: str, app: Flask, office: Office, new_context: CreateContextCallback, status: int
) -> None:
    context = new_context(base_url=live_server)
    cookie = {"name": COOKIE, "value": session_of(app, office.window), "url": live_server}
    context.add_cookies([cookie])  # type: ignore[list-item]  # playwright's own TypedDict
    page = context.new_page()
    page.goto("/disputes/new")
    page.route("**/routing/preview-panel", lambda route: route.fulfill(status=status, body=""))
    fill(page)
    told = rail(page).get_by_text("登录已失效，填写内容还在，请重新登录。")
    expect(told).to_be_visible()
    expect(page.get_by_role("textbox", name="事情经过")).to_be_focused()
    page.unroute("**/routing/preview-panel")
    rail(page).get_by_role("button", name="重新登录").click()
    expect(page.get_by_role("dialog", name="请重新登录")).to_be_visible()


def test_danger_in_the_story_is_asked_about_and_the_answer_is_kept(
    window: Page, office: Office, axe: Callable[[Page], None]
) -> None:
    fill(window)
    window.locator("[name=narrative]").fill("他拿刀上门，说要砍人")
    line = window.get_by_role("link", name="听起来有危险，先问清楚")
    expect(line).to_be_visible()
    expect(window.get_by_text("可以登记了")).to_have_count(0)
    axe(window)
    window.get_by_label("问过，没有").check()
    expect(line).to_be_hidden()
    window.get_by_role("button", name="登记并出回执").click()
    expect(window.get_by_role("heading", level=1)).to_contain_text("回执")
    with office.app.app_context():
        kept = db.session.scalars(sa.select(Dispute)).one()
        assert (kept.facts["danger"], kept.danger) == (False, Danger.NONE)


def test_danger_nobody_asked_about_is_said_again_after_registering(window: Page) -> None:
    fill(window)
    window.locator("[name=narrative]").fill("他拿刀上门，说要砍人")
    expect(window.get_by_role("link", name="听起来有危险，先问清楚")).to_be_visible()
    window.get_by_role("button", name="登记并出回执").click()
    expect(window.get_by_text("经过里听起来有危险，还没有问清楚")).to_be_visible()


def test_danger_that_is_pressed_is_ticked(window: Page) -> None:
    fill(window)
    window.locator("[name=narrative]").fill("他拿刀上门，说要砍人")
    window.get_by_role("button", name="有", exact=True).click()
    expect(window.locator("[name='facts.danger'][value=true]")).to_be_checked()
    expect(window.get_by_role("link", name="听起来有危险，先问清楚")).to_be_hidden()
    expect(rail(window)).to_contain_text("先保护人")
