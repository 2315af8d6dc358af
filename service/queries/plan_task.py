"""Look at tasks 任务 of the yearly plan, narrowed by who leads them, works along, or owns them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from config.plan import PlanNeed, PlanTaskState, PlanTaskStep
from config.vocabulary import Role
from models import (
    Organisation,
    Plan,
    PlanAssist,
    PlanChapter,
    PlanDependence,
    PlanEntry,
    PlanEvidence,
    PlanIndicator,
    PlanMilestone,
    PlanNote,
    PlanSection,
    PlanTask,
    PlanTaskRegister,
    User,
    UserRole,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.queries.access import of_town
from service.queries.lawsuit_part import AgencyView
from service.queries.page import (
    Page,
    as_id,
    as_number,
    beyond,
    encode_cursor,
    read_cursor,
)
from service.queries.plan_part import (
    DependenceView,
    IndicatorView,
    MeasureView,
    MilestoneView,
    dependences,
    indicators,
    measures,
    milestone,
    milestones,
    registers,
)
from service.rules import access
from service.rules import plan_task as rules
from service.rules.access import Actor, Scope

NO_PLAN: Final = "没有这一年的年度计划"
NOT_FOUND: Final = "没有找到这项任务"
YEARS: Final = range(1990, 2200)
LONGEST: Final = 20  # a number
MOST: Final = 200  # tasks on one page
LARGEST: Final = 2**31 - 1
ORDER: Final = (PlanChapter.ordinal, PlanSection.ordinal, PlanTask.ordinal, PlanTask.id)
_OPEN: Final = PlanMilestone.done_on.is_(None) & PlanMilestone.dropped_at.is_(None)
_COUNTS: Final = PlanEvidence.withdrawn_at.is_(None)
_AWAITED: Final = PlanDependence.arrived_on.is_(None) & PlanDependence.dropped_at.is_(None)


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A chapter or a section as the document numbers and names it; None where it does not."""

    number: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class OwnerView:
    """Who answers for a task by name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCounts:
    """How much there is of a task; evidence that was withdrawn and documents that came are none."""

    notes: int = 0
    evidence: int = 0
    milestones: int = 0
    open_milestones: int = 0
    documents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTaskRow:
    """One task in a list; `milestone` is the next one to be reached.

    `heard_on` is its newest sign of life: a note, a milestone reached, an entry of its registers.
    """

    id: UUID
    year: int
    number: str
    name: str
    chapter: PlaceView
    section: PlaceView
    lead: AgencyView | None
    co_units: Sequence[AgencyView]
    owner: OwnerView | None
    state: PlanTaskState
    starts_on: date
    due_on: date
    done_on: date | None
    milestone: MilestoneView | None
    heard_on: date | None
    counts: PlanCounts
    need: PlanNeed
    urgency: tuple[int, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTaskView(PlanTaskRow):
    """One task in full. `leads` and the like say what the viewer may do beside the `steps`."""

    text: str = field(repr=False)
    units_text: Sequence[str]
    measures: Sequence[MeasureView]
    milestones: Sequence[MilestoneView]
    indicators: Sequence[IndicatorView]
    registers: Sequence[str]
    dependences: Sequence[DependenceView]
    reason: str | None
    dropped_at: datetime | None
    previous: tuple[int, str] | None
    steps: Sequence[PlanTaskStep]
    edits: bool
    writes: bool
    leads: bool
    proves: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilters:
    """What a list is narrowed to; None narrows nothing. `mine`: of my unit, or my own."""

    mine: bool | None = None
    organisation: UUID | None = None
    state: PlanTaskState | None = None
    q: str | None = None


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
        ways += [PlanTask.lead_id.in_(actor.homes), assists.correlate(PlanTask).exists()]
    if Reach.ASSIGNED in scope.reach:
        ways.append(PlanTask.owner_id.in_({actor.user_id, *actor.stands_for}))
    here = sa.select(Plan.id).where(
        Plan.id == PlanTask.plan_id, of_town(actor, Plan.organisation_id)
    )
    return sa.or_(*ways) & here.correlate(PlanTask).exists()


def plan_of(year: int, scope: Scope) -> Plan:
    """The plan of a year of the caller's town; NotFound where there is none to be seen."""
    if year not in YEARS:
        raise NotFound(NO_PLAN)
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
    if year not in YEARS or len(number) > LONGEST or "\0" in number:
        raise NotFound(NOT_FOUND)
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


