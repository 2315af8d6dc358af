"""The board of the yearly plan: a sentence, lights with their reasons, filters, approval, desks."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine

from config.vocabulary import Role
from models import Event, PlanNote, transaction
from service.rules.access import Actor
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.factories.plan import Planned, planned
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY_9AM + timedelta(hours=2)):
        yield


def test_a_board_says_how_the_year_stands_and_who_has_to_act(office: Office, visit: Visit) -> None:
    leader = visit(office.leader)
    assert "还没有年度计划" in leader.get("/plans").text
    assert leader.get("/plans/2026").status == 404
    with office.app.app_context():
        plan = planned(office, changed_by=office.director.user_id)
        note = PlanNote(
            task_id=plan.tasks["3"],
            on_date=MONDAY,
            text="已答复两份",
            recorded_by=office.liaison.user_id,
            recorded_at=MONDAY_9AM,
        )
        with transaction() as session:
            session.add(note)
            session.flush()
            session.add(
                Event(
                    happened_at=MONDAY_9AM,
                    actor_id=office.liaison.user_id,
                    subject="plan_task",
                    subject_id=plan.tasks["3"],
                    action="change",
                    detail={"note": str(note.id), "fields": ["lead", "due_on"]},
                )
            )
    page = leader.follow(leader.get("/plans"))
    assert "5项任务：完成 0，绿灯1，黄灯3，红灯1。" in page.text
    assert "节点“桌面推演”应于 10月20日 完成，已过 13 天" in page.text
    assert "还没有确定牵头单位" in page.text
    shown = leader.get("/plans/2026?light=red").text
    assert ("共 1 项" in shown, "应急演练" in shown, "年度述法" in shown) == (True, True, False)
    unit = office.units["station"]
    shown = leader.get(f"/plans/2026?unit={unit}").text
    assert [name in shown for name in ("应急演练", "干部培训", "年度述法", "优化机构职能")] == [
        True,
        True,
        True,
        False,
    ]
    assert "共 1 项" in leader.get("/plans/2026?unit=none").text
    assert "共 5 项" in leader.get(f"/plans/2026?unit={'x' * 50}&light=blue&mine=2").text
    # a desk tells the whole plan to who looks after it, and a unit how much of its own wants a hand
    desk = leader.get("/").text
    assert ("等批准" in desk, "红灯1" in desk, "应急演练" in desk) == (True, True, True)
    liaison = visit(office.actor(Role.LIAISON, "station"))
    assert "与您有关的任务，有 3 项亮红灯或者黄灯" in liaison.get("/").text
    mine = liaison.get("/plans/2026").text
    assert "与您有关的3项任务" in mine
    assert [word in mine for word in ("批准", "优化机构职能")] == [False] * 2
    # what changed this month, and no month that is none
    told = leader.get("/plans/2026/changes").text
    assert ("2026年11月的变化" in told, "已答复两份；牵头单位、完成期限" in told) == (True, True)
    assert leader.get("/plans/2026/changes?month=x").text == told
    assert "1项任务的灯变了：1 项变差" in leader.get("/plans/2026/changes?month=2026-10").text
    assert "已答复两份" not in liaison.get("/plans/2026/changes").text
    _approved(office, plan, visit)


def _approved(office: Office, plan: Planned, visit: Visit) -> None:
    """The director changed it last, so the leader approves, as it was when it was read."""
    director = visit(office.director)
    own = director.get("/plans/2026")
    assert "您导入或者最后修改了这份计划，要由另一个人批准" in own.text
    assert "批准计划" not in own.text
    leader = visit(office.leader)
    page = leader.get("/plans/2026")
    with office.app.app_context(), transaction() as session:
        session.get_one(type(plan.row), plan.id).closing = "请各单位抓好落实。"
    stale = leader.fill(page, "/plans/2026/approve")
    assert (stale.status, "刚才有人改过" in stale.text) == (422, True)
    done = leader.follow(leader.fill(stale, "/plans/2026/approve"))
    assert ("已经批准" in done.text, "还没有批准" in done.text) == (True, False)
