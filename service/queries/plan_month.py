"""Look at what the yearly plan asks of whom in a month 月度提醒."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from config.access import Reach
from models import Plan, PlanAssist, PlanTask, db
from service.desk import Desk
from service.queries import plan_light
from service.rules import access
from service.rules import plan_month as rules
from service.rules.access import Actor
from service.rules.plan_month import Call
from service.rules.plan_report import ReportPeriod

PROGRESS: Final = "plan.progress"


@dataclass(frozen=True, slots=True)
class Asked:
    """A task that asks for a hand, and whose it is; the lead stands first in `units`."""

    call: Call
    units: tuple[UUID, ...]
    owner: UUID | None
    is_led: bool


def asked(plan: Plan, period: ReportPeriod, *, desk: Desk, now: datetime) -> list[Asked]:
    """The tasks of a plan that ask for a hand in a month, in the order of the plan."""
    lit = plan_light.of_plan(plan, desk=desk, now=now)
    assists = db.session.execute(
        sa.select(PlanAssist.task_id, PlanAssist.organisation_id)
        .join(PlanTask, PlanTask.id == PlanAssist.task_id)
        .where(PlanTask.plan_id == plan.id)
        .order_by(PlanAssist.id)
    ).all()
    tasks = {
        each.id: each
        for each in db.session.scalars(sa.select(PlanTask).where(PlanTask.plan_id == plan.id))
    }
    found = []
    for task_id, (facts, light) in lit.items():
        task, said = tasks[task_id], rules.asks(facts, light, period)
        beside = [each.organisation_id for each in assists if each.task_id == task_id]
        units = ([task.lead_id] if task.lead_id else []) + beside
        if said:
            call = Call(task_id, task.number, task.name, said)
            found.append(Asked(call, tuple(units), task.owner_id, task.lead_id is not None))
    return found


def calls(found: Sequence[Asked], reader: Actor, *, desk: Desk) -> list[Call]:
    """Which of them are somebody's to move: of their unit, their own; who keeps the plan has
    those that nobody leads.
    """
    reach = access.scope(reader, PROGRESS, desk.policy.access).reach
    return [
        each.call
        for each in found
        if (Reach.ORGANISATION in reach and set(each.units) & reader.homes)
        or (Reach.ASSIGNED in reach and each.owner == reader.user_id)
        or (Reach.TOWN in reach and (not each.is_led or each.owner == reader.user_id))
    ]
