"""Look at what the lights 亮灯 of a plan's tasks are computed from, for all of them at once.

A figure is asked as `/metrics/{id}` asks it, of the plan's whole town: from the first day of its
year to today, or to its last day once that has passed. Who sees a task sees its light; the rows
behind a figure are seen by who may read figures.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from config.plan import Comparison, PlanTaskState
from config.plan_register import SHIPPED, Count, CountKind
from models import (
    Organisation,
    Plan,
    PlanChapter,
    PlanDependence,
    PlanEntry,
    PlanEvidence,
    PlanImport,
    PlanIndicator,
    PlanMilestone,
    PlanNote,
    PlanSection,
    PlanTask,
    PlanTaskRegister,
    db,
)
from service.desk import Desk
from service.queries import metric
from service.queries.access import of_town
from service.queries.metric import MetricView, Question
from service.queries.organisation_tree import place
from service.queries.plan_task import plan_of, reached, task_of
from service.rules import access
from service.rules import plan_light as rules
from service.rules.access import Actor, Scope
from service.rules.metric import METRICS, Family
from service.rules.plan_light import (
    PERCENT,
    Dependence,
    Indicator,
    Lit,
    Milestone,
    Register,
    TaskFacts,
)
from service.rules.statistics import Period

T = TypeVar("T")
READ: Final = "plan.read"
PEOPLE: Final = frozenset(
    name for name, (_, each) in SHIPPED.counts.items() if each.kind is CountKind.PERSON
)
_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The plan looked at, whose town's figures, and as of which day."""

    plan: Plan
    scope: Scope
    day: date
    desk: Desk

    @property
    def end_at(self) -> datetime:
        """When the day is over."""
        return datetime.combine(self.day + timedelta(days=1), time(), self.desk.zone)

    @property
    def period(self) -> Period | None:
        """The days of the plan's year that are over or today; None before the year begins."""
        first = date(self.plan.year, 1, 1)
        if self.day < first:
            return None
        return Period(first, min(self.day, self.last) + timedelta(days=1))

    @property
    def last(self) -> date:
        """The last day of the plan's year: what begins later is the next plan's."""
        return date(self.plan.year, 12, 31)

    def is_past(self, at: datetime | None) -> bool:
        """Whether something had happened by then."""
        return at is not None and at < self.end_at

    def past(self, on: date | None) -> date | None:
        """A day, if it had come by then."""
        return on if on is not None and on <= self.day else None


def of_plan(
    plan: Plan, *, desk: Desk, now: datetime, on: date | None = None
) -> dict[UUID, tuple[TaskFacts, Lit]]:
    """The facts and the light of every task of a plan, in the order of the plan.

    `on` looks back: as it stood at the end of that day, by what is known of it today.
    """
    return of_tasks(plan, tasks(plan.id), desk=desk, now=now, on=on)


def of_tasks(
    plan: Plan, found: Sequence[PlanTask], *, desk: Desk, now: datetime, on: date | None = None
) -> dict[UUID, tuple[TaskFacts, Lit]]:
    """As `of_plan`, of some of its tasks."""
    asked = AsOf(plan, scope_of(plan), on or desk.today(now), desk)
    facts = _facts(found, asked)
    return {
        key: (each, rules.light(each, today=asked.day, plans=desk.policy.plans))
        for key, each in facts.items()
    }


def of_task(
    year: int, number: str, *, actor: Actor, desk: Desk, now: datetime
) -> tuple[TaskFacts, Lit]:
    """The facts and the light of one task in reach; NotFound for any other."""
    scope = access.scope(actor, READ, desk.policy.access)
    task = task_of(year, number, scope)
    plan = db.session.get_one(Plan, task.plan_id)
    return of_tasks(plan, [task], desk=desk, now=now)[task.id]


def by_number(
    year: int, numbers: Collection[str], *, actor: Actor, desk: Desk, now: datetime
) -> dict[str, Lit]:
    """The lights of those tasks in reach that have these numbers."""
    scope = access.scope(actor, READ, desk.policy.access)
    plan = plan_of(year, scope)
    rows = tasks(plan.id, PlanTask.number.in_(numbers), reached(scope))
    lit = of_tasks(plan, rows, desk=desk, now=now)
    return {each.number: lit[each.id][1] for each in rows}


def tasks(plan_id: UUID, *which: ColumnElement[bool]) -> Sequence[PlanTask]:
    """The tasks of a plan, in its order; those alone of which it holds."""
    return db.session.scalars(
        sa.select(PlanTask)
        .join(PlanSection, PlanSection.id == PlanTask.section_id)
        .join(PlanChapter, PlanChapter.id == PlanSection.chapter_id)
        .where(PlanTask.plan_id == plan_id, *which)
        .order_by(PlanChapter.ordinal, PlanSection.ordinal, PlanTask.ordinal)
        .execution_options(populate_existing=True)
    ).all()


def scope_of(plan: Plan) -> Scope:
    """The whole town of a plan: its figures are the town's, whoever looks at the light."""
    town = place(plan.organisation_id).town
    looking = Actor(_NOBODY, "", plan.organisation_id, frozenset(), town=town)
    return Scope(looking, frozenset({Reach.TOWN}))


