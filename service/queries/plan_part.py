"""Look at the parts of a task 任务: measures, milestones, figures, documents, notes of progress.

Whoever calls has opened the task for its viewer.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.plan import Comparison
from models import (
    Organisation,
    PlanDependence,
    PlanIndicator,
    PlanMeasure,
    PlanMilestone,
    PlanNote,
    PlanTaskRegister,
    User,
    db,
)
from service.queries.page import Page, as_day, as_id, as_instant, beyond, encode_cursor, read_cursor

_DONE_BY: Final = aliased(User)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureView:
    """One measure 措施."""

    id: UUID
    ordinal: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneView:
    """One milestone 节点; `late`: it is open, and its day has passed."""

    id: UUID
    name: str
    due_on: date
    measure: UUID | None
    done_on: date | None
    done_by: str | None
    dropped_at: datetime | None
    reason: str | None
    late: bool

    @property
    def is_open(self) -> bool:
        """Whether it is still to be reached."""
        return self.done_on is None and self.dropped_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class DependenceView:
    """One document of superiors 上级文件 that is waited for, or came."""

    id: UUID
    title: str
    issuer: str | None
    expected_on: date | None
    arrived_on: date | None
    document_number: str | None
    dropped_at: datetime | None

    @property
    def is_awaited(self) -> bool:
        """Whether it is still waited for."""
        return self.arrived_on is None and self.dropped_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorView:
    """One figure 指标 a task is held to; `metric` None: nothing counts it yet."""

    id: UUID
    ordinal: int
    name: str
    comparison: Comparison | None
    target: Decimal | None
    unit: str
    metric: str | None
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """One note of progress 进展."""

    id: UUID
    on_date: date
    text: str
    by: str
    organisation: str
    recorded_at: datetime


def measures(task_id: UUID) -> list[MeasureView]:
    """The measures of a task, in their order."""
    found = db.session.scalars(
        sa.select(PlanMeasure).where(PlanMeasure.task_id == task_id).order_by(PlanMeasure.ordinal)
    )
    return [MeasureView(id=each.id, ordinal=each.ordinal, text=each.text) for each in found]


def milestones(task_id: UUID, *, today: date) -> list[MilestoneView]:
    """The milestones of a task, the earliest first."""
    found = db.session.execute(
        sa.select(PlanMilestone, _DONE_BY.name)
        .outerjoin(_DONE_BY, _DONE_BY.id == PlanMilestone.done_by)
        .where(PlanMilestone.task_id == task_id)
        .order_by(PlanMilestone.due_on, PlanMilestone.id)
        .execution_options(populate_existing=True)
    )
    return [milestone(each, by, today=today) for each, by in found]


def milestone(row: PlanMilestone, done_by: str | None, *, today: date) -> MilestoneView:
    """One of them."""
    waits = row.done_on is None and row.dropped_at is None
    return MilestoneView(
        id=row.id,
        name=row.name,
        due_on=row.due_on,
        measure=row.measure_id,
        done_on=row.done_on,
        done_by=done_by,
        dropped_at=row.dropped_at,
        reason=row.reason,
        late=waits and row.due_on < today,
    )


def indicators(task_id: UUID) -> list[IndicatorView]:
    """The figures of a task, in their order."""
    mine_ = sa.select(PlanIndicator).where(PlanIndicator.task_id == task_id)
    return [
        IndicatorView(
            id=each.id,
            ordinal=each.ordinal,
            name=each.name,
            comparison=each.comparison,
            target=None if each.hundredths is None else Decimal(each.hundredths) / 100,
            unit=each.unit,
            metric=each.metric,
            words=each.words,
        )
        for each in db.session.scalars(mine_.order_by(PlanIndicator.ordinal))
    ]


def registers(task_id: UUID) -> list[str]:
    """The ids of the registers a task is worked through."""
    found = sa.select(PlanTaskRegister.register).where(PlanTaskRegister.task_id == task_id)
    return list(db.session.scalars(found.order_by(PlanTaskRegister.register)))


def dependences(task_id: UUID) -> list[DependenceView]:
    """The documents of superiors a task waits for or waited for, as they were written down."""
    found = db.session.scalars(
        sa.select(PlanDependence)
        .where(PlanDependence.task_id == task_id)
        .order_by(PlanDependence.recorded_at, PlanDependence.id)
        .execution_options(populate_existing=True)
    )
    return [
        DependenceView(
            id=each.id,
            title=each.title,
            issuer=each.issuer,
            expected_on=each.expected_on,
            arrived_on=each.arrived_on,
            document_number=each.document_number,
            dropped_at=each.dropped_at,
        )
        for each in found
    ]


def notes(
    task_id: UUID, *, limit: int = 25, cursor: str | None = None, count: bool = False
) -> Page[NoteView]:
    """A page of the notes of progress, the newest first."""
    keys = (PlanNote.on_date, PlanNote.recorded_at, PlanNote.id)
    query = _noted().where(PlanNote.task_id == task_id)
    if cursor:
        place = read_cursor(cursor, as_day, as_instant, as_id)
        query = query.where(beyond(keys, place, descending=True))
    found = db.session.execute(query.order_by(*(key.desc() for key in keys)).limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1][0]
        place = [last.on_date.isoformat(), last.recorded_at.isoformat(), str(last.id)]
        following = encode_cursor(place)
    total = None
    if count:
        mine_ = sa.select(sa.func.count()).where(PlanNote.task_id == task_id)
        total = db.session.scalar(mine_)
    return Page([note(*each) for each in found[:limit]], following, total)


def _noted() -> sa.Select[PlanNote, str, str]:
    return (
        sa.select(PlanNote, User.name, Organisation.name)
        .join(User, User.id == PlanNote.recorded_by)
        .join(Organisation, Organisation.id == User.organisation_id)
    )


def one_note(note_id: UUID) -> NoteView:
    """One note of a task that was opened."""
    found = db.session.execute(_noted().where(PlanNote.id == note_id)).one()
    return note(*found)


def note(row: PlanNote, by: str, organisation: str) -> NoteView:
    """One of them."""
    return NoteView(
        id=row.id,
        on_date=row.on_date,
        text=row.text,
        by=by,
        organisation=organisation,
        recorded_at=row.recorded_at,
    )
