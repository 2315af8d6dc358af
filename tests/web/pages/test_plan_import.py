"""导入年度计划 on pages: read in, corrected, taken in, and compared when it comes again."""

from collections.abc import Callable

import pytest

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
NEW = "/plans/imports/new"
TEXT = """柳溪镇2026年工作计划
一、健全应急体系
1、开展演练。（责任单位：派出所、党政办）
5、组织培训。
三、四季度集中整治。
各村要落实。"""


def pressed(who: Visitor, page: Page, one: str, button: str) -> Page:
    """One of the buttons of the form, which go to addresses of their own."""
    return who.post(f"{one}/{button}", page.form(f"{one}/correct").values)


def test_a_plan_is_read_in_corrected_and_taken(office: Office, visit: Visit) -> None:
    planner = visit(office.actor(Role.PLANNER))
    bare = planner.fill(planner.get(NEW), NEW)
    assert (bare.status, "请选择一个文件，或者粘贴计划的文字" in bare.text) == (422, True)
    one = str(planner.fill(bare, NEW, text=TEXT).location)
    page = planner.get(one)
    for words in (
        "请您看一下",
        "编号从“1”跳到“5”",
        "像是列举",
        "没有对上",
        "还没有计划，写入后新建",
    ):
        assert words in page.text
    assert page.text.index("请您看一下") < page.text.index("读出的计划")
    fixed = planner.fill(
        page, f"{one}/correct", **{"line-5": "text", "name-0": str(office.units["centre"])}
    )
    again = planner.get(str(fixed.location))
    assert ("您已改过" in again.text, "党政办 没有对上" in again.text) == (True, False)
    stale = pressed(planner, page, one, "take")
    assert (stale.status, "刚才有人改过这次导入" in stale.text) == (422, True)
    assert pressed(planner, again, one, "take").status == 303
    taken = planner.get(one).text
    assert ("已写入计划：新增 2 项" in taken, f"{one}/take" in taken) == (True, False)
    changed = TEXT.replace("演练", "应急演练").replace("5、组织培训。\n", "")
    two = str(planner.fill(planner.get(NEW), NEW, text=changed).location)
    assert "<ins>应急</ins>" in planner.download(two).text
    compared = planner.get(two).text
    assert "已经批准的，要重新批准" in compared
    for words in ("改写", "取消", "组织培训。"):
        assert words in compared
    planner.fill(planner.get(two), f"{two}/drop")
    assert "已放弃" in planner.get(NEW).text


def test_nobody_else_reads_plans_in(office: Office, visit: Visit) -> None:
    for role in (Role.LEADER, Role.LIAISON, Role.MEDIATOR, Role.AUDITOR):
        assert visit(office.actor(role)).get(NEW).status == 403


def test_a_section_without_tasks_counts_as_the_task_it_becomes(
    office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    planner = visit(office.actor(Role.PLANNER))
    text = "一、调解\n（一）人民调解\n成功率达到98%以上。\n二、保障\n1、建立专家库。"
    one = str(planner.fill(planner.get(NEW), NEW, text=text).location)
    assert "2章1节任务2项" in "".join(planner.get(one).text.split())
    assert pressed(planner, planner.get(one), one, "take").status == 303
    assert "新增 2 项" in planner.get(one).text
    two = str(planner.fill(planner.get(NEW), NEW, text=text + "\n三、宣传\n1、普法。").location)
    # the task and its chapter; a section without words is nothing to see
    assert "新增2处" in "".join(planner.get(two).text.split())