def figure(metric_id: str, plan: Plan, *, desk: Desk, now: datetime) -> MetricView | None:
    """A figure as a light of the plan counts it; None before the year and for an unknown one."""
    return _figure(metric_id, AsOf(plan, scope_of(plan), desk.today(now), desk))


def _figure(metric_id: str, asked: AsOf) -> MetricView | None:
    if metric_id not in METRICS or asked.period is None:
        return None
    question = Question(
        metric=METRICS[metric_id], period=asked.period, today=asked.day, scope=asked.scope
    )
    return metric.figure(question, policy=asked.desk.policy)


def _facts(found: Sequence[PlanTask], asked: AsOf) -> dict[UUID, TaskFacts]:
    ids = [each.id for each in found]
    milestones = _grouped(_of(PlanMilestone, ids))
    dependences = _grouped(_of(PlanDependence, ids))
    indicators = _grouped(_of(PlanIndicator, ids))
    links = _grouped(_of(PlanTaskRegister, ids))
    notes, evidence = _notes(ids, asked), _evidence(ids, asked)
    used = {one.register for each in links.values() for one in each}
    known_on, registers = _known_on(asked), _registers(used, asked)
    targets = {each: _targets(each, asked) for each in used}
    held = {one.metric for each in indicators.values() for one in each}
    figures = _figures({*held, *(one.id for each in targets.values() for one in each)}, asked)
    return {
        each.id: TaskFacts(
            state=_state(each, asked),
            starts_on=each.starts_on,
            due_on=each.due_on,
            done_on=asked.past(each.done_on),
            has_lead=each.lead_id is not None,
            milestones=tuple(
                _milestone(one, asked)
                for one in sorted(milestones[each.id], key=lambda one: (one.due_on, one.id))
            ),
            dependences=tuple(_dependences(dependences[each.id], asked)),
            indicators=tuple(
                _indicators(
                    indicators[each.id],
                    [one for link in links[each.id] for one in targets[link.register]],
                    figures,
                )
            ),
            registers=tuple(registers[one.register] for one in links[each.id]),
            last_note_on=notes.get(each.id),
            known_on=known_on,
            evidence=evidence.get(each.id, 0),
        )
        for each in found
    }


