"""Look at reports 计划报告 of the yearly plan, and at what one would say now."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.plan import PlanLight, PlanReportKind, PlanTaskState
from models import (
    Organisation,
    Plan,
    PlanAssist,
    PlanChapter,
    PlanEvidence,
    PlanNote,
    PlanReport,
    PlanSection,
    PlanTask,
    User,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.queries import plan_light
from service.queries.plan_task import LARGEST, plan_of
from service.rules import access
from service.rules import plan_light as lights
from service.rules import plan_report as rules
from service.rules.access import Actor
from service.rules.plan_light import Indicator, Lit, Milestone, TaskFacts
from service.rules.plan_report import (
    DROPPED,
    EvidenceTold,
    FigureTold,
    MilestoneTold,
    PlanTold,
    RegisterTold,
    ReportPeriod,
    TaskTold,
)

READ: Final = "plan_report.read"
NOT_FOUND: Final = "没有找到这份报告"
TOLD: Final = frozenset({PlanLight.RED, PlanLight.YELLOW, PlanLight.WAITING})  # what is not well
Rows = Mapping[UUID, list[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A report that was kept: `body` never changes, `sha256` is over its canonical JSON."""

    id: UUID
    kind: PlanReportKind
    period: str
    revision: int
    body: Mapping[str, Any]
    sha256: str
    reason: str | None
    made_by: UUID | None
    maker: str | None
    made_at: datetime
    published_at: datetime | None
    version: int

    @property
    def told(self) -> PlanTold:
        """What it tells, as a value."""
        return rules.from_body(self.body)


def kept(year: int, *, actor: Actor, desk: Desk) -> list[ReportView]:
    """Every report of a year's plan, the newest first; NotFound without a plan."""
    plan = plan_of(year, access.require(actor, READ, desk.policy.access))
    found = db.session.execute(
        _reports()
        .where(PlanReport.plan_id == plan.id)
        .order_by(PlanReport.made_at.desc(), PlanReport.period.desc(), PlanReport.revision.desc())
    )
    return [_view(row) for row in found]


def one(
    year: int, period: str, revision: int | None = None, *, actor: Actor, desk: Desk
) -> ReportView:
    """One edition of a report, the last one where none is named. Raises NotFound."""
    plan = plan_of(year, access.require(actor, READ, desk.policy.access))
    return find(plan.id, period, revision or last_revision(plan.id, period))


def find(plan_id: UUID, period: str, revision: int) -> ReportView:
    """One edition of a report of a plan. Raises NotFound."""
    if revision > LARGEST:
        raise NotFound(NOT_FOUND)
    row = db.session.execute(
        _reports().where(
            PlanReport.plan_id == plan_id,
            PlanReport.period == period,
            PlanReport.revision == revision,
        )
    ).first()
    if row is None:
        raise NotFound(NOT_FOUND)
    return _view(row)


def last_revision(plan_id: UUID, period: str) -> int:
    """The number of the last edition of a period; 0 when there is none."""
    asked = sa.select(sa.func.max(PlanReport.revision)).where(
        PlanReport.plan_id == plan_id, PlanReport.period == period
    )
    return db.session.scalar(asked) or 0


def town_of(plan: Plan) -> str:
    """The name of the town whose plan it is."""
    return db.session.scalars(
        sa.select(Organisation.name).where(Organisation.id == plan.organisation_id)
    ).one()


def told(plan: Plan, period: ReportPeriod, *, desk: Desk, now: datetime) -> PlanTold:
    """What a report of a period says: the whole plan, as it stood at its end or stands today."""
    as_of = min(desk.today(now), period.last_on)
    lit = plan_light.of_plan(plan, desk=desk, now=now, on=as_of)
    found = _Found.of(plan)
    tasks = tuple(
        _task(each, found, lit[each.id], period, desk) for each in found.tasks if each.id in lit
    )
    before = _before(plan, period)
    return PlanTold(
        town=town_of(plan),
        year=plan.year,
        title=plan.title or "",
        period=period.name,
        as_of=as_of.isoformat(),
        approved=plan.approved_wording == plan.wording,
        chapters=tuple(found.chapters.values()),
        tasks=tasks,
        moves=rules.moves(before.told.tasks, tasks) if before else (),
        before=before.period if before else None,
    )


