"""The yearly plan by program: who sees which tasks, what each light says and counts, approval."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import time_machine

from config.plan import Plans
from config.vocabulary import DisputeStatus, Role
from models import Plan, PlanIndicator, PlanTask, PlanTaskRegister, transaction
from service.queries import plan_light
from service.rules.access import Actor
from tests.factories.dispute import registered
from tests.factories.joint import answered, asked
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.factories.plan import Planned, planned
from tests.factories.program import Program, program
from tests.factories.suggestion import lettered
from tests.statements import statements

ALL = "/api/v1/plans"
ONE = f"{ALL}/2026"
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY_9AM + timedelta(hours=2)):
        yield


@pytest.fixture
def plan(office: Office) -> Planned:
    with office.app.app_context():
        return planned(office)


@pytest.fixture
def calling(office: Office) -> Callable[..., Program]:
    def call(role: Role, unit: str = "centre") -> Program:
        with office.app.app_context():
            who: Actor = office.actor(role, unit)
        return program(office, who)

    return call


def tasks(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tasks of a plan as it was answered, by their numbers."""
    return {
        task["number"]: task
        for chapter in answer["chapters"]
        for section in chapter["sections"]
        for task in section["tasks"]
    }


@pytest.mark.usefixtures("plan")
def test_everybody_sees_their_tasks_with_their_lights_and_nothing_of_others(
    calling: Callable[..., Program],
) -> None:
    planner = calling(Role.PLANNER)
    assert planner.get(ALL).get_json()["items"] == [
        {
            "year": 2026,
            "title": "柳溪镇2026年法治政府建设工作计划",
            "is_approved": False,
            "tasks": 5,
        }
    ]
    answer = planner.get(ONE)
    whole = answer.get_json()
    assert answer.headers["ETag"] == '"1"'
    assert {"title", "preamble", "chapters", "closing", "unplaced"} <= set(whole)
    assert whole["tally"]["sentence"] == "5 项任务：完成 0，绿灯 1，黄灯 3，红灯 1"
    found = tasks(whole)
    assert {number: each["light"] for number, each in found.items()} == {
        "1": "red",
        "2": "yellow",
        "3": "green",
        "4": "yellow",
        "5": "yellow",
    }
    assert [each["text"] for each in found["1"]["reasons"][:3]] == [
        "节点“桌面推演”应于 10月20日 完成，已过 13 天",
        "节点“实战演练”11月12日 到期，还有 10 天",
        "已有 305 天还没有记过进展",
    ]
    assert found["1"]["reasons"][0]["source"]["kind"] == "milestone"
    assert (found["1"]["lead"]["name"], found["1"]["due_on"]) == ("柳溪派出所", "2026-12-31")
    assert [each["name"] for each in found["1"]["co_units"]] == ["柳溪镇人民调解委员会"]
    # the hours of the wording are what the register counts, by whom they were reached
    told = [each["text"] for each in found["2"]["reasons"]]
    assert "培训60学时达标率还没有可以计算的，不作判断，目标不少于 100%" in told
    assert [each for each in told if "没有数据来源" in each] == []
    assert found["3"]["reasons"][0]["source"] == {
        "kind": "metric",
        "id": "suggestion_reply_rate",
        "from": "2026-01-01",
        "to": "2026-11-03",
    }
    # a unit sees where it leads or works along; an owner what they answer for
    for role, unit, numbers in (
        (Role.LIAISON, "committee", {"1", "2"}),
        (Role.LIAISON, "justice", {"3"}),
        (Role.MEDIATOR, "committee", {"2"}),
        (Role.LEGAL, "justice", {"3"}),
    ):
        seen = calling(role, unit).get(ONE).get_json()
        assert set(tasks(seen)) == numbers
        assert (seen["is_whole"], seen["preamble"], seen["closing"]) == (False, "", "")
        assert [chapter["title"] for chapter in seen["chapters"]] == ["健全依法行政体系"]
        hidden = [each["text"] for number, each in found.items() if number not in numbers]
        assert [text for text in hidden if text in str(seen)] == []
    assert calling(Role.LEGAL, "justice").get(ALL).get_json()["items"][0]["tasks"] == 1
    assert calling(Role.AUDITOR).get(ONE).status_code == 403
    assert planner.get(f"{ALL}/2025").status_code == 404
    assert planner.get(f"{ALL}/2025").get_json()["detail"] == "没有这一年的年度计划"


