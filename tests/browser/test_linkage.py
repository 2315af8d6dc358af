"""府检府院联动: written, answered and exchanged in a browser; no page of it has a barrier."""

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from config.vocabulary import LawsuitInstance, LawsuitProcedure, Role
from service.operations import exchange as exchanges
from service.operations import lawsuit as lawsuits
from service.operations.lawsuit import LawsuitDraft
from service.reports import exchange as reports
from service.rules.exchange import OurCase
from tests.browser.test_every_page import fits
from tests.browser.test_pages import is_whole
from tests.factories.office import Office

SitDown = Callable[..., Page]


def test_what_is_asked_of_the_town_is_written_answered_and_compared(
    office: Office, sit_down: SitDown, axe: Callable[[Page], None], now: datetime
) -> None:
    legal = office.actor(Role.LEGAL)
    today = now.astimezone(office.desk.zone).date()
    page = sit_down(legal)

    def look() -> None:
        is_whole(page)
        axe(page)
        fits(page)

    page.goto("/linkages/new?register=court_aid")
    page.get_by_role("radio", name="协助送达", exact=True).check()
    page.get_by_label("事由").fill("协助送达起诉状副本")
    page.get_by_label("法院", exact=True).fill("某旗人民法院")
    page.get_by_label("收到日期").fill(today.isoformat())
    page.get_by_label("期限").fill((today + timedelta(days=5)).isoformat())
    page.get_by_label("内容").fill("收件人常年在牧铺")
    look()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("剩 5 天")
    look()
    one = page.url
    page.get_by_role("radio", name="已办", exact=True).check()
    page.get_by_label("日期", exact=True).fill(today.isoformat())
    page.get_by_label("办理情况").fill("当面签收")
    page.get_by_role("button", name="登记进展").click()
    expect(page.get_by_role("main")).to_contain_text("当面签收")
    page.goto("/linkages")
    look()
    page.get_by_role("link", name="LXZXZ").click()
    expect(page).to_have_url(one)
    page.goto("/referrals/new?register=referral")
    page.get_by_role("radio", name="职务违法", exact=True).check()
    page.get_by_label("移送给").fill("某旗纪委监委")
    page.get_by_label("移送日期").fill(today.isoformat())
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("已移送")
    look()
    with office.app.app_context():
        draft = LawsuitDraft(
            procedure=LawsuitProcedure.LITIGATION,
            instance=LawsuitInstance.FIRST,
            court="某旗人民法院",
            cause="行政处罚",
            act="罚款决定",
            plaintiffs=["赵一"],
            organisation=office.units["station"],
            served_on=today,
            case_number="（2026）内0525行初1号",
        )
        lawsuits.record(draft, actor=legal, desk=office.desk, now=now)
        theirs = [
            OurCase("（2026）内0525行初1号", "某旗人民法院", None, "已裁判"),
            OurCase("（2026）内0525行初2号", "某旗人民法院", None, "审理中"),
        ]
        made = exchanges.read(reports.workbook(theirs), actor=legal, desk=office.desk, now=now)
    page.goto(f"/exchanges/{made}")
    page.get_by_role("button", name="核对完毕").click()
    expect(page.get_by_role("alert")).to_contain_text("请说明为什么不一致")
    look()
