"""Lights 亮灯: which fact asks for which, in which words, and what may never happen to a light."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import plan as config
from config.plan import Comparison, PlanTaskState
from config.plan import PlanLight as Light
from service.rules.plan_light import (
    SEVERITY,
    Dependence,
    Indicator,
    Lit,
    Milestone,
    Register,
    TaskFacts,
    light,
    tally,
)

PLANS = config.load()
TODAY = date(2026, 4, 12)
DAY = timedelta(days=1)
ID = UUID(int=7)
MARCH = Milestone(id=ID, name="制定方案", due_on=date(2026, 3, 31))
AUGUST = Milestone(id=UUID(int=8), name="中期评估", due_on=date(2026, 8, 31))
LETTER = Dependence(id=UUID(int=9), title="全旗实施方案", noted_on=date(2026, 3, 1))
RATE = Indicator(
    name="办复率",
    unit="%",
    metric="suggestion_reply_rate",
    comparison=Comparison.AT_LEAST,
    target=Decimal(100),
    value=Fraction(60),
    numerator=3,
    denominator=5,
    start_on=date(2026, 1, 1),
    end_on=TODAY,
)
DRILLS = Indicator(
    name="应急演练",
    unit="次",
    metric="emergency_drills",
    comparison=Comparison.AT_LEAST,
    target=Decimal(1),
    value=Fraction(0),
    numerator=0,
    is_share=False,
    is_live=False,
)
TASK = TaskFacts(
    state=PlanTaskState.OPEN,
    starts_on=date(2026, 1, 1),
    due_on=date(2026, 12, 31),
    milestones=(AUGUST,),
    last_note_on=date(2026, 4, 1),
)


def lit(task: TaskFacts = TASK, today: date = TODAY, **facts: Any) -> Lit:
    return light(replace(task, **facts), today=today, plans=PLANS)


LATER = date(2027, 1, 3)
LATE = Register(register="open_day", name="政府开放日", open=4, late_by={"党政办": 1, "派出所": 2})
DONE: dict[str, Any] = {"state": PlanTaskState.DONE, "done_on": date(2026, 4, 10)}


@pytest.mark.parametrize(
    ("facts", "today", "colour", "first"),
    [
        ({}, TODAY, Light.GREEN, "节点“中期评估”8月31日 到期，还有 141 天"),
        ({}, date(2026, 8, 17), Light.YELLOW, "节点“中期评估”8月31日 到期，还有 14 天"),
        ({}, date(2026, 8, 31), Light.YELLOW, "节点“中期评估”今天到期"),
        ({"milestones": (MARCH,)}, TODAY, Light.RED, "节点“制定方案”应于 3月31日 完成，已过 12 天"),
        (
            {"milestones": (replace(MARCH, dropped=True), AUGUST)},
            TODAY,
            Light.GREEN,
            "节点“中期评估”8月31日 到期，还有 141 天",
        ),
        (
            {"milestones": (replace(MARCH, done_on=TODAY),)},
            TODAY,
            Light.GREEN,
            "1 个节点都已完成，任务12月31日 到期，还有 263 天",
        ),
        (
            {"milestones": (MARCH,), "dependences": (LETTER,)},
            TODAY,
            Light.YELLOW,
            "节点“制定方案”应于 3月31日 完成，已过 12 天，在等上级文件《全旗实施方案》",
        ),
        # said only when the day had passed: it excuses nothing
        (
            {"milestones": (MARCH,), "dependences": (replace(LETTER, noted_on=TODAY),)},
            TODAY,
            Light.RED,
            "节点“制定方案”应于 3月31日 完成，已过 12 天",
        ),
        ({"dependences": (LETTER,)}, TODAY, Light.WAITING, "在等上级文件《全旗实施方案》"),
        # who waits is not asked for news
        (
            {"dependences": (replace(LETTER, expected_on=date(2026, 7, 1)),), "last_note_on": None},
            date(2026, 6, 30),
            Light.WAITING,
            "在等上级文件《全旗实施方案》，预计 7月1日 到",
        ),
        (
            {"dependences": (replace(LETTER, expected_on=date(2026, 4, 10)),)},
            TODAY,
            Light.YELLOW,
            "上级文件《全旗实施方案》预计 4月10日 到，已过 2 天，请催问",
        ),
        (
            {"dependences": (replace(LETTER, arrived=True),)},
            TODAY,
            Light.GREEN,
            "节点“中期评估”8月31日 到期，还有 141 天",
        ),
        # nothing is excused once the task's own last day has passed
        (
            {"milestones": (MARCH,), "dependences": (LETTER,)},
            LATER,
            Light.RED,
            "任务应于 2026年12月31日 完成，已过 3 天",
        ),
        ({"starts_on": date(2026, 5, 1)}, TODAY, Light.WAITING, "5月1日 开始，还有 19 天"),
        ({"milestones": ()}, TODAY, Light.YELLOW, "没有节点、指标和台账，无从判断进展"),
        ({"has_lead": False}, TODAY, Light.YELLOW, "还没有确定牵头单位"),
        ({}, date(2026, 5, 31), Light.GREEN, "节点“中期评估”8月31日 到期，还有 92 天"),
        ({}, date(2026, 6, 1), Light.YELLOW, "已有 61 天没有新的进展"),
        (
            {"indicators": (RATE,)},
            TODAY,
            Light.YELLOW,
            "办复率 60.0%（3÷5），目标不少于 100%",
        ),
        ({"last_note_on": None}, date(2026, 3, 3), Light.YELLOW, "已有 61 天还没有记过进展"),
        # nobody could be heard of it before it came in
        (
            {"last_note_on": None, "known_on": date(2026, 4, 1)},
            date(2026, 5, 31),
            Light.GREEN,
            "节点“中期评估”8月31日 到期，还有 92 天",
        ),
        # a count that only grows has until the last day
        (
            {"indicators": (DRILLS,)},
            TODAY,
            Light.GREEN,
            "节点“中期评估”8月31日 到期，还有 141 天",
        ),
        (
            {"indicators": (DRILLS,), "milestones": (), "last_note_on": date(2026, 12, 1)},
            date(2026, 12, 20),
            Light.YELLOW,
            "应急演练 0 次，目标不少于 1 次",
        ),
        # what somebody has to enter is no sign of life by itself
        ({"indicators": (DRILLS,)}, date(2026, 6, 1), Light.YELLOW, "已有 61 天没有新的进展"),
        # a figure that moves by itself is a sign of life
        (
            {"indicators": (replace(RATE, value=Fraction(100), numerator=5),)},
            date(2026, 8, 1),
            Light.GREEN,
            "节点“中期评估”8月31日 到期，还有 30 天",
        ),
        (
            {"indicators": (replace(RATE, value=None, numerator=0, denominator=0),)},
            TODAY,
            Light.GREEN,
            "节点“中期评估”8月31日 到期，还有 141 天",
        ),
        (
            {"indicators": (Indicator(name="培训", unit="学时"),)},
            TODAY,
            Light.YELLOW,
            "培训没有数据来源",
        ),
        (
            {"registers": (LATE,)},
            TODAY,
            Light.RED,
            "台账“政府开放日”有 3 条逾期未办：派出所 2 条，党政办 1 条",
        ),
        (DONE | {"evidence": 2}, TODAY, Light.DONE, "4月10日 完成，佐证 2 份"),
        (
            DONE | {"evidence": 2, "registers": (LATE,)},
            TODAY,
            Light.YELLOW,
            "台账“政府开放日”有 3 条逾期未办：派出所 2 条，党政办 1 条",
        ),
        (DONE, TODAY, Light.YELLOW, "4月10日 报完成，佐证都已撤回，请补佐证"),
        ({"state": PlanTaskState.DROPPED}, TODAY, Light.WAITING, "已取消，不再亮灯"),
    ],
)
def test_what_asks_for_a_light_and_in_which_words(
    facts: dict[str, Any], today: date, colour: Light, first: str
) -> None:
    found = lit(today=today, **facts)
    assert (found.light, found.reasons[0].text) == (colour, first)


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ({}, "办复率 60.0%（3÷5），目标不少于 100%"),
        ({"denominator": 3, "numerator": 1, "value": Fraction(100, 3)}, "办复率 3 件中 1 件"),
        (
            {"denominator": 2500, "numerator": 2499, "value": Fraction(2499, 25)},
            "办复率 99.9%（2499÷2500），目标不少于 100%",
        ),
        (
            {"target": None, "comparison": None, "value": Fraction(200, 3), "denominator": 6},
            "办复率 66.7%（3÷6）",
        ),
        (
            {"unit": "学时", "denominator": 2, "numerator": 121, "value": Fraction(121, 2)}
            | {"target": Decimal(60), "is_share": False},
            "办复率 60.5 学时，目标不少于 60 学时",
        ),
        ({"value": None}, "办复率还没有可以计算的，不作判断，目标不少于 100%"),
        (
            {"unit": "件", "denominator": None, "value": Fraction(3), "target": Decimal("0.00")}
            | {"comparison": Comparison.AT_MOST},
            "办复率 3 件，目标不超过 0 件",
        ),
        (
            {"unit": "学时", "denominator": None, "value": Fraction("60.25")}
            | {"target": Decimal("60.20"), "comparison": Comparison.AT_MOST},
            "办复率 60.3 学时，目标不超过 60.2 学时",
        ),
    ],
)
def test_a_figure_is_told_as_it_is(figure: dict[str, Any], told: str) -> None:
    (reason,) = [
        each
        for each in lit(indicators=(replace(RATE, **figure),)).reasons
        if each.source.kind == "metric"
    ]
    assert reason.text.startswith(told)
    assert (reason.source.id, reason.source.end_on) == ("suggestion_reply_rate", TODAY)


def test_a_target_still_missed_is_red_once_the_last_day_has_passed() -> None:
    """And before the first day it is shown and judges nothing."""
    codes = {
        today: {each.code: each.light for each in lit(indicators=(RATE,), today=today).reasons}
        for today in (TODAY, LATER)
    }
    assert codes[TODAY]["target_missed"] is Light.YELLOW
    assert codes[LATER]["target_missed"] is Light.RED
    assert lit(indicators=(RATE,), starts_on=TODAY + DAY).light is Light.WAITING


def test_a_plan_is_told_in_one_sentence() -> None:
    done = lit(**DONE, evidence=1)
    dropped = lit(state=PlanTaskState.DROPPED)
    board = [done, lit(), lit(), lit(milestones=(MARCH,))]
    assert tally(board).sentence() == "4 项任务：完成 1，绿灯 2，黄灯 0，红灯 1"
    assert (
        tally([*board, dropped, lit(dependences=(LETTER,))]).sentence()
        == "5 项任务：完成 1，绿灯 2，黄灯 0，红灯 1，等待 1；另有 1 项已取消"
    )
    assert (dropped.word, done.word) == ("已取消", "完成")


# ---- what may never happen, whatever the facts

days = st.dates(date(2025, 12, 1), date(2027, 1, 31))
names = st.sampled_from(["一", "二", "三"])
ids = st.integers(1, 9).map(lambda value: UUID(int=value))
counts = st.integers(0, 4)


@st.composite
def figures(draw: st.DrawFn) -> Indicator:
    target = draw(st.none() | counts.map(Decimal))
    return Indicator(
        name=draw(names),
        unit="件",
        metric=draw(st.none() | names),
        target=target,
        comparison=None if target is None else draw(st.sampled_from(Comparison)),
        value=draw(st.none() | counts.map(Fraction)),
        is_share=draw(st.booleans()),
    )


@st.composite
def tasks(draw: st.DrawFn) -> TaskFacts:
    starts_on = draw(days)
    return TaskFacts(
        state=draw(st.sampled_from(PlanTaskState)),
        starts_on=starts_on,
        due_on=starts_on + draw(st.integers(0, 400)) * DAY,
        has_lead=draw(st.booleans()),
        milestones=tuple(draw(st.lists(milestones, max_size=3))),
        dependences=tuple(draw(st.lists(dependences, max_size=2))),
        indicators=tuple(draw(st.lists(figures(), max_size=2))),
        registers=tuple(draw(st.lists(registers, max_size=2))),
        last_note_on=draw(st.none() | days),
        evidence=draw(counts),
        done_on=draw(days),
    )


milestones = st.builds(
    Milestone, id=ids, name=names, due_on=days, done_on=st.none() | days, dropped=st.just(False)
)
dependences = st.builds(
    Dependence,
    id=ids,
    title=names,
    noted_on=days,
    expected_on=st.none() | days,
    arrived=st.booleans(),
)
registers = st.builds(
    Register,
    register=names,
    name=names,
    open=counts,
    late_by=st.dictionaries(names, counts),
    last_on=st.none() | days,
)


def worsened(task: TaskFacts, today: date, data: st.DataObject) -> TaskFacts:
    """The same task with one fact worse: late, undone, unled, unheard, unproved, missed."""
    missed_day = Milestone(id=ID, name="一", due_on=today - DAY)
    late = Register(register="一", name="一", late_by={"甲": 1})
    missed = Indicator(
        name="一",
        unit="件",
        metric="一",
        comparison=Comparison.AT_LEAST,
        target=Decimal(9),
        value=Fraction(1),
    )
    # nobody hears less of a task whose figures move by themselves
    moves = any(each.metric for each in task.indicators)
    ways: list[dict[str, Any]] = [
        {"has_lead": False},
        {"evidence": 0},
        {"last_note_on": None},
        {"milestones": (*task.milestones, missed_day)},
        {"milestones": tuple(replace(each, done_on=None) for each in task.milestones)},
        {
            "milestones": tuple(
                replace(each, due_on=each.due_on - 9 * DAY) for each in task.milestones
            )
        }
        if not task.awaited
        else {},
        {
            "registers": (
                *(
                    replace(each, late_by={**each.late_by, "乙": each.late + 1})
                    for each in task.registers
                ),
            )
        },
        {"registers": (*task.registers, late)},
        {"indicators": (*task.indicators, missed)} if moves else {},
        {"due_on": max(task.starts_on, task.due_on - 30 * DAY)},
    ]
    return replace(task, **data.draw(st.sampled_from(ways)))


def _hold(data: st.DataObject) -> None:
    task, today = data.draw(tasks()), data.draw(days)
    found = lit(task, today)
    assert found.reasons[0].light is found.light  # the worst reason wins, and there is one
    assert all(SEVERITY[each.light] <= SEVERITY[found.light] for each in found.reasons)
    assert all(each.text for each in found.reasons)
    if task.state is PlanTaskState.DONE:
        assert found.light in {Light.DONE, Light.YELLOW}
    turned = {
        name: tuple(data.draw(st.permutations(getattr(task, name))))
        for name in ("milestones", "dependences", "indicators", "registers")
    }
    assert lit(task, today, **turned) == found  # the order of facts says nothing
    worse = lit(worsened(task, today, data), today)
    if found.light is not Light.DONE or worse.light is not Light.YELLOW:
        assert SEVERITY[worse.light] >= SEVERITY[found.light], worse


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_light_is_a_function_of_its_facts_and_worse_facts_give_no_better_one(
    data: st.DataObject,
) -> None:
    _hold(data)


@pytest.mark.deep
@settings(max_examples=3_000, deadline=None)
@given(st.data())
def test_a_light_holds_on_many_more_facts(data: st.DataObject) -> None:
    _hold(data)
