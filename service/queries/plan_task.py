"""Look at tasks 任务 of the yearly plan, narrowed by who leads them, works along, or owns them."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from models import Plan, PlanAssist, PlanTask, db
from service.errors import NotFound
from service.queries.access import of_town
from service.rules.access import Scope

NO_PLAN: Final = "没有这一年的年度计划"
NOT_FOUND: Final = "没有找到这项任务"


def reached(scope: Scope) -> ColumnElement[bool]:
    """The condition that a task is in reach: of the town, of one's unit, or one's own."""
    actor = scope.actor
    ways: list[ColumnElement[bool]] = [sa.false()]
    if Reach.TOWN in scope.reach:
        ways.append(sa.true())
    if Reach.ORGANISATION in scope.reach:
        assists = sa.select(PlanAssist.task_id).where(
            PlanAssist.task_id == PlanTask.id, PlanAssist.organisation_id.in_(actor.homes)
        )
        ways += [PlanTask.lead_id.in_(actor.homes), assists.exists()]
    if Reach.ASSIGNED in scope.reach:
        ways.append(PlanTask.owner_id.in_({actor.user_id, *actor.stands_for}))
    mine = sa.select(Plan.id).where(
        Plan.id == PlanTask.plan_id, of_town(actor, Plan.organisation_id)
    )
    return sa.or_(*ways) & mine.exists()


def plan_of(year: int, scope: Scope) -> Plan:
    """The plan of a year of the caller's town; NotFound where there is none to be seen."""
    found = db.session.scalars(
        sa.select(Plan)
        .where(Plan.year == year, of_town(scope.actor, Plan.organisation_id))
        .order_by(Plan.id)
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()
    if found is None or not scope.reach:
        raise NotFound(NO_PLAN)
    return found


def task_of(year: int, number: str, scope: Scope) -> PlanTask:
    """A task of a year's plan by its number; NotFound where it is not in reach."""
    found = db.session.scalars(
        sa.select(PlanTask)
        .join(Plan, Plan.id == PlanTask.plan_id)
        .where(Plan.year == year, PlanTask.number == number, reached(scope))
        .order_by(Plan.id)
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found
