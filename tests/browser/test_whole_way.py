"""The whole way of one dispute, told once, by everybody who has a part in it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from config.vocabulary import Role
from tests.factories.office import PASSWORD, Office


def sign_in(page: Page, username: str) -> None:
    page.goto("/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_title("工作台")
    page.wait_for_load_state()  # its scripts hear keys from then on


def said(page: Page, text: str) -> None:
    expect(page.locator(".msg:visible")).to_contain_text(text)


def test_a_dispute_comes_in_is_routed_and_comes_to_its_end(
    office: Office, visitor: Callable[..., Page]
) -> None:
    for role, unit in (
        (Role.WINDOW, "centre"),
        (Role.DIRECTOR, "centre"),
        (Role.MEDIATOR, "committee"),
        (Role.LEADER, "centre"),
    ):
        office.actor(role, unit, password=PASSWORD)
    number = _registered(visitor())
    _dispatched(visitor(), number)
    _mediated(visitor(), number)
    _archived(visitor(), number)
    _counted(visitor())


def _registered(window: Page) -> str:
    sign_in(window, "window-centre")
    window.get_by_role("link", name="登记来访").click()
    applicant = window.get_by_role("group", name="申请人", exact=True)
    applicant.get_by_label("姓名或名称").fill("孙德山")
    applicant.get_by_label("电话").fill("139 0000 0001")
    window.get_by_role("group", name="被申请人").get_by_label("姓名或名称").fill("马有财")
    window.get_by_role("radio", name="邻里").check()
    window.get_by_role("radio", name="没有", exact=True).check()
    window.get_by_role("textbox", name="事情经过").fill("排水沟堵了，水进院子")
    window.get_by_label("涉及金额").fill("12800")
    expect(window.get_by_text("1.28 万元")).to_be_visible()
    rail = window.get_by_role("complementary", name="登记提示")
    expect(rail).to_contain_text("建议由人民调解委员会办理")
    expect(rail).to_contain_text("《人民调解法》第8条、第17条")
    window.get_by_role("button", name="登记并出回执").click()
    said(window, "已登记，编号 ")
    number = window.locator(".sheet-number").inner_text()
    expect(window).to_have_title(f"登记回执 {number}")
    expect(window.locator(".sheet")).not_to_contain_text("马")
    window.get_by_role("link", name="登记下一位").click()
    expect(window).to_have_title("登记来访")
    return number


def _dispatched(director: Page, number: str) -> None:
    sign_in(director, "director-centre")
    director.get_by_role("link", name="去分派").click()
    expect(director.get_by_role("link", name=number)).to_be_visible()
    director.get_by_role("button", name="分给柳溪镇人民调解委员会").click()
    said(director, f"{number} 已分派给柳溪镇人民调解委员会，等签收")
    expect(director.get_by_text("没有等分派的纠纷。")).to_be_visible()


def _mediated(mediator: Page, number: str) -> None:
    sign_in(mediator, "mediator-committee")
    mediator.get_by_role("link", name=number).click()
    mediator.get_by_role("button", name="签收受理").click()
    said(mediator, "已签收受理，办理期限到 ")
    mediator.get_by_role("button", name="开始调解").click()
    said(mediator, "已开始调解")
    mediator.get_by_role("link", name="记一次调解会").click()
    mediator.get_by_label("时间").fill("2026-11-20T09:30")
    mediator.get_by_label("地点").fill("一号调解室")
    mediator.get_by_role("group", name="孙德山到场没有").get_by_label("到场").check()
    mediator.get_by_role("group", name="马有财到场没有").get_by_label("未到").check()
    mediator.get_by_label("调解记录").fill("谈了排水沟由谁清")
    mediator.get_by_role("button", name="保存").click()
    said(mediator, "已记下这次调解会")
    expect(mediator.get_by_text("孙德山到场、马有财未到")).to_be_visible()
    mediator.get_by_role("link", name="达成协议").click()
    mediator.get_by_role("radio", name="书面协议").check()
    mediator.get_by_label("协议金额").fill("12800")
    mediator.get_by_role("button", name="确认达成协议").click()
    mediator.get_by_role("link", name="书面协议请填写协议内容").click()
    expect(mediator.get_by_label("协议内容")).to_be_focused()
    mediator.keyboard.type("马家三日内清沟")
    mediator.get_by_role("button", name="确认达成协议").click()
    said(mediator, "已登记协议，等双方履行")
    mediator.get_by_role("button", name="履行完毕").click()
    said(mediator, "已登记履行完毕，可以办结了")
    mediator.get_by_role("link", name="办结").click()
    expect(mediator.get_by_role("radio", name="达成协议")).to_be_checked()
    mediator.get_by_role("button", name="确认办结").click()
    said(mediator, "已办结")
    mediator.get_by_role("link", name="记一次回访").click()
    mediator.get_by_label("回访日期").fill("2026-11-21")
    mediator.get_by_role("radio", name="已履行").check()
    mediator.get_by_role("radio", name="满意", exact=True).check()
    mediator.get_by_role("button", name="保存").click()
    said(mediator, "已记下这次回访")


def _archived(director: Page, number: str) -> None:
    sign_in(director, "director-centre")
    director.keyboard.press("/")
    director.keyboard.type(number.lower())
    director.keyboard.press("Enter")
    expect(director).to_have_title(f"纠纷 {number}")
    director.get_by_role("link", name="归档").click()
    director.get_by_role("button", name="确认归档").click()
    said(director, "已归档")
    steps = director.locator(".tl strong").all_inner_texts()
    ended = "归档 回访 办结 履行完毕 达成协议".split()
    begun = "调解会 开始调解 签收受理 分派 打开文书打印 登记".split()
    assert steps == ended + begun


def _counted(leader: Page) -> None:
    sign_in(leader, "leader-centre")
    leader.get_by_role("navigation", name="主导航").get_by_role("link", name="周报").click()
    leader.get_by_role("link", name="下周（未结束）").click()
    expect(leader.get_by_role("link", name="受理 1件，看明细")).to_be_visible()
