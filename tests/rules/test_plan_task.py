"""Tasks 任务 of the plan: every state by every step, and what wants somebody first."""

from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from config.access import Reach
from config.plan import PlanNeed as N
from config.plan import PlanTaskState as S
from config.plan import PlanTaskStep as T
from config.plan import load
from config.vocabulary import Role
from service.errors import Conflict, Invalid, StepNotAllowed
from service.rules import plan_task as rules
from service.rules.access import Actor, Scope
from service.rules.plan_task import Look, Waiting

TODAY = date(2026, 11, 2)
PLANS = load()
LEGAL = {
    (S.OPEN, T.FINISH): S.DONE,
    (S.OPEN, T.DROP): S.DROPPED,
    (S.DONE, T.REOPEN): S.OPEN,
    (S.DROPPED, T.RESUME): S.OPEN,
}
UNIT, OTHER, ME, COLLEAGUE = (uuid4() for _ in range(4))


def day(after: int) -> date:
    return TODAY + timedelta(days=after)


def look(**told: Any) -> Look:
    usual: dict[str, Any] = {"state": S.OPEN, "starts_on": day(-30), "due_on": day(59)}
    return Look(**usual | told)


def who(*reach: Reach, stands_for: frozenset[UUID] = frozenset()) -> Scope:
    actor = Actor(ME, "某某", UNIT, frozenset({Role.LIAISON}), stands_for=stands_for)
    return Scope(actor, frozenset(reach))


@pytest.mark.parametrize(("state", "step"), [*product(S, T)])
def test_a_step_leads_where_the_table_says(state: S, step: T) -> None:
    if (state, step) in LEGAL:
        assert rules.after(state, step) is LEGAL[state, step]
        return
    with pytest.raises(StepNotAllowed) as refusal:
        rules.after(state, step)
    assert refusal.value.allowed == [each.value for at, each in LEGAL if at is state]


@pytest.mark.parametrize(
    ("state", "leads", "plans", "steps"),
    [
        (S.OPEN, True, False, [T.FINISH]),
        (S.OPEN, False, True, [T.DROP]),
        (S.OPEN, False, False, []),
        (S.DONE, True, True, [T.REOPEN]),
        (S.DROPPED, True, False, []),
        (S.DROPPED, False, True, [T.RESUME]),
    ],
)
def test_a_step_is_open_to_whose_it_is(state: S, leads: bool, plans: bool, steps: list[T]) -> None:
    assert rules.steps_from(state, leads=leads, plans=plans) == steps


@pytest.mark.parametrize(
    ("scope", "lead", "owner", "expected"),
    [
        (who(Reach.TOWN), None, None, True),
        (who(Reach.ORGANISATION), UNIT, None, True),
        (who(Reach.ORGANISATION), OTHER, None, False),  # it only works along
        (who(Reach.ORGANISATION), None, ME, False),
        (who(Reach.ASSIGNED), UNIT, ME, True),
        (who(Reach.ASSIGNED), UNIT, OTHER, False),
        (who(Reach.ASSIGNED, stands_for=frozenset({COLLEAGUE})), OTHER, COLLEAGUE, True),
        (who(), UNIT, ME, False),
    ],
)
def test_a_task_is_answered_for_by_its_lead_its_owner_and_the_town(
    scope: Scope, lead: UUID | None, owner: UUID | None, expected: bool
) -> None:
    assert rules.leads(scope, lead, owner) is expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, N.NOTHING),
        ({"state": S.DONE, "due_on": day(-9)}, N.OVER),
        ({"state": S.DROPPED}, N.OVER),
        ({"milestone": Waiting("演练", day(-1)), "due_on": day(-1)}, N.MILESTONE_LATE),
        ({"milestone": Waiting("演练", TODAY)}, N.MILESTONE_SOON),  # its last day is in time
        ({"milestone": Waiting("演练", day(14))}, N.MILESTONE_SOON),
        ({"milestone": Waiting("演练", day(15))}, N.NOTHING),
        ({"due_on": day(-1)}, N.LATE),
        ({"due_on": TODAY}, N.SOON),
        ({"due_on": day(15), "heard_on": TODAY}, N.NOTHING),
        ({"reached": True, "evidence": 1, "due_on": day(3)}, N.FINISHABLE),
        ({"reached": True, "evidence": 0}, N.NOTHING),
        ({"documents": 1, "starts_on": day(-200)}, N.DOCUMENT),
        ({"starts_on": day(-61)}, N.SILENT),
        ({"starts_on": day(-60)}, N.NOTHING),
        ({"starts_on": day(-200), "heard_on": day(-61)}, N.SILENT),
        ({"starts_on": day(-200), "moving": True}, N.NOTHING),
        ({"starts_on": day(20), "heard_on": day(-90)}, N.NOTHING),  # it has not begun
    ],
)
def test_what_a_task_wants_first(told: dict[str, Any], expected: N) -> None:
    assert rules.need(look(**told), today=TODAY, plans=PLANS) is expected


