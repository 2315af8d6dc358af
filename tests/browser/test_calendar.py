"""工作日历 at a real browser: no barrier, nothing over the edge, done with the keyboard, on A4."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from config.vocabulary import Role
from tests.browser.test_every_page import fits
from tests.factories.calendar import clock, signed
from tests.factories.dispute import registered
from tests.factories.office import Office

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SitDown = Callable[..., Page]
Axe = Callable[[Page], None]
LEAF = re.compile(rb"/Type\s*/Page\b")
NOTICE = """国办发明电〔2026〕9号
元旦：1月1日（周五）至3日（周日）放假，共3天。
春节：2月5日（周五）至12日（周五）放假调休，共8天。2月13日（周六）、2月20日（周六）上班。
鼓励安排职工在除夕（2月4日）休息。"""


def test_a_year_goes_from_the_notice_to_the_calendar(
    office: Office, sit_down: SitDown, axe: Axe
) -> None:
    with office.app.app_context():
        clock(office, registered(office).id, "MEDI.PM", date(2026, 12, 25))
    page = sit_down(office.actor(Role.PLANNER))
    page.goto("/calendar/2027")
    axe(page)
    fits(page)
    page.get_by_role("link", name="编辑这一年").press("Enter")
    page.get_by_label("粘贴通知全文").fill(NOTICE)
    page.get_by_role("button", name="读入，先看结果").press("Enter")
    expect(page.get_by_text("没有读懂：鼓励安排职工")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_label("放假第 3 行，节日").fill("清明节")
    page.keyboard.press("Control+Enter")  # its dates are missing
    expect(page.get_by_role("alert")).to_contain_text("放假第 3 行，第一天：请填写日期")
    axe(page)
    page.get_by_label("放假第 3 行，第一天").fill("2027-04-03")
    page.get_by_label("放假第 3 行，最后一天").fill("2027-04-05")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 个期限的到期日推后")).to_be_visible()
    axe(page)
    fits(page)
    address = page.url
    director = sit_down(office.director)
    director.goto(address)
    axe(director)
    director.get_by_role("button", name="签发，从现在起生效").press("Enter")
    expect(director.get_by_text("2027 年工作日历已签发")).to_be_visible()
    axe(director)
    fits(director)


def test_the_calculator_draws_every_kind_of_day(
    office: Office, sit_down: SitDown, axe: Axe
) -> None:
    page = sit_down(office.window)
    page.goto("/calendar/explain")
    page.get_by_label("期限", exact=True).select_option("CONS.ACCEPT")
    page.get_by_label("起算日").fill("2026-09-24")
    page.get_by_role("button", name="计算").press("Enter")
    expect(page.get_by_role("heading", name="2026年10月12日（星期一）到期")).to_be_visible()
    expect(page.get_by_role("cell", name="调休上班，计入，第 6 天")).to_be_visible()
    axe(page)
    fits(page)
    page.goto("/calendar/explain?rule=LIT.OUTER.LAND&from=2026-09-24")
    axe(page)
    fits(page)
    page.goto("/calendar/explain?rule=LAB.MED")
    axe(page)


def test_a_year_prints_on_two_sheets_at_most_and_an_explanation_on_one(
    office: Office, sit_down: SitDown
) -> None:
    with office.app.app_context():
        signed(office)
    page = sit_down(office.window)
    page.goto("/calendar/2027")
    page.emulate_media(media="print")
    assert len(LEAF.findall(page.pdf(format="A4"))) <= 2
    expect(page.get_by_role("link", name="期限计算器")).to_have_count(0)
    page.goto("/calendar/explain?rule=MEDI.PM&from=2026-12-25")
    page.emulate_media(media="print")
    expect(page.get_by_role("button")).to_have_count(0)
    assert len(LEAF.findall(page.pdf(format="A4"))) == 1