def test_every_live_light_is_its_figure_and_costs_no_more_with_more_tasks(
    office: Office, plan: Planned, calling: Callable[..., Program]
) -> None:
    with office.app.app_context():
        case = registered(office).until(DisputeStatus.MEDIATING)
        answered(case, asked(case, "station")[0])
        june: dict[str, Any] = {"now": MONDAY_9AM, "received_on": date(2026, 6, 1)}
        lettered(office, **june).replied(MONDAY, now=MONDAY_9AM)
        lettered(office, **june)
    request = {"title": "某路改造的预算", "received_on": "2026-03-02", "applicant": "鑫淼焱"}
    body = {"values": request | {"sort": "citizen", "way": "online"}}
    liaison = calling(Role.LIAISON, "station")
    made = liaison.post("/api/v1/registers/information-requests", body, key=uuid4().hex)
    assert made.status_code == 201, made.text
    links = office.desk.policy.plans
    with office.app.app_context():
        few = one = _statements(plan)
        for number in ("4", "5", "1", "2", "3"):
            _hold(plan.tasks[number], links)
            if number == "4":
                one = _statements(plan)
        assert few < one == _statements(plan)
        lit = plan_light.of_plan(plan.row, desk=office.desk, now=MONDAY_9AM)
        figures = [each for facts, _ in lit.values() for each in facts.indicators if each.metric]
    names = {each.metric for each in figures if each.metric}
    assert {each.metric for each in links.figures} < names
    assert "information_requests_overdue" in names
    assert {"台账“依申请公开”有 1 条逾期未办：柳溪派出所 1 条"} <= {
        each.text for each in lit[plan.tasks["4"]][1].reasons
    }
    leader = calling(Role.LEADER)
    # of the metric the last day is not included, of a light it is
    period = {"from": "2026-01-01", "to": "2026-11-03"}
    told = {
        each: leader.get(f"/api/v1/metrics/{each}", query_string=period).get_json()
        for each in names
    }
    for each in figures:
        same = told[each.metric or ""]
        assert (each.numerator, each.denominator) == (same["numerator"], same["denominator"])
        times = 100 if each.unit == "%" else 1
        value = None if same["value"] is None else same["value"] * times
        assert value == (None if each.value is None else pytest.approx(float(each.value)))
        assert (each.start_on, each.end_on) == (date(2026, 1, 1), MONDAY)
    counted = {each.metric for each in figures if each.numerator}
    assert {"disputes_linked", "disputes_received", "suggestion_reply_rate"} < counted
    assert "information_requests_overdue" in counted
    rate = next(each for each in figures if each.metric == "suggestion_reply_rate")
    assert (rate.numerator, rate.denominator, rate.value) == (1, 2, Fraction(50))


def _hold(task_id: UUID, links: Plans) -> None:
    """Hold a task to every figure and register that a wording may ask for."""
    with transaction() as session:
        session.execute(sa.delete(PlanTaskRegister).where(PlanTaskRegister.task_id == task_id))
        session.execute(sa.delete(PlanIndicator).where(PlanIndicator.task_id == task_id))
        session.add_all(
            PlanIndicator(
                task_id=task_id,
                ordinal=ordinal,
                name=each.metric,
                comparison=each.comparison,
                hundredths=None if each.target is None else int(each.target * 100),
                unit=each.unit,
                metric=each.metric,
            )
            for ordinal, each in enumerate(links.figures)
        )
        session.add_all(
            PlanTaskRegister(task_id=task_id, register=each.register) for each in links.registers
        )


def _statements(plan: Planned) -> int:
    """How many statements the lights of a plan take."""
    row = plan.row
    with statements() as sent:
        plan_light.of_plan(row, desk=plan.office.desk, now=MONDAY_9AM)
    return len(sent)


