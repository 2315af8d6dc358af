"""Look at a year's plan 年度计划: its chapters with the tasks in reach, each with its light.

Who reaches the whole town sees all of it. Anybody else sees their tasks with the chapters and
sections around them, and of the others nothing: neither their words, nor that they are there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.access import Reach
from config.plan import PlanLight, PlanTaskState
from models import (
    Organisation,
    Plan,
    PlanAssist,
    PlanChapter,
    PlanImport,
    PlanSection,
    PlanTask,
    User,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.queries import plan_light
from service.queries.access import of_town
from service.queries.plan_light import READ
from service.queries.plan_task import plan_of, reached
from service.rules import access
from service.rules.access import Actor, Scope
from service.rules.plan_light import Lit, Milestone, Reason, Tally, TaskFacts, tally

APPROVE: Final = "plan.approve"
OWN_WORK: Final = "您导入或者最后修改了这份计划，要由另一个人批准"


@dataclass(frozen=True, slots=True)
class YearView:
    """A year that has a plan, and how many of its tasks are in reach."""

    year: int
    title: str | None
    is_approved: bool
    tasks: int


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit, by its name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One task as a board shows it; `units` are those the document names, in its words."""

    id: UUID
    number: str
    name: str
    text: str
    units: Sequence[str]
    lead: UnitView | None
    co_units: tuple[UnitView, ...]
    owner_id: UUID | None
    state: PlanTaskState
    due_on: date
    lit: Lit
    next_milestone: Milestone | None
    version: int

    @property
    def light(self) -> str:
        """The colour of its light."""
        return self.lit.light.value

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why, the worst first."""
        return self.lit.reasons


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section 节 and its tasks in reach."""

    number: str | None
    title: str | None
    text: str
    tasks: tuple[TaskView, ...]


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A chapter 章 and its sections."""

    number: str | None
    title: str | None
    text: str
    sections: tuple[SectionView, ...]

    @property
    def tasks(self) -> tuple[TaskView, ...]:
        """All tasks of the chapter."""
        return tuple(task for each in self.sections for task in each.tasks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved the wording, and whether it is that wording still; who changed it last.

    `may` says that the caller may approve it now; `why_not` is a sentence for who may approve
    plans, but not this one.
    """

    is_approved: bool
    approved_by: str | None
    approved_at: datetime | None
    changed_by: str | None
    changed_at: datetime
    may: bool = False
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan as far as it is in reach; `is_whole` says that nothing was left out."""

    id: UUID
    year: int
    title: str | None
    preamble: str
    chapters: tuple[ChapterView, ...]
    closing: str
    approval: Approval
    is_whole: bool
    version: int

    @property
    def tasks(self) -> tuple[TaskView, ...]:
        """All tasks in reach, in the order of the plan."""
        return tuple(task for each in self.chapters for task in each.tasks)

    @property
    def tally(self) -> Tally:
        """How many of them stand in which light."""
        return tally(each.lit for each in self.tasks)


def years(actor: Actor, *, desk: Desk) -> list[YearView]:
    """The years that have a plan, the newest first."""
    scope = access.scope(actor, READ, desk.policy.access)
    if not scope.reach:
        return []
    counted = (
        sa.select(sa.func.count())
        .select_from(PlanTask)
        .where(PlanTask.plan_id == Plan.id, reached(scope))
        .correlate(Plan)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Plan.year, Plan.title, Plan.wording, Plan.approved_wording, counted)
        .where(of_town(actor, Plan.organisation_id))
        .order_by(Plan.year.desc(), Plan.id)
    )
    found: dict[int, YearView] = {}
    for year, title, wording, approved, tasks in rows:
        found.setdefault(year, YearView(year, title, wording == approved, tasks))
    return list(found.values())


def one(year: int, *, actor: Actor, desk: Desk, now: datetime) -> PlanView:
    """A year's plan as far as the caller reaches it; NotFound where there is none."""
    scope = access.scope(actor, READ, desk.policy.access)
    plan, is_whole = plan_of(year, scope), Reach.TOWN in scope.reach
    tasks = _tasks(plan, scope, desk=desk, now=now)
    return PlanView(
        id=plan.id,
        year=plan.year,
        title=plan.title,
        preamble=plan.preamble if is_whole else "",
        chapters=_chapters(plan, tasks, is_whole=is_whole),
        closing=plan.closing if is_whole else "",
        approval=_approval(plan, actor, desk=desk),
        is_whole=is_whole,
        version=plan.version,
    )


