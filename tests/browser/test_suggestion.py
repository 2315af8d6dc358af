"""The register of letters 建议书 in a browser: no barrier on any page, one recorded by hand."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from config.suggestion import SuggestionStep
from config.vocabulary import Role
from service.clock import utc_now
from tests.browser.test_every_page import fits
from tests.browser.test_pages import is_whole
from tests.factories.office import Office
from tests.factories.suggestion import lettered

ONE_DAY = timedelta(days=1)


def test_the_register_has_no_barrier_and_takes_a_letter(
    office: Office, sit_down: Callable[..., Page], axe: Callable[[Page], None]
) -> None:
    now = utc_now()
    today = office.desk.today(now)
    with office.app.app_context():
        late = lettered(office, now=now, received_on=today - 80 * ONE_DAY).answered(now=now)
        second = lettered(office, now=now, received_on=today - 50 * ONE_DAY)
        second.replied(today - 20 * ONE_DAY, now=now)
        second.sent_back(today - 10 * ONE_DAY, now=now)
        objected = lettered(office, now=now, received_on=today - 20 * ONE_DAY)
        objected.take(SuggestionStep.OBJECT, {"reason": "不归本镇管"}, now=now)
    page = sit_down(office.actor(Role.LEGAL, "justice"))
    one = "/suggestions/{}"
    for address in (
        "/",
        "/suggestions",
        "/suggestions/new",
        "/suggestions/figures",
        *(one.format(each.id) for each in (late, second, objected)),
        f"{one.format(second.id)}/reply/1",
        f"{one.format(late.id)}/reply/1",
        f"{one.format(late.id)}/correct",
    ):
        page.goto(address)
        is_whole(page)
        axe(page)
        fits(page)
    page.goto("/suggestions?overdue=true")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto("/suggestions/new")
    page.get_by_label("司法建议（综合治理类）").check()
    page.get_by_label("发文机关").fill("柳溪旗人民法院")
    page.get_by_label("文号").fill("（2026）柳法建8号")
    page.get_by_label("事由").fill("合同签订不规范")
    page.get_by_label("收到日期").fill(today.isoformat())
    page.get_by_label("办理单位").select_option(label="柳溪镇人民调解委员会")
    page.get_by_label("第 1 条建议").fill("推广示范文本")
    page.get_by_role("button", name="登记建议书").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("合同签订不规范")
    expect(page.get_by_role("complementary", name="期限和下一步")).to_contain_text("暂定")