def mine(actor: Actor) -> ColumnElement[bool]:
    """The condition that a task is of the actor's unit, in whatever part, or their own."""
    along = sa.select(PlanAssist.task_id).where(
        PlanAssist.task_id == PlanTask.id, PlanAssist.organisation_id.in_(actor.homes)
    )
    return sa.or_(
        PlanTask.lead_id.in_(actor.homes),
        along.correlate(PlanTask).exists(),
        PlanTask.owner_id.in_({actor.user_id, *actor.stands_for}),
    )


def newest_year(actor: Actor, *, today: date) -> int | None:
    """The year whose plan is worked on: this one, else the newest there is; None without plans."""
    this = Plan.year == today.year
    return db.session.scalar(
        sa.select(Plan.year)
        .where(of_town(actor, Plan.organisation_id))
        .order_by(sa.case((this, 0), else_=1), Plan.year.desc())
        .limit(1)
    )


def page(
    year: int,
    filters: TaskFilters,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[PlanTaskRow]:
    """A page of a plan's tasks in reach, in the order of the document; NotFound without a plan."""
    scope = access.require(actor, "plan.read", desk.policy.access)
    plan = plan_of(year, scope)
    conditions = [PlanTask.plan_id == plan.id, reached(scope), *_conditions(filters, actor)]
    query = _placed().where(*conditions)
    if cursor:
        place = read_cursor(cursor, _as_ordinal, _as_ordinal, _as_ordinal, as_id)
        query = query.where(beyond(ORDER, place, descending=False))
    found = db.session.execute(query.order_by(*ORDER).limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        place = [last.PlanChapter.ordinal, last.PlanSection.ordinal, last.PlanTask.ordinal]
        following = encode_cursor([*place, str(last.PlanTask.id)])
    total = None
    if count:
        counted = sa.select(sa.func.count()).select_from(PlanTask).where(*conditions)
        total = db.session.scalar(counted)
    return Page(_rows(found[:limit], actor, desk, now), following, total)


def of_mine(year: int, *, actor: Actor, desk: Desk, now: datetime) -> list[PlanTaskRow]:
    """The tasks of my unit and my own, what wants me first first; no more than fit on a page."""
    found = page(year, TaskFilters(mine=True), actor=actor, desk=desk, now=now, limit=MOST)
    return sorted(found.items, key=lambda each: each.urgency)


def one(year: int, number: str, *, actor: Actor, desk: Desk, now: datetime) -> PlanTaskView:
    """One task in full; NotFound for who may not see it."""
    policy = desk.policy.access
    task = task_of(year, number, access.scope(actor, "plan.read", policy))
    found = db.session.execute(_placed().where(PlanTask.id == task.id)).one()
    (row,) = _rows([found], actor, desk, now)
    scopes = {verb: access.scope(actor, f"plan.{verb}", policy) for verb in ("edit", "progress")}
    leads = rules.leads(scopes["progress"], task.lead_id, task.owner_id)
    plans = bool(scopes["edit"].reach)
    return PlanTaskView(
        **{name: getattr(row, name) for name in PlanTaskRow.__dataclass_fields__},
        text=task.text,
        units_text=task.units_text,
        measures=measures(task.id),
        milestones=milestones(task.id, today=desk.today(now)),
        indicators=indicators(task.id),
        registers=registers(task.id),
        dependences=dependences(task.id),
        reason=task.reason,
        dropped_at=task.dropped_at,
        previous=_previous(task),
        steps=rules.steps_from(task.state, leads=leads, plans=plans),
        edits=plans,
        writes=is_within(task, scopes["progress"]),
        leads=leads,
        proves=is_within(task, access.scope(actor, "plan.evidence", policy)),
        version=task.version,
    )


def is_within(task: PlanTask, scope: Scope) -> bool:
    """Whether a scope reaches a task that was opened."""
    asked = sa.select(PlanTask.id).where(PlanTask.id == task.id, reached(scope))
    return bool(scope.reach) and db.session.scalar(asked) is not None


def where_is(task_id: UUID, *, actor: Actor, desk: Desk) -> tuple[int, str]:
    """The year and the number of a task; NotFound for who may not see it."""
    return _where(PlanTask.id == task_id, actor, desk)


def where_is_milestone(milestone_id: UUID, *, actor: Actor, desk: Desk) -> tuple[int, str]:
    """The year and the number of the task of a milestone; NotFound as `where_is`."""
    of_it = sa.select(PlanMilestone.task_id).where(PlanMilestone.id == milestone_id)
    return _where(PlanTask.id == of_it.scalar_subquery(), actor, desk)


def colleagues(lead_id: UUID | None, *, actor: Actor, desk: Desk) -> list[OwnerView]:
    """Who may be named to answer for a task: whoever may write its progress, those of its lead
    first.
    """
    able = [role for role in desk.policy.access.rights if _answers(role, desk)]
    found = db.session.execute(
        sa.select(User.id, User.name, Organisation.name)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            User.active,
            of_town(actor, User.organisation_id),
            User.id.in_(sa.select(UserRole.user_id).where(UserRole.role.in_(able))),
        )
        .order_by(sa.case((User.organisation_id == lead_id, 0), else_=1), Organisation.name)
        .order_by(User.name, User.id)
    )
    return [OwnerView(each, f"{name}（{unit}）") for each, name, unit in found]


def _answers(role: Role, desk: Desk) -> bool:
    return bool(desk.policy.access.reach(role, "plan.progress"))


def _where(condition: ColumnElement[bool], actor: Actor, desk: Desk) -> tuple[int, str]:
    scope = access.scope(actor, "plan.read", desk.policy.access)
    found = db.session.execute(
        sa.select(Plan.year, PlanTask.number)
        .join(PlanTask, PlanTask.plan_id == Plan.id)
        .where(condition, reached(scope))
    ).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    return found.year, found.number


def _previous(task: PlanTask) -> tuple[int, str] | None:
    """The task of another year this one goes on from."""
    if task.previous_id is None:
        return None
    found = db.session.execute(
        sa.select(Plan.year, PlanTask.number)
        .join(PlanTask, PlanTask.plan_id == Plan.id)
        .where(PlanTask.id == task.previous_id)
    ).one()
    return found.year, found.number


def _conditions(filters: TaskFilters, actor: Actor) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.mine is not None:
        found.append(mine(actor) if filters.mine else ~sa.func.coalesce(mine(actor), sa.false()))
    if filters.organisation is not None:
        along = sa.select(PlanAssist.task_id).where(
            PlanAssist.task_id == PlanTask.id, PlanAssist.organisation_id == filters.organisation
        )
        found.append(
            sa.or_(PlanTask.lead_id == filters.organisation, along.correlate(PlanTask).exists())
        )
    if filters.state is not None:
        found.append(PlanTask.state == filters.state)
    if filters.q:
        asked = (PlanTask.number, PlanTask.name, PlanTask.text)
        found.append(sa.or_(*(each.icontains(filters.q, autoescape=True) for each in asked)))
    return found


def _placed() -> sa.Select[*tuple[Any, ...]]:
    """Tasks with where they stand and who they are for."""
    return (
        sa.select(PlanTask, Plan.year, PlanChapter, PlanSection, Organisation, User.name)
        .join(Plan, Plan.id == PlanTask.plan_id)
        .join(PlanSection, PlanSection.id == PlanTask.section_id)
        .join(PlanChapter, PlanChapter.id == PlanSection.chapter_id)
        .outerjoin(Organisation, Organisation.id == PlanTask.lead_id)
        .outerjoin(User, User.id == PlanTask.owner_id)
        .execution_options(populate_existing=True)
    )


def _rows(found: Sequence[Any], actor: Actor, desk: Desk, now: datetime) -> list[PlanTaskRow]:
    """What a list says of some tasks, in as few questions as of one."""
    ids, today = [each.PlanTask.id for each in found], desk.today(now)
    beside = _Beside(ids, actor, desk, today)
    return [_row(each, beside, desk, today) for each in found]


class _Beside:
    """What stands in other tables about some tasks, by their ids."""

    def __init__(self, ids: Sequence[UUID], actor: Actor, desk: Desk, today: date) -> None:
        self.along = _along(ids)
        self.waiting: Mapping[UUID, MilestoneView] = {}
        self.notes, noted = _newest(PlanNote.task_id, PlanNote.on_date, ids)
        self.milestones, done = _newest(PlanMilestone.task_id, PlanMilestone.done_on, ids)
        self.open = Counter[UUID]()
        self.heard = _latest(noted, done, _entered(ids, actor, desk))
        self.evidence = _counted(PlanEvidence.task_id, ids, _COUNTS)
        self.documents = _counted(PlanDependence.task_id, ids, _AWAITED)
        self.moving = _counted(PlanIndicator.task_id, ids, PlanIndicator.metric.is_not(None))
        ahead: dict[UUID, MilestoneView] = {}
        open_ = sa.select(PlanMilestone).where(PlanMilestone.task_id.in_(ids), _OPEN)
        for each in db.session.scalars(open_.order_by(PlanMilestone.due_on, PlanMilestone.id)):
            self.open[each.task_id] += 1
            ahead.setdefault(each.task_id, milestone(each, None, today=today))
        self.waiting = ahead


def _row(found: Any, beside: _Beside, desk: Desk, today: date) -> PlanTaskRow:
    task, lead = found.PlanTask, found.Organisation
    ahead = beside.waiting.get(task.id)
    counts = PlanCounts(
        notes=beside.notes[task.id],
        evidence=beside.evidence[task.id],
        milestones=beside.milestones[task.id],
        open_milestones=beside.open[task.id],
        documents=beside.documents[task.id],
    )
    look = rules.Look(
        state=task.state,
        starts_on=task.starts_on,
        due_on=task.due_on,
        milestone=rules.Waiting(ahead.name, ahead.due_on) if ahead else None,
        heard_on=beside.heard.get(task.id),
        documents=counts.documents,
        evidence=counts.evidence,
        moving=task.id in beside.moving,
        reached=counts.milestones > 0 and counts.open_milestones == 0,
    )
    return PlanTaskRow(
        id=task.id,
        year=found.year,
        number=task.number,
        name=task.name,
        chapter=PlaceView(found.PlanChapter.number, found.PlanChapter.title),
        section=PlaceView(found.PlanSection.number, found.PlanSection.title),
        lead=AgencyView(lead.id, lead.kind.value, lead.name) if lead else None,
        co_units=beside.along[task.id],
        owner=OwnerView(task.owner_id, found.name) if task.owner_id else None,
        state=task.state,
        starts_on=task.starts_on,
        due_on=task.due_on,
        done_on=task.done_on,
        milestone=ahead,
        heard_on=look.heard_on,
        counts=counts,
        need=rules.need(look, today=today, plans=desk.policy.plans),
        urgency=rules.urgency(look, today=today, plans=desk.policy.plans),
    )


def _along(ids: Sequence[UUID]) -> Mapping[UUID, list[AgencyView]]:
    found = db.session.execute(
        sa.select(PlanAssist.task_id, Organisation)
        .join(Organisation, Organisation.id == PlanAssist.organisation_id)
        .where(PlanAssist.task_id.in_(ids))
        .order_by(Organisation.position, Organisation.name)
    )
    units: dict[UUID, list[AgencyView]] = defaultdict(list)
    for task_id, unit in found:
        units[task_id].append(AgencyView(unit.id, unit.kind.value, unit.name))
    return units


def _newest(
    task: Any, day: Any, ids: Sequence[UUID]
) -> tuple[Counter[UUID], Mapping[UUID, date | None]]:
    """How many of something each has, and the last day of one."""
    asked = sa.select(task, sa.func.count(), sa.func.max(day)).where(task.in_(ids)).group_by(task)
    found = db.session.execute(asked).all()
    return Counter({each: count for each, count, _ in found}), {each: on for each, _, on in found}


def _entered(ids: Sequence[UUID], actor: Actor, desk: Desk) -> Mapping[UUID, date | None]:
    """When the last entry of one of its registers was written."""
    found = db.session.execute(
        sa.select(PlanTaskRegister.task_id, sa.func.max(PlanEntry.recorded_at))
        .join(PlanEntry, PlanEntry.register == PlanTaskRegister.register)
        .where(
            PlanTaskRegister.task_id.in_(ids),
            PlanEntry.voided_at.is_(None),
            of_town(actor, PlanEntry.organisation_id),
        )
        .group_by(PlanTaskRegister.task_id)
    )
    return {each: desk.today(at) for each, at in found}


def _latest(*told: Mapping[UUID, date | None]) -> dict[UUID, date]:
    """The newest of several days of each."""
    found: dict[UUID, date] = {}
    for days in told:
        for each, on in days.items():
            if on is not None:
                found[each] = max(on, found.get(each, on))
    return found


def _counted(column: Any, ids: Sequence[UUID], *which: ColumnElement[bool]) -> Counter[UUID]:
    asked = sa.select(column, sa.func.count()).where(column.in_(ids), *which).group_by(column)
    found = Counter[UUID]()
    for each, count in db.session.execute(asked):
        found[each] = count
    return found


def _as_ordinal(value: Any) -> int:
    """A place in a document."""
    number = as_number(value)
    if number > LARGEST:
        raise ValueError("no place of ours")
    return number