def this_year(*, actor: Actor, desk: Desk, now: datetime) -> PlanView | None:
    """This year's plan as far as the caller reaches it; None where there is none."""
    try:
        return one(desk.today(now).year, actor=actor, desk=desk, now=now)
    except NotFound:
        return None


def wanting(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many of this year's tasks in reach are red or yellow."""
    view = this_year(actor=actor, desk=desk, now=now)
    lights = view.tally.lights if view else {}
    return sum(lights.get(each, 0) for each in (PlanLight.RED, PlanLight.YELLOW))


def brought_in_by(plan: Plan) -> frozenset[UUID]:
    """Who brought its wording in, and who changed it last: none of them approves it."""
    brought = sa.select(PlanImport.made_by, PlanImport.taken_by).where(
        PlanImport.plan_id == plan.id
    )
    people = {each for row in db.session.execute(brought) for each in row}
    return frozenset(each for each in (*people, plan.changed_by) if each is not None)


def _tasks(plan: Plan, scope: Scope, *, desk: Desk, now: datetime) -> Mapping[UUID, list[TaskView]]:
    """The tasks in reach by their section, in its order."""
    rows = plan_light.tasks(plan.id, reached(scope))
    lit = plan_light.of_tasks(plan, rows, desk=desk, now=now)
    along = _along([each.id for each in rows])
    units = _units({each.lead_id for each in rows} | {u for each in along.values() for u in each})
    found: dict[UUID, list[TaskView]] = defaultdict(list)
    for each in rows:
        beside = [units[one] for one in along[each.id] if one in units]
        lead = units.get(each.lead_id) if each.lead_id else None
        found[each.section_id].append(_task(each, lead, beside, *lit[each.id]))
    return found


def _task(
    row: PlanTask, lead: UnitView | None, along: Iterable[UnitView], facts: TaskFacts, lit: Lit
) -> TaskView:
    return TaskView(
        id=row.id,
        number=row.number,
        name=row.name,
        text=row.text,
        units=row.units_text,
        lead=lead,
        co_units=tuple(sorted(along, key=lambda each: each.name)),
        owner_id=row.owner_id,
        state=row.state,
        due_on=row.due_on,
        lit=lit,
        next_milestone=None if row.state is not PlanTaskState.OPEN else facts.next_milestone,
        version=row.version,
    )


def _along(ids: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    query = sa.select(PlanAssist.task_id, PlanAssist.organisation_id).where(
        PlanAssist.task_id.in_(ids)
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for task_id, unit in db.session.execute(query):
        found[task_id].append(unit)
    return found


def _units(ids: Iterable[UUID | None]) -> dict[UUID, UnitView]:
    wanted = [each for each in ids if each is not None]
    query = sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    return {key: UnitView(key, name) for key, name in db.session.execute(query)}


def _chapters(
    plan: Plan, tasks: Mapping[UUID, Sequence[TaskView]], *, is_whole: bool
) -> tuple[ChapterView, ...]:
    sections: dict[UUID, list[SectionView]] = defaultdict(list)
    rows = db.session.scalars(
        sa.select(PlanSection)
        .join(PlanChapter, PlanChapter.id == PlanSection.chapter_id)
        .where(PlanChapter.plan_id == plan.id)
        .order_by(PlanSection.ordinal)
    )
    for each in rows:
        held = tuple(tasks.get(each.id, ()))
        if held or is_whole:
            view = SectionView(each.number, each.title, each.text, held)
            sections[each.chapter_id].append(view)
    chapters = db.session.scalars(
        sa.select(PlanChapter).where(PlanChapter.plan_id == plan.id).order_by(PlanChapter.ordinal)
    )
    return tuple(
        ChapterView(each.number, each.title, each.text, tuple(sections[each.id]))
        for each in chapters
        if is_whole or sections[each.id]
    )


def _approval(plan: Plan, actor: Actor, *, desk: Desk) -> Approval:
    approver, changer = aliased(User), aliased(User)
    names = db.session.execute(
        sa.select(approver.name.label("approver"), changer.name.label("changer"))
        .select_from(Plan)
        .outerjoin(approver, approver.id == Plan.approved_by)
        .outerjoin(changer, changer.id == Plan.changed_by)
        .where(Plan.id == plan.id)
    ).one()
    stands = plan.approved_wording == plan.wording
    approves = access.may(actor, APPROVE, desk.policy.access) and not stands
    brought = approves and actor.user_id in brought_in_by(plan)
    return Approval(
        is_approved=stands,
        approved_by=names.approver,
        approved_at=plan.approved_at,
        changed_by=names.changer,
        changed_at=plan.changed_at,
        may=approves and not brought,
        why_not=OWN_WORK if brought else "",
    )
