"""计划任务 at the browser: what wants me first, the page of a task, its forms, its change."""

from collections.abc import Callable, Iterator

import pytest
import time_machine

from config.vocabulary import Role
from models import PlanMilestone, db
from service.rules.access import Actor
from tests.factories.file import PDF, multipart
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.plan import Planned, planned
from tests.factories.visitor import Page, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
TASK = "/plans/2026/tasks/1"


@pytest.fixture
def plan(office: Office) -> Iterator[Planned]:
    with time_machine.travel(MONDAY_9AM, tick=False):
        with office.app.app_context():
            made = planned(office)
        yield made


def uploaded(visitor: Visitor, page: Page, **told: str) -> Page:
    form = page.form(f"{TASK}/evidence").values
    fields = {name: form[name] for name in ("csrf_token", "form_key")} | {
        f"upload.{name}": value for name, value in told.items()
    }
    body, kind = multipart(fields, **{"upload.file": ("演练照片.pdf", PDF)})
    return visitor.send(f"{TASK}/evidence", body, kind)


def ids(plan: Planned) -> list[str]:
    """The milestones of task 1, the earliest first."""
    with plan.office.app.app_context():
        found = db.session.query(PlanMilestone).filter_by(task_id=plan.tasks["1"])
        return [str(each.id) for each in found.order_by(PlanMilestone.due_on)]


def test_my_tasks_say_what_wants_me_first_and_lead_to_it(
    plan: Planned, visit: Callable[[Actor], Visitor]
) -> None:
    lead = visit(plan.liaison("station"))
    page = lead.get("/plans/mine")
    assert page.text.index("节点超期") < page.text.index("在等上级文件")
    assert "节点“桌面推演”超期 13 天" in page.text
    assert "本单位配合" in page.text
    assert [each for each in page.links if "/tasks/" in each] == [
        TASK,
        "/plans/2026/tasks/5",
        "/plans/2026/tasks/2",
    ]
    owner = visit(plan.office.mediator)
    assert "我负责" in owner.get("/plans/mine").text
    assert "没有要办的任务" in visit(plan.office.leader).get("/plans/mine").text
    late, coming = ids(plan)
    assert lead.get(f"/plan-tasks/{plan.tasks['1']}").location == TASK
    assert lead.get(f"/plan-milestones/{late}").location == f"{TASK}#t-milestones"
    assert lead.get("/plan-milestones").location == "/plans/mine"
    assert lead.get(f"/plan-tasks/{plan.tasks['3']}").status == 404
    assert owner.get(f"/plan-milestones/{coming}").status == 404
    assert owner.get(TASK).status == 404
    assert visit(plan.office.window).get("/plans/mine").status == 403