def test_a_plan_is_approved_by_a_second_person_as_it_is_worded(
    office: Office, plan: Planned, calling: Callable[..., Program]
) -> None:
    with office.app.app_context():
        changer = office.director.user_id
        _change(plan, changed_by=changer)
    step = f"{ONE}/steps/approve"
    leader, director = calling(Role.LEADER), calling(Role.DIRECTOR)
    tag = leader.get(ONE).headers["ETag"]
    assert leader.post(step, {}).status_code == 428
    assert leader.post(step, {}, version='"9"').status_code == 412
    own = director.post(step, {}, version=tag)
    assert own.status_code == 403
    assert own.get_json()["detail"] == "您导入或者最后修改了这份计划，要由另一个人批准"
    assert calling(Role.PLANNER).post(step, {}, version=tag).status_code == 403
    assert leader.post(step, {"words": "好"}, version=tag).status_code == 422
    done = leader.post(step, {}, version=tag)
    assert (done.status_code, done.get_json()["approval"]["is_approved"]) == (200, True)
    tag = done.headers["ETag"]
    assert leader.post(step, {}, version=tag).status_code == 409
    # other words are not what was approved
    with office.app.app_context():
        _change(plan, wording="0" * 64)
    changed = leader.get(ONE)
    assert changed.get_json()["approval"]["is_approved"] is False
    again = leader.post(step, {}, version=changed.headers["ETag"])
    assert again.get_json()["approval"]["is_approved"] is True
    days = {"from": "2026-11-01", "to": "2026-11-30"}
    told = leader.get(f"{ONE}/changes", query_string=days | {"limit": "1"}).get_json()
    assert [(each["action"], each["number"]) for each in told["items"]] == [("plan-approve", None)]
    more = days | {"cursor": told["next_cursor"]}
    told = leader.get(f"{ONE}/changes", query_string=more).get_json()
    assert (len(told["items"]), told["next_cursor"]) == (1, None)
    # whoever sees but a part is not told of the whole
    mediator = calling(Role.MEDIATOR, "committee")
    assert mediator.get(f"{ONE}/changes", query_string=days).get_json()["items"] == []


def _change(plan: Planned, **columns: Any) -> None:
    with transaction() as session:
        row = session.get_one(Plan, plan.id)
        for name, value in columns.items():
            setattr(row, name, value)


def test_what_turned_during_some_days_is_told(
    office: Office, plan: Planned, calling: Callable[..., Program]
) -> None:
    with office.app.app_context(), transaction() as session:
        session.execute(
            sa.update(PlanTask)
            .where(PlanTask.id == plan.tasks["4"])
            .values(starts_on=date(2026, 10, 10))
        )
    planner = calling(Role.PLANNER)
    told = planner.get(f"{ONE}/changes", query_string=OCTOBER).get_json()
    turned = {each["number"]: each for each in told["lights"]}
    assert set(turned) == {"1"}
    assert (turned["1"]["before"]["light"], turned["1"]["after"]["light"]) == ("yellow", "red")
    assert turned["1"]["after"]["reason"] == "节点“桌面推演”应于 10月20日 完成，已过 11 天"
    later = {"from": "2026-12-01", "to": "2026-12-31"}
    assert planner.get(f"{ONE}/changes", query_string=later).get_json()["lights"] == []
    wrong = {"from": "2026-12-01", "to": "2026-11-30"}
    assert planner.get(f"{ONE}/changes", query_string=wrong).status_code == 422
    liaison = calling(Role.LIAISON, "justice")
    assert liaison.get(f"{ONE}/changes", query_string=OCTOBER).get_json()["lights"] == []


def test_a_look_back_knows_only_what_had_happened(office: Office, plan: Planned) -> None:
    with office.app.app_context():
        now = datetime.combine(date(2026, 11, 20), MONDAY_9AM.timetz())
        seen = {
            day: {
                number: facts
                for number, key in plan.tasks.items()
                for facts, _ in [
                    plan_light.of_plan(plan.row, desk=office.desk, now=now, on=day)[key]
                ]
            }
            for day in (date(2025, 12, 31), date(2026, 11, 1), date(2026, 11, 20))
        }
    before, earlier, later = seen.values()
    assert [len(each["5"].dependences) for each in (earlier, later)] == [0, 1]
    assert (before["3"].indicators[0].value, before["3"].indicators[0].end_on) == (None, None)
    assert later["3"].indicators[0].end_on == date(2026, 11, 20)
