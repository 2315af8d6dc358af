"""Tasks 任务 of a plan: units, measures 措施, milestones 节点, notes 进展, what they wait for."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.plan import Comparison, PlanTaskState
from models.base import Identified, one_of, sorted_text, word

_DONE = one_of("state", PlanTaskState.DONE)
_DROPPED = one_of("state", PlanTaskState.DROPPED)
_WAITING = "done_on IS NULL AND dropped_at IS NULL"


class PlanTask(Identified):
    """One task of one plan, known by its `number` there.

    `text` is its wording, character for character; `name` a short one for lists. `units_text` are
    the units as the document names them. `previous_id` is the task of another year it goes on from.
    A light is never stored.
    """

    __tablename__ = "plan_task"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        UniqueConstraint("section_id", "ordinal"),
        CheckConstraint(f"({_DONE}) = (done_on IS NOT NULL)", name="done_on_a_day"),
        CheckConstraint(f"({_DROPPED}) = (dropped_at IS NOT NULL)", name="dropped_at_a_time"),
        CheckConstraint("(dropped_at IS NULL) = (reason IS NULL)", name="dropped_for_a_reason"),
        CheckConstraint("due_on >= starts_on", name="due_not_before_start"),
        Index("ix_plan_task_lead", "lead_id", "plan_id"),
        Index("ix_plan_task_owner", "owner_id", "plan_id"),
    )

    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"))
    section_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_section.id"))
    ordinal: Mapped[int]
    number: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.Text)
    name: Mapped[str] = mapped_column(sa.String(60))
    units_text: Mapped[list[str]] = mapped_column(default=list)
    lead_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    owner_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    state: Mapped[PlanTaskState] = mapped_column(
        word(PlanTaskState, "state"), default=PlanTaskState.OPEN
    )
    starts_on: Mapped[date]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    dropped_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    previous_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_task.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class PlanAssist(Identified):
    """A unit that works on a task beside the one that leads it 配合单位."""

    __tablename__ = "plan_assist"
    __table_args__ = (
        UniqueConstraint("task_id", "organisation_id"),
        Index("ix_plan_assist_organisation", "organisation_id", "task_id"),
    )

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_task.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))


class PlanMeasure(Identified):
    """A measure 措施 of a task: what will be done, in one sentence."""

    __tablename__ = "plan_measure"
    __table_args__ = (UniqueConstraint("task_id", "ordinal"),)

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_task.id"))
    ordinal: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)


class PlanMilestone(Identified):
    """A milestone 节点 of a task: what is reached by which day; one given up says why."""

    __tablename__ = "plan_milestone"
    __table_args__ = (
        CheckConstraint("done_on IS NULL OR dropped_at IS NULL", name="done_or_dropped"),
        CheckConstraint("(done_on IS NULL) = (done_by IS NULL)", name="done_by_whom"),
        CheckConstraint("(dropped_at IS NULL) = (reason IS NULL)", name="dropped_for_a_reason"),
        Index("ix_plan_milestone_task", "task_id", "due_on", "id"),
        Index(
            "ix_plan_milestone_waiting",
            "due_on",
            "id",
            postgresql_where=sa.text(_WAITING),
            sqlite_where=sa.text(_WAITING),
        ),
    )

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_task.id"))
    measure_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_measure.id"))
    name: Mapped[str] = mapped_column(sa.String(80))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    done_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class PlanNote(Identified):
    """A note of progress 进展; it is written once and stays."""

    __tablename__ = "plan_note"
    __table_args__ = (Index("ix_plan_note_task", "task_id", "recorded_at", "id"),)

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_task.id"))
    on_date: Mapped[date]
    text: Mapped[str] = mapped_column(sa.Text)
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


class PlanDependence(Identified):
    """A document of superiors 上级文件 that a task waits for; `arrived_on` once it came."""

    __tablename__ = "plan_dependence"
    __table_args__ = (
        CheckConstraint("arrived_on IS NULL OR dropped_at IS NULL", name="arrived_or_dropped"),
        Index("ix_plan_dependence_task", "task_id", "id"),
    )

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_task.id"))
    title: Mapped[str] = mapped_column(sa.String(200))
    issuer: Mapped[str | None] = mapped_column(sa.String(80))
    expected_on: Mapped[date | None]
    arrived_on: Mapped[date | None]
    document_number: Mapped[str | None] = mapped_column(sa.String(60))
    dropped_at: Mapped[datetime | None]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class PlanIndicator(Identified):
    """A figure 指标 a task is held to: `hundredths` of `unit`, at least or at most.

    `metric` is where its value comes from, an id of the dictionary of figures; None: no source was
    found yet, which the light says. `words` are those of the wording it was found in. Without a
    target (`hundredths` None) the figure is shown and judges nothing.
    """

    __tablename__ = "plan_indicator"
    __table_args__ = (
        UniqueConstraint("task_id", "ordinal"),
        CheckConstraint(
            "(comparison IS NULL) = (hundredths IS NULL)", name="compared_with_a_target"
        ),
    )

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_task.id"))
    ordinal: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(80))
    comparison: Mapped[Comparison | None] = mapped_column(word(Comparison, "comparison"))
    hundredths: Mapped[int | None] = mapped_column(sa.BigInteger)
    unit: Mapped[str] = mapped_column(sa.String(20))
    metric: Mapped[str | None] = mapped_column(sa.String(60))
    words: Mapped[str | None] = mapped_column(sa.String(200))


class PlanTaskRegister(Identified):
    """A register 工作台账 that a task is worked through; `register` is an id of its dictionary."""

    __tablename__ = "plan_task_register"
    __table_args__ = (
        UniqueConstraint("task_id", "register"),
        Index("ix_plan_task_register_register", "register", "task_id"),
    )

    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_task.id"))
    register: Mapped[str] = mapped_column(sorted_text(40))