def test_a_lead_works_a_task_off_on_its_page(
    plan: Planned, visit: Callable[[Actor], Visitor]
) -> None:
    lead, along = visit(plan.liaison("station")), visit(plan.liaison("committee"))
    late, coming = ids(plan)
    page = lead.get(TASK)
    assert page.headings == ["1　应急演练"]
    for said in ("开展应急演练，加强突发事件信息公开。", "没有佐证的任务不能办结"):
        assert said in page.text
    empty = lead.fill(page, f"{TASK}/progress")
    assert (empty.status, "请写进展" in empty.text) == (422, True)
    page = lead.follow(lead.fill(page, f"{TASK}/progress", note__text="和学校定好了时间"))
    shown = along.get(TASK)
    forms = {each.action for each in shown.forms}
    assert f"{TASK}/progress" in forms
    assert f"{TASK}/milestones/{late}/finish" in forms
    assert not {f"{TASK}/finish", f"{TASK}/milestones", f"{TASK}/milestones/{late}/drop"} & forms

    late_form = f"{TASK}/milestones/{late}"
    key = late.replace("-", "")
    refused = lead.fill(page, late_form, **{f"mc{key}.due_on": "2026-11-30"})
    assert (refused.status, "改日期要写明原因" in refused.text) == (422, True)
    assert refused.form(late_form).values[f"mc{key}.due_on"] == "2026-11-30"
    page = lead.follow(lead.fill(page, f"{late_form}/drop", **{f"md{key}.reason": "并入实战演练"}))
    page = lead.follow(lead.fill(page, f"{TASK}/milestones/{coming}/finish"))
    refused = lead.fill(page, f"{TASK}/finish")
    assert (refused.status, "没有佐证，不能算完成" in refused.text) == (422, True)
    missing = uploaded(lead, page)
    assert (missing.status, "请选择是什么材料" in missing.text) == (422, True)
    page = lead.follow(uploaded(lead, page, kind="photo", about="学校操场演练", milestone=coming))
    assert "学校操场演练" in page.text
    assert "节点都有结果，佐证也有了：可以办结。" in page.text
    again = uploaded(lead, page, kind="photo")
    assert (again.status, "已经上传过了" in again.text) == (422, True)
    proof = next(each for each in page.links if "/evidence/" in each)
    assert lead.download(proof).get_data() == PDF
    assert visit(plan.office.leader).download(proof).status_code == 403
    assert "有 1 份佐证" in visit(plan.office.leader).get(TASK).text
    made = proof.rpartition("/")[2].replace("-", "")
    public = {f"ep{made}.public": "true", f"ep{made}.published_at": "政务公开栏"}
    page = lead.follow(lead.fill(page, f"{proof}/publication", **public))
    assert "主动公开：政务公开栏" in page.text
    stale = page
    lead.fill(page, f"{TASK}/progress", note__text="复盘开过了")
    behind = lead.fill(stale, f"{TASK}/finish")
    assert (behind.status, "刚才有人改过这项任务" in behind.text) == (422, True)
    page = lead.follow(lead.fill(behind, f"{TASK}/finish"))
    assert "已经完成。" in page.text
    last = lead.fill(page, f"{proof}/withdraw", **{f"ew{made}.reason": "传错了"})
    assert (last.status, "最后一份佐证" in last.text) == (422, True)
    page = lead.follow(lead.fill(page, f"{TASK}/reopen", reopen__reason="督查要求补一次"))
    page = lead.follow(lead.fill(page, f"{proof}/withdraw", **{f"ew{made}.reason": "传错了"}))
    assert "已经撤销的（1）" in page.text
    for deed in ("重新打开任务", "取消节点", "记进展", "上传佐证", "撤销佐证", "和学校定好了时间"):
        assert deed in page.text


def test_a_planner_changes_a_task_and_gives_one_up(
    plan: Planned, visit: Callable[[Actor], Visitor]
) -> None:
    planner, station = visit(plan.planner), str(plan.office.units["station"])
    justice = str(plan.office.units["justice"])
    assert visit(plan.liaison("station")).get(f"{TASK}/change").status == 403
    page = planner.get(f"{TASK}/change")
    form = page.form(f"{TASK}/change").values
    assert (form["lead"], form["measures.0.text"]) == (station, "上半年组织一次桌面推演")
    told = {"lead": justice, "co_units": [station], "measures.0.text": "", "due_on": "2025-01-01"}
    refused = planner.fill(page, f"{TASK}/change", **told)
    assert (refused.status, "完成日期不能早于开始日期" in refused.text) == (422, True)
    told = {
        "lead": justice,
        "co_units": [station],
        "measures.0.text": "",
        "indicators.1.name": "演练次数",
        "indicators.1.target": "2",
    }
    refused = planner.fill(page, f"{TASK}/change", **told)
    assert refused.status == 422
    assert 'href="#f-indicators-1-unit"' in refused.html  # where it stands on the form
    told |= {"indicators.1.unit": "次", "indicators.1.comparison": "at_least"}
    page = planner.follow(planner.fill(page, f"{TASK}/change", **told))
    assert "不少于 2 次" in page.text
    assert "上半年组织一次桌面推演" not in page.text
    assert "牵头单位（原来是柳溪派出所，改为柳溪司法所）" in page.text
    four = "/plans/2026/tasks/4"
    page = planner.get(four)
    page = planner.follow(planner.fill(page, f"{four}/drop", drop__reason="推迟到明年"))
    assert "推迟到明年" in page.text
    assert planner.get(f"{four}/change").status == 409
    page = planner.follow(planner.fill(page, f"{four}/resume"))
    assert "恢复任务" in page.text
    five = "/plans/2026/tasks/5"
    page = planner.get(five)
    arrive = next(each.action for each in page.forms if each.action.endswith("/arrive"))
    waited = arrive.split("/")[-2].replace("-", "")
    came = {f"da{waited}.arrived_on": "2026-11-01", f"da{waited}.document_number": "8号"}
    page = planner.follow(planner.fill(page, arrive, **came))
    assert "2026年11月1日（星期日）收到，8号" in page.text
    assert visit(plan.office.actor(Role.AUDITOR)).get(five).status == 403
