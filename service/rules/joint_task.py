"""Joint handling 联调: who may be asked, what a task may become, and what closing waits for."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final
from uuid import UUID

from config.vocabulary import DisputeStatus, JointState, Step
from service.errors import Conflict, Invalid, StepNotAllowed
from service.rules import dispute as disputes

MOST: Final = 8  # co-units asked at once
S = JointState
STARTABLE: Final = frozenset(
    {DisputeStatus.ACCEPTED, DisputeStatus.MEDIATING, DisputeStatus.AGREED}
)
# what the lead has still to wait for, or to say why not
UNSETTLED: Final = frozenset({S.OPEN, S.REFUSED})
# the lead's own deeds wait for the co-units
WAITING: Final = frozenset({Step.CLOSE, Step.FAIL, Step.TERMINATE, Step.DECLINE})
# what is nobody's judgement ends the tasks by itself; what is said of it, by its code
ENDS: Final = frozenset({Step.WITHDRAW, Step.VOID, Step.RETURN})
RESTRICTED_NOW, MERGED, LEADS_NOW = "restricted", "merged", "leads"
WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        Step.WITHDRAW.value: "当事人撤回，协办随之结束",
        Step.VOID.value: "登记有误作废，协办随之结束",
        Step.RETURN.value: "承办单位退回中心，协办随之结束",
        RESTRICTED_NOW: "纠纷改为限制查阅，协办随之结束",
        MERGED: "并入另一件，协办随之结束",
        LEADS_NOW: "这个单位已经接手牵头",
    }
)
NOT_NOW: Final = "受理以后、办结以前的纠纷才能请别的单位协办"
ANSWERED: Final = "这项任务已经答复过"
LET_OFF: Final = "牵头单位已经不再等这项任务"
DONE: Final = "这项任务已经办完，不用再写不再等的理由"


def check_startable(status: DisputeStatus, *, has_lead: bool) -> None:
    """Raises StepNotAllowed where nobody leads, or it is over."""
    if status not in STARTABLE or not has_lead:
        raise StepNotAllowed(NOT_NOW, [each.value for each in disputes.steps_from(status)])


def check_units(
    asked: Sequence[UUID], *, lead: UUID | None, active: Collection[UUID], waiting: Collection[UUID]
) -> None:
    """Raises Invalid at the place of each unit that cannot be asked; `waiting` have one open."""
    wrong: dict[str, list[str]] = {}
    for place, unit in enumerate(asked):
        problem = None
        if unit not in active:
            problem = "没有这个单位"
        elif unit == lead:
            problem = "这是牵头单位，不能又是协办单位"
        elif unit in asked[:place]:
            problem = "这个单位选了两次，请把任务写在一起"
        elif unit in waiting:
            problem = "这个单位还有一项任务没有答复"
        if problem:
            wrong[f"tasks.{place}.organisation"] = [problem]
    if wrong:
        raise Invalid(wrong)


def check_answerable(state: JointState) -> None:
    """Raises Conflict for a task that waits for no answer."""
    if state is not S.OPEN:
        raise Conflict(LET_OFF if state is S.WAIVED else ANSWERED)


def check_waivable(state: JointState) -> None:
    """Raises Conflict for a task nobody waits for any more."""
    if state not in UNSETTLED:
        raise Conflict(LET_OFF if state is S.WAIVED else DONE)


def check_closing(step: Step, unsettled: Sequence[str]) -> None:
    """Raises Conflict while co-units, by name, have tasks that closing waits for."""
    if step in WAITING and unsettled:
        named = "、".join(unsettled)
        raise Conflict(f"还有协办任务没有结果：{named}。请等答复，或者逐项写明为什么不再等")


def check_lead_may_change(*, by_director: bool, unsettled: bool) -> None:
    """Raises Conflict: while others work along, the director alone says who leads."""
    if unsettled and not by_director:
        raise Conflict("联调还没有结束，换牵头单位由中心主任决定")