def test_what_is_overdue_comes_first_and_what_is_over_last() -> None:
    ahead = {
        "over": look(state=S.DONE),
        "later": look(due_on=day(58)),
        "soon": look(due_on=day(2)),
        "late": look(due_on=day(-3)),
        "later still": look(),
        "milestone": look(milestone=Waiting("演练", day(-1))),
        "milestone, longer": look(milestone=Waiting("演练", day(-5))),
    }
    by_need = sorted(ahead, key=lambda each: rules.urgency(ahead[each], today=TODAY, plans=PLANS))
    expected = ["milestone, longer", "milestone", "late", "soon", "later", "later still", "over"]
    assert by_need == expected


def test_what_is_refused_says_what_to_do() -> None:
    with pytest.raises(Conflict, match="还有节点没有结果：“推演”、“演练”"):
        rules.check_finish(evidence=1, open_milestones=["推演", "演练"])
    with pytest.raises(Conflict, match="没有佐证，不能算完成"):
        rules.check_finish(evidence=0, open_milestones=[])
    rules.check_finish(evidence=1, open_milestones=[])
    with pytest.raises(Conflict, match="最后一份佐证"):
        rules.check_withdrawal(S.DONE, others=0)
    rules.check_withdrawal(S.DONE, others=1)
    rules.check_withdrawal(S.OPEN, others=0)
    for state in (S.DONE, S.DROPPED):
        with pytest.raises(Conflict):
            rules.check_open(state)
    rules.check_not_dropped(S.DONE)
    with pytest.raises(Invalid):
        rules.check_done_on(day(1), TODAY)
    rules.check_done_on(TODAY, TODAY)
    with pytest.raises(Invalid):
        rules.check_days(day(1), TODAY)


@pytest.mark.parametrize(
    ("before", "after", "reason", "refused"),
    [
        (day(1), day(9), None, False),  # it had not come yet
        (TODAY, day(9), None, True),
        (day(-1), day(9), None, True),
        (day(-1), day(9), "改期", False),
        (day(-1), day(-1), None, False),
    ],
)
def test_a_day_that_had_come_is_not_moved_in_silence(
    before: date, after: date, reason: str | None, refused: bool
) -> None:
    if not refused:
        rules.check_moved(before, after, reason=reason, today=TODAY)
        return
    with pytest.raises(Invalid) as refusal:
        rules.check_moved(before, after, reason=reason, today=TODAY)
    assert list(refusal.value.fields) == ["reason"]


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        (0, 30, {}),
        (1, 30, {"starts_on": ["“摸底”这些节点会早于开始日期，请先改节点"]}),
        (0, 8, {"due_on": ["“演练”、“总结”这些节点会晚于完成期限，请先改节点"]}),
    ],
)
def test_the_open_milestones_of_a_task_fit_in_its_days(
    start: int, end: int, wrong: dict[str, list[str]]
) -> None:
    kept = [("摸底", day(0)), ("演练", day(9)), ("总结", day(30))]
    days = day(start), day(end)
    told: dict[str, list[str]] = {}
    try:
        rules.check_holds(kept, *days)
    except Invalid as refusal:
        told = refusal.fields
    assert told == wrong
    for _, on in kept:
        if days[0] <= on <= days[1]:
            rules.check_within(on, *days)
            continue
        with pytest.raises(Invalid) as single:
            rules.check_within(on, *days)
        assert list(single.value.fields) == ["due_on"]
