"""Carry a plan over to the next year 结转: its tasks with their units, and where they came from.

The wording goes along as it is: next year's document, read in later, is compared with it. Days move
on by a year; what was done, noted and proven stays with its own year.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.plan import PlanTaskState
from models import (
    Organisation,
    Plan,
    PlanAssist,
    PlanChapter,
    PlanIndicator,
    PlanMeasure,
    PlanMilestone,
    PlanSection,
    PlanTask,
    PlanTaskRegister,
    User,
    transaction,
)
from service.desk import Desk
from service.errors import Conflict
from service.operations.event import record
from service.operations.plan_task import start_terms
from service.queries.plan_task import YEARS, plan_of
from service.queries.plan_wording import wording
from service.rules import access
from service.rules.access import Actor

LEAP_DAY: Final = (2, 29)


def carry_over(year: int, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Make the next year's plan of this one; its id. Tasks that were called off stay behind.

    Raises NotFound without a plan of that year, Conflict where the next year has one already.
    """
    scope = access.require(actor, "plan.edit", desk.policy.access)
    with transaction() as session:
        plan = plan_of(year, scope)
        if year + 1 not in YEARS:
            raise Conflict(f"{year + 1} 年不能有年度计划")
        session.get(Plan, plan.id, with_for_update=True)  # one of two who press at once
        beyond = sa.select(Plan.id).where(
            Plan.organisation_id == plan.organisation_id, Plan.year == year + 1
        )
        if session.scalar(beyond) is not None:
            raise Conflict(f"{year + 1} 年已经有计划；要并入新的文本，请导入后对照")
        made = Plan(
            id=uuid4(),
            organisation_id=plan.organisation_id,
            year=year + 1,
            title=plan.title and plan.title.replace(str(year), str(year + 1)),
            preamble=plan.preamble,
            closing=plan.closing,
            wording="",
            previous_id=plan.id,
            changed_by=actor.user_id,
            changed_at=now,
        )
        session.add(made)
        session.flush()
        sections = _frame(session, plan, made)
        tasks = _tasks(session, plan, made, sections)
        _parts(session, tasks)
        made.wording = wording(made)
        session.flush()
        for task in session.scalars(sa.select(PlanTask).where(PlanTask.plan_id == made.id)):
            start_terms(session, task, desk=desk, now=now)
        record(
            session,
            made.id,
            subject="plan",
            action="plan-carry",
            actor=actor,
            now=now,
            detail={"year": year + 1, "from": year, "tasks": len(tasks)},
            version=made.version,
        )
    return made.id


def _frame(session: Session, plan: Plan, made: Plan) -> dict[UUID, UUID]:
    """The chapters and sections again; of each section the new one."""
    found: dict[UUID, UUID] = {}
    of_plan = sa.select(PlanChapter).where(PlanChapter.plan_id == plan.id)
    for chapter in session.scalars(of_plan.order_by(PlanChapter.ordinal)).all():
        copied = PlanChapter(**_copy(chapter), id=uuid4(), plan_id=made.id)
        session.add(copied)
        session.flush()
        of_chapter = sa.select(PlanSection).where(PlanSection.chapter_id == chapter.id)
        for section in session.scalars(of_chapter).all():
            found[section.id] = uuid4()
            session.add(PlanSection(**_copy(section), id=found[section.id], chapter_id=copied.id))
    session.flush()
    return found


def _copy(part: PlanChapter | PlanSection) -> dict[str, Any]:
    return {name: getattr(part, name) for name in ("ordinal", "number", "title", "text")}


def _tasks(
    session: Session, plan: Plan, made: Plan, sections: Mapping[UUID, UUID]
) -> dict[UUID, UUID]:
    """The tasks again, each with the one it goes on from; who left or was closed is left out."""
    units = set(session.scalars(sa.select(Organisation.id).where(Organisation.active)))
    people = set(session.scalars(sa.select(User.id).where(User.active)))
    kept = sa.select(PlanTask).where(
        PlanTask.plan_id == plan.id, PlanTask.state != PlanTaskState.DROPPED
    )
    found: dict[UUID, UUID] = {}
    for task in session.scalars(kept).all():
        found[task.id] = uuid4()
        session.add(
            PlanTask(
                id=found[task.id],
                plan_id=made.id,
                section_id=sections[task.section_id],
                ordinal=task.ordinal,
                number=task.number,
                text=task.text,
                name=task.name,
                units_text=list(task.units_text),
                lead_id=task.lead_id if task.lead_id in units else None,
                owner_id=task.owner_id if task.owner_id in people else None,
                starts_on=a_year_on(task.starts_on),
                due_on=a_year_on(task.due_on),
                previous_id=task.id,
            )
        )
    session.flush()
    return found


def _parts(session: Session, tasks: Mapping[UUID, UUID]) -> None:
    """Units, measures, figures and registers again, and the milestones that were not given up."""
    columns: dict[Any, tuple[str, ...]] = {
        PlanAssist: ("organisation_id",),
        PlanIndicator: ("ordinal", "name", "comparison", "hundredths", "unit", "metric", "words"),
        PlanTaskRegister: ("register",),
    }
    for table, names in columns.items():
        of_tasks = sa.select(table).where(table.task_id.in_(tasks))
        for row in session.scalars(of_tasks).all():
            told = {name: getattr(row, name) for name in names}
            session.add(table(id=uuid4(), task_id=tasks[row.task_id], **told))
    measures: dict[UUID, UUID] = {}
    of_tasks = sa.select(PlanMeasure).where(PlanMeasure.task_id.in_(tasks))
    for measure in session.scalars(of_tasks).all():
        measures[measure.id] = uuid4()
        session.add(
            PlanMeasure(
                id=measures[measure.id],
                task_id=tasks[measure.task_id],
                ordinal=measure.ordinal,
                text=measure.text,
            )
        )
    session.flush()  # milestones name them
    running = sa.select(PlanMilestone).where(
        PlanMilestone.task_id.in_(tasks), PlanMilestone.dropped_at.is_(None)
    )
    for milestone in session.scalars(running).all():
        session.add(
            PlanMilestone(
                id=uuid4(),
                task_id=tasks[milestone.task_id],
                measure_id=measures[milestone.measure_id] if milestone.measure_id else None,
                name=milestone.name,
                due_on=a_year_on(milestone.due_on),
            )
        )
    session.flush()


def a_year_on(day: date) -> date:
    """The same day of the next year; of 29 February the one before."""
    if (day.month, day.day) == LEAP_DAY:
        return date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)
