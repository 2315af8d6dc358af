"""Tasks 任务 of the yearly plan: what may be done in which state, and what wants somebody first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from config.access import Reach
from config.plan import PlanNeed, Plans, PlanTaskState, PlanTaskStep
from config.words import label
from service.errors import Conflict, Invalid, StepNotAllowed
from service.rules.access import Scope

S, T = PlanTaskState, PlanTaskStep
STEPS: Final[Mapping[PlanTaskState, Mapping[PlanTaskStep, PlanTaskState]]] = MappingProxyType(
    {
        S.OPEN: MappingProxyType({T.FINISH: S.DONE, T.DROP: S.DROPPED}),
        S.DONE: MappingProxyType({T.REOPEN: S.OPEN}),
        S.DROPPED: MappingProxyType({T.RESUME: S.OPEN}),
    }
)
# what only a planner or a director decides; the rest is for who leads the task
OF_PLANNERS: Final = frozenset({T.DROP, T.RESUME})
NO_EVIDENCE: Final = "没有佐证，不能算完成：请先上传至少一份佐证材料"
LAST_EVIDENCE: Final = "这是已完成任务的最后一份佐证，不能撤销：请先上传另一份，或者重新打开任务"
NOT_OPEN: Final[Mapping[PlanTaskState, str]] = MappingProxyType(
    {
        S.DONE: "任务已经完成，要改请先重新打开",
        S.DROPPED: "任务已经取消，要改请先恢复",
    }
)
TO_COME: Final = "不能是将来的日子"
NOT_LEADING: Final = "这一步由牵头单位、任务责任人或者计划员办理"
WHY_MOVED: Final = "节点已经到期，改日期要写明原因"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A milestone that is still to be reached."""

    name: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What of a task says how pressing it is; `milestone` is the next one that is open.

    `heard_on` is its newest sign of life. `moving`: a figure tells of it by itself, so silence says
    nothing.
    """

    state: PlanTaskState
    starts_on: date
    due_on: date
    milestone: Waiting | None = None
    heard_on: date | None = None
    documents: int = 0
    evidence: int = 0
    moving: bool = False
    reached: bool = False  # it had milestones, and none is open any more


def after(state: PlanTaskState, step: PlanTaskStep) -> PlanTaskState:
    """The state a step leads to; StepNotAllowed with those that are legal."""
    found = STEPS[state].get(step)
    if found is None:
        raise StepNotAllowed(
            f"任务{label(state)}，不能{label(step)}", [each.value for each in STEPS[state]]
        )
    return found


def steps_from(state: PlanTaskState, *, leads: bool, plans: bool) -> list[PlanTaskStep]:
    """The steps that are legal and the viewer's: who `leads` the task, who `plans` it."""
    return [each for each in STEPS[state] if (plans if each in OF_PLANNERS else leads)]


def leads(scope: Scope, lead_id: UUID | None, owner_id: UUID | None) -> bool:
    """Whether somebody answers for a task: for the town, for the unit that leads, by name.

    Who works along 配合 writes notes, hands in evidence and reaches milestones; no more.
    """
    actor = scope.actor
    return (
        Reach.TOWN in scope.reach
        or (Reach.ORGANISATION in scope.reach and lead_id in actor.homes)
        or (Reach.ASSIGNED in scope.reach and owner_id in {actor.user_id, *actor.stands_for})
    )


def check_open(state: PlanTaskState) -> None:
    """Raises Conflict for a task that is done or given up."""
    if state is not S.OPEN:
        raise Conflict(NOT_OPEN[state])


def check_not_dropped(state: PlanTaskState) -> None:
    """Raises Conflict for a task that is given up."""
    if state is S.DROPPED:
        raise Conflict(NOT_OPEN[state])


def check_done_on(done_on: date, today: date, field: str = "done_on") -> None:
    """Raises Invalid at `field` for a day to come."""
    if done_on > today:
        raise Invalid({field: [TO_COME]})


def check_finish(*, evidence: int, open_milestones: Sequence[str]) -> None:
    """Raises Conflict for a task without evidence, or with milestones that are still open."""
    if open_milestones:
        named = "、".join(f"“{each}”" for each in open_milestones)
        raise Conflict(f"还有节点没有结果：{named}。请先完成，或者写明为什么不做")
    if evidence < 1:
        raise Conflict(NO_EVIDENCE)


def check_withdrawal(state: PlanTaskState, *, others: int) -> None:
    """Raises Conflict when nothing would prove a task that is done; `others` stay."""
    if state is S.DONE and others < 1:
        raise Conflict(LAST_EVIDENCE)


def check_days(starts_on: date, due_on: date) -> None:
    """Raises Invalid for a task that ends before it begins."""
    if due_on < starts_on:
        raise Invalid({"due_on": ["完成日期不能早于开始日期"]})


def check_within(milestone_on: date, starts_on: date, due_on: date) -> None:
    """Raises Invalid at `due_on` for a milestone outside the days of its task."""
    if milestone_on < starts_on:
        raise Invalid({"due_on": [f"节点不能早于任务的开始日期（{_said(starts_on)}）"]})
    if milestone_on > due_on:
        raise Invalid(
            {
                "due_on": [
                    f"节点不能晚于任务的完成期限（{_said(due_on)}），要延后请先改任务的完成期限"
                ]
            }
        )


def check_holds(milestones: Sequence[tuple[str, date]], starts_on: date, due_on: date) -> None:
    """Raises Invalid at the day of a task that would leave one of its open milestones outside."""
    outside = {
        "starts_on": [name for name, day in milestones if day < starts_on],
        "due_on": [name for name, day in milestones if day > due_on],
    }
    sides = {"starts_on": "早于开始日期", "due_on": "晚于完成期限"}
    wrong = {
        field: [f"{'、'.join(f'“{each}”' for each in names)}这些节点会{sides[field]}，请先改节点"]
        for field, names in outside.items()
        if names
    }
    if wrong:
        raise Invalid(wrong)


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def check_moved(before: date, after_: date, *, reason: str | None, today: date) -> None:
    """Raises Invalid at `reason`: a day that had come is not moved without saying why."""
    if after_ != before and before <= today and not reason:
        raise Invalid({"reason": [WHY_MOVED]})


def need(look: Look, *, today: date, plans: Plans) -> PlanNeed:
    """What a task wants first of who works on it; the same thresholds as its light."""
    soon = today + timedelta(days=plans.soon_days)
    quiet_since = max(look.heard_on or look.starts_on, look.starts_on)
    silent = not look.moving and (today - quiet_since).days > plans.silent_days
    found = (
        (look.state is not S.OPEN, PlanNeed.OVER),
        (look.milestone is not None and look.milestone.due_on < today, PlanNeed.MILESTONE_LATE),
        (look.due_on < today, PlanNeed.LATE),
        (look.reached and look.evidence > 0, PlanNeed.FINISHABLE),
        (look.milestone is not None and look.milestone.due_on <= soon, PlanNeed.MILESTONE_SOON),
        (look.due_on <= soon, PlanNeed.SOON),
        (look.documents > 0, PlanNeed.DOCUMENT),
        (silent, PlanNeed.SILENT),
    )
    return next((each for holds, each in found if holds), PlanNeed.NOTHING)


def urgency(look: Look, *, today: date, plans: Plans) -> tuple[int, date]:
    """By what tasks are ordered for who works on them: what wants them first, then by its day."""
    found = need(look, today=today, plans=plans)
    next_on = look.milestone.due_on if look.milestone else look.due_on
    return list(PlanNeed).index(found), min(next_on, look.due_on)
