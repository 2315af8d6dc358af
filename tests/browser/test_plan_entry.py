"""工作台账: a decision is written, stepped and ended in a browser; no page of it has a barrier."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from config.vocabulary import Role
from tests.browser.test_every_page import fits
from tests.browser.test_pages import is_whole
from tests.factories.file import PDF
from tests.factories.office import Office

SitDown = Callable[..., Page]


def stepped(page: Page, name: str, on: str = "", excuse: str = "") -> None:
    """A step taken, or said not to apply."""
    page.get_by_role("radio", name=name, exact=True).check()
    page.get_by_label("日期", exact=True).fill(on)
    page.get_by_label("不适用的理由").fill(excuse)
    page.get_by_role("button", name="登记进展").click()


def uploaded(page: Page, kind: str, file: Path) -> None:
    """A file handed in that shows what was done."""
    upload = page.get_by_label("是什么材料")
    if not upload.is_visible():
        page.get_by_text("上传佐证", exact=True).click()
    upload.select_option(label=kind)
    page.get_by_label("说明什么").fill(kind)
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text(f"已上传：{file.name}")


def written(page: Page) -> None:
    """A decision written down."""
    page.get_by_label("决策事项").fill("集镇污水管网改造")
    page.get_by_label("启动日期").fill("2026-02-02")
    page.get_by_label("类别").select_option(label="重大公共建设项目")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("集镇污水管网改造")


def corrected_and_reopened(page: Page) -> None:
    """Its number added, its end taken back."""
    page.get_by_role("link", name="更正").click()
    expect(page.get_by_label("启动日期")).to_have_value("2026-02-02")
    page.get_by_label("决定文号").fill("青政发〔2026〕9号")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("main")).to_contain_text("青政发〔2026〕9号")
    page.get_by_text("重新打开", exact=True).first.click()
    page.get_by_role("form", name="重新打开").get_by_label("原因").fill("归档材料不全")
    page.get_by_role("button", name="重新打开").click()
    expect(page.get_by_role("main")).to_contain_text("已重新打开")


def test_a_decision_goes_its_way_and_shows_what_it_passed_over(
    office: Office, sit_down: SitDown, axe: Callable[[Page], None], tmp_path: Path
) -> None:
    page = sit_down(office.actor(Role.PLANNER))
    main = page.get_by_role("main")

    def look(heading: str = "") -> None:
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        is_whole(page)
        axe(page)
        fits(page)

    page.goto("/registers")
    page.get_by_role("link", name="重大行政决策目录").click()
    look("重大行政决策目录")
    page.get_by_role("link", name="登记", exact=True).click()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("请填写决策事项")
    look()
    written(page)
    one = page.url
    stepped(page, "公众参与", "2026-03-20")
    stepped(page, "专家论证", excuse="没有专业性、技术性问题")
    stepped(page, "集体讨论决定", "2026-05-06")
    expect(main).to_contain_text("缺项：风险评估、合法性审查")
    look()
    stepped(page, "已归档", "2026-06-01")
    expect(page.get_by_role("alert")).to_contain_text("没有佐证不能办结")
    for kind, name in (("文件", "意见书.pdf"), ("会议记录", "会议记录.pdf")):
        file = tmp_path / name
        file.write_bytes(PDF + name.encode())
        uploaded(page, kind, file)
    stepped(page, "已公布", "2026-05-20")
    stepped(page, "已归档", "2026-06-01")
    expect(main).to_contain_text("已办结")
    look()
    corrected_and_reopened(page)
    page.goto("/registers/major-decisions?year=2026")
    expect(main).to_contain_text("没有达到")
    look()
    page.get_by_role("link", name="打印、导出").click()
    expect(page.get_by_role("link", name="导出 Excel")).to_be_visible()
    look()
    page.goto("/registers/major-decisions")
    page.get_by_role("link", name="LXZJC").click()
    expect(page).to_have_url(one)
