"""What is to be moved this month 月度提醒: of each task, what asks for a hand now."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from config.plan import PlanLight, PlanTaskState
from service.rules.plan_light import From, Lit, TaskFacts
from service.rules.plan_report import ReportPeriod

PRESSING: Final = frozenset({PlanLight.RED, PlanLight.YELLOW})
OF_THE_LAST_DAY: Final = frozenset({"task_late", "task_soon"})  # codes of reasons


@dataclass(frozen=True, slots=True)
class Call:
    """One task that somebody is reminded of, and why."""

    task_id: UUID
    number: str
    name: str
    asks: tuple[str, ...]


def asks(facts: TaskFacts, lit: Lit, period: ReportPeriod) -> tuple[str, ...]:
    """What a task asks for in a month: why its light is red or yellow, what is due by its end.

    Nothing of one that is done or called off.
    """
    if facts.state is not PlanTaskState.OPEN:
        return ()
    pressing = [each for each in lit.reasons if each.light in PRESSING]
    named = {each.source.id for each in pressing if each.source.kind is From.MILESTONE}
    due = [
        f"节点“{each.name}”{_day(each.due_on)} 到期"
        for each in sorted(facts.milestones, key=lambda each: (each.due_on, each.name))
        if each.is_ahead and _is_in(each.due_on, period) and str(each.id) not in named
    ]
    if _is_in(facts.due_on, period) and not OF_THE_LAST_DAY & {each.code for each in pressing}:
        due.append(f"任务{_day(facts.due_on)} 到期")
    return (*(each.text for each in pressing), *due)


def _is_in(day: date, period: ReportPeriod) -> bool:
    return period.start_on <= day <= period.last_on


def _day(value: date) -> str:
    return f"{value.month}月{value.day}日"