def _of(table: type[T], ids: Sequence[UUID]) -> Sequence[T]:
    """The parts of these tasks."""
    columns: Any = table
    query = sa.select(table).where(columns.task_id.in_(ids)).order_by(columns.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _grouped(rows: Iterable[Any]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for each in rows:
        found[each.task_id].append(each)
    return found


def _state(task: PlanTask, asked: AsOf) -> PlanTaskState:
    if task.state is PlanTaskState.DONE and asked.past(task.done_on):
        return PlanTaskState.DONE
    if task.state is PlanTaskState.DROPPED and asked.is_past(task.dropped_at):
        return PlanTaskState.DROPPED
    return PlanTaskState.OPEN


def _milestone(row: PlanMilestone, asked: AsOf) -> Milestone:
    return Milestone(
        id=row.id,
        name=row.name,
        due_on=row.due_on,
        done_on=asked.past(row.done_on),
        dropped=asked.is_past(row.dropped_at),
    )


def _dependences(rows: Iterable[PlanDependence], asked: AsOf) -> list[Dependence]:
    """Those that were written down by then and not given up."""
    return [
        Dependence(
            id=row.id,
            title=row.title,
            noted_on=asked.desk.today(row.recorded_at),
            expected_on=row.expected_on,
            arrived=asked.past(row.arrived_on) is not None,
        )
        for row in rows
        if asked.is_past(row.recorded_at) and not asked.is_past(row.dropped_at)
    ]


def _known_on(asked: AsOf) -> date | None:
    """The day the plan came in first, where it was read in."""
    first = sa.select(sa.func.min(PlanImport.taken_at)).where(PlanImport.plan_id == asked.plan.id)
    taken = db.session.scalar(first)
    return taken and asked.desk.today(taken)


def _notes(ids: Sequence[UUID], asked: AsOf) -> dict[UUID, date]:
    """The newest day of a note of each."""
    newest = (
        sa.select(PlanNote.task_id, sa.func.max(PlanNote.on_date).label("day"))
        .where(PlanNote.task_id.in_(ids), PlanNote.on_date <= asked.day)
        .group_by(PlanNote.task_id)
    )
    return {each.task_id: each.day for each in db.session.execute(newest)}


def _evidence(ids: Sequence[UUID], asked: AsOf) -> dict[UUID, int]:
    """How much evidence stands of each, that of its milestones as well."""
    counted = (
        sa.select(PlanEvidence.task_id, sa.func.count())
        .where(
            PlanEvidence.task_id.in_(ids),
            PlanEvidence.uploaded_at < asked.end_at,
            sa.or_(PlanEvidence.withdrawn_at.is_(None), PlanEvidence.withdrawn_at >= asked.end_at),
        )
        .group_by(PlanEvidence.task_id)
    )
    return {key: count for key, count in db.session.execute(counted) if key is not None}


def _figures(names: Iterable[str | None], asked: AsOf) -> dict[str, MetricView | None]:
    """Every figure that any task is held to, each asked once."""
    known = {each for each in names if each is not None} & METRICS.keys()
    return {each: _figure(each, asked) for each in sorted(known)}


def _targets(name: str, asked: AsOf) -> list[Count]:
    """What a register is to come to in a year, as its data say."""
    known = asked.desk.policy.registers
    counts = known[name].counts.values() if name in known else ()
    told = [each for each in counts if each.least is not None or each.most is not None]
    return [each for each in told if each.id in METRICS]


def _indicators(
    rows: Sequence[PlanIndicator],
    targets: Sequence[Count],
    figures: Mapping[str, MetricView | None],
) -> Iterator[Indicator]:
    """What the task is held to, and what its registers are; one that says the same is said once."""
    held = {row.metric for row in rows}
    for row in rows:
        found = _indicator(row, figures)
        if found.metric is not None or not any(_is_same(found, each) for each in targets):
            yield found
    for count in {each.id: each for each in targets if each.id not in held}.values():
        yield _of_register(count, figures)


def _is_same(found: Indicator, count: Count) -> bool:
    """Whether a target found in the wording is what a register counts anyway.

    Hours that everybody needs are counted as the share of those who have them.
    """
    told = _of_register(count, {})
    if count.kind is CountKind.PERSON:
        told = replace(told, target=count.each, unit=count.unit)
    at = (told.comparison, told.target, told.unit)
    return (found.comparison, found.target, found.unit) == at


def _of_register(count: Count, figures: Mapping[str, MetricView | None]) -> Indicator:
    comparison = Comparison.AT_MOST if count.least is None else Comparison.AT_LEAST
    target = count.most if count.least is None else count.least
    told = Indicator(
        name=count.name,
        unit=PERCENT if count.is_rate else METRICS[count.id].unit,
        metric=count.id,
        is_live=False,
        comparison=comparison,
        target=target * 100 if count.is_rate and target is not None else target,
    )
    return _counted(told, figures.get(count.id))


def _indicator(row: PlanIndicator, figures: Mapping[str, MetricView | None]) -> Indicator:
    told = Indicator(
        name=row.name,
        unit=row.unit,
        metric=row.metric if row.metric in figures else None,
        comparison=row.comparison,
        target=None if row.hundredths is None else Decimal(row.hundredths) / 100,
    )
    return _counted(told, figures.get(row.metric or ""))


def _counted(told: Indicator, view: MetricView | None) -> Indicator:
    if view is None:
        return told
    return replace(
        told,
        value=in_unit(view, told.unit),
        numerator=view.numerator,
        denominator=view.denominator,
        is_share=view.metric.is_rate,
        counted_in="人" if view.metric.id in PEOPLE else view.metric.unit,
        is_live=view.metric.family is not Family.PLAN_ENTRY,
        start_on=view.period.start_on,
        end_on=view.period.end_on - timedelta(days=1),
    )


def in_unit(view: MetricView, unit: str) -> Fraction | None:
    """The value of a figure as people say it: a share of one in hundredths."""
    value = view.value
    if value is None or unit != PERCENT or not view.metric.is_rate:
        return value
    return value * 100 / view.metric.per


def _registers(names: Iterable[str], asked: AsOf) -> dict[str, Register]:
    """The registers of the town as they stand: what is open in them, and overdue of that."""
    wanted = sorted(set(names))
    runs = sa.or_(PlanEntry.ended_on.is_(None), PlanEntry.ended_on > asked.day)
    is_late = sa.and_(runs, PlanEntry.due_on < asked.day)
    counted = (
        sa.select(
            PlanEntry.register,
            Organisation.name.label("unit"),
            sa.func.count(sa.case((PlanEntry.year == asked.plan.year, 1))).label("rows"),
            sa.func.count(sa.case((runs, 1))).label("open"),
            sa.func.count(sa.case((is_late, 1))).label("late"),
            sa.func.max(PlanEntry.recorded_at).label("newest"),
        )
        .join(Organisation, Organisation.id == PlanEntry.organisation_id)
        .where(
            PlanEntry.register.in_(wanted),
            PlanEntry.voided_at.is_(None),
            PlanEntry.on_date <= min(asked.day, asked.last),
            of_town(asked.scope.actor, PlanEntry.organisation_id),
        )
        .group_by(PlanEntry.register, Organisation.name)
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for each in db.session.execute(counted) if wanted else ():
        found[each.register].append(each)
    return {each: _register(each, found[each], asked) for each in wanted}


def _register(name: str, units: Sequence[Any], asked: AsOf) -> Register:
    """A register as its units have filled it."""
    known = asked.desk.policy.registers
    newest = [asked.desk.today(each.newest) for each in units]
    return Register(
        register=name,
        name=known[name].name if name in known else name,
        rows=sum(each.rows for each in units),
        open=sum(each.open for each in units),
        late_by={each.unit: each.late for each in units if each.late},
        last_on=min(max(newest), asked.day) if newest else None,
    )