def _before(plan: Plan, period: ReportPeriod) -> ReportView | None:
    """The last report of the same kind that was kept before this period."""
    row = db.session.execute(
        _reports()
        .where(
            PlanReport.plan_id == plan.id,
            PlanReport.kind == period.kind,
            PlanReport.period < period.name,
        )
        .order_by(PlanReport.period.desc(), PlanReport.revision.desc())
        .limit(1)
    ).first()
    return _view(row) if row else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """All that hangs on the tasks of a plan, by task, in one look a table."""

    chapters: Mapping[UUID, str]
    sections: Mapping[UUID, UUID]
    tasks: list[PlanTask]
    units: Mapping[UUID, str]
    assists: Rows
    notes: Rows
    evidence: Rows

    @classmethod
    def of(cls, plan: Plan) -> "_Found":
        """Look it up."""
        chapters = db.session.execute(
            sa.select(PlanChapter.id, PlanChapter.title)
            .where(PlanChapter.plan_id == plan.id)
            .order_by(PlanChapter.ordinal)
        ).all()
        sections = db.session.execute(
            sa.select(PlanSection.id, PlanSection.chapter_id)
            .join(PlanChapter, PlanChapter.id == PlanSection.chapter_id)
            .where(PlanChapter.plan_id == plan.id)
        ).all()
        units = db.session.execute(sa.select(Organisation.id, Organisation.name)).all()
        mine = sa.select(PlanTask.id).where(PlanTask.plan_id == plan.id)
        return cls(
            chapters={row.id: row.title or "" for row in chapters},
            sections={row.id: row.chapter_id for row in sections},
            tasks=list(plan_light.tasks(plan.id)),
            units={row.id: row.name for row in units},
            assists=_by_task(PlanAssist, mine, PlanAssist.id),
            notes=_by_task(PlanNote, mine, PlanNote.on_date),
            evidence=_by_task(PlanEvidence, mine, PlanEvidence.uploaded_at),
        )


def _by_task(table: Any, mine: sa.Select[Any], order: Any) -> Rows:
    rows: dict[UUID, list[Any]] = defaultdict(list)
    for row in db.session.scalars(
        sa.select(table).where(table.task_id.in_(mine)).order_by(order, table.id)
    ):
        rows[row.task_id].append(row)
    return rows


def _task(
    task: PlanTask, found: _Found, lit: tuple[TaskFacts, Lit], period: ReportPeriod, desk: Desk
) -> TaskTold:
    facts, light = lit
    dropped = facts.state is PlanTaskState.DROPPED
    return TaskTold(
        number=task.number,
        name=task.name,
        text=task.text,
        chapter=list(found.chapters).index(found.sections[task.section_id]),
        light=DROPPED if dropped else light.light.value,
        due_on=task.due_on.isoformat(),
        lead=found.units[task.lead_id] if task.lead_id else None,
        assists=tuple(found.units[each.organisation_id] for each in found.assists.get(task.id, ())),
        reasons=tuple(each.text for each in light.reasons if each.light in TOLD),
        done_on=facts.done_on.isoformat() if facts.done_on else None,
        why_dropped=task.reason if dropped else None,
        milestones=tuple(_milestone(each) for each in facts.milestones),
        notes=tuple(
            (each.on_date.isoformat(), each.text)
            for each in found.notes.get(task.id, ())
            if period.start_on <= each.on_date <= period.last_on
        ),
        waits=tuple(each.title for each in facts.awaited),
        figures=tuple(_figure(each) for each in facts.indicators),
        registers=tuple(
            RegisterTold(name=each.name, rows=each.rows, open=each.open, late=each.late)
            for each in facts.registers
        ),
        evidence=tuple(
            _evidence(each, facts, desk)
            for each in found.evidence.get(task.id, ())
            if each.withdrawn_at is None and desk.today(each.uploaded_at) <= period.last_on
        ),
    )


def _milestone(milestone: Milestone) -> MilestoneTold:
    return MilestoneTold(
        name=milestone.name,
        due_on=milestone.due_on.isoformat(),
        done_on=milestone.done_on.isoformat() if milestone.done_on else None,
        dropped=milestone.dropped,
    )


def _figure(indicator: Indicator) -> FigureTold:
    return FigureTold(
        name=indicator.name,
        value=lights.value_text(indicator),
        target=lights.target_text(indicator),
        metric=indicator.metric,
    )


def _evidence(row: PlanEvidence, facts: TaskFacts, desk: Desk) -> EvidenceTold:
    names = {each.id: each.name for each in facts.milestones}
    return EvidenceTold(
        kind=row.kind.value,
        about=row.about,
        on=desk.today(row.uploaded_at).isoformat(),
        sha256=row.sha256,
        milestone=names[row.milestone_id] if row.milestone_id else None,
        public=row.public,
        published_on=row.published_on.isoformat() if row.published_on else None,
        published_at=row.published_at,
    )


def _reports() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(PlanReport, User.name.label("maker")).outerjoin(
        User, User.id == PlanReport.made_by
    )


def _view(row: Any) -> ReportView:
    report: PlanReport = row.PlanReport
    return ReportView(
        id=report.id,
        kind=report.kind,
        period=report.period,
        revision=report.revision,
        body=report.body,
        sha256=report.sha256,
        reason=report.reason,
        made_by=report.made_by,
        maker=row.maker,
        made_at=report.made_at,
        published_at=report.published_at,
        version=report.version,
    )
