"""Clocks 期限: the terms that run on disputes and other subjects, their changes, who was warned."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.clock_subject import ClockSubject
from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    ClockEnd,
    ClockKind,
    TimeUnit,
)
from models.base import Base, Identified, one_of, word

OWNED = "(dispute_id IS NULL) = (subject_id IS NOT NULL)"  # a dispute's or another subject's
NAMED = "(subject IS NULL) = (subject_id IS NULL)"
_GIVEN = one_of("state", ClockChangeState.GRANTED, ClockChangeState.REFUSED)
_WAITS = one_of("state", ClockChangeState.ASKED)
_PAUSE = one_of("kind", ClockChangeKind.PAUSE)


class Clock(Identified):
    """One term of one dispute, or of one other `subject`: the promise, with the rule it came from.

    `made_under` keeps that rule's name, extension and basis as they were, and the version of the
    calendar. A clock `stated` has a date somebody else wrote down, and is not counted. Hours run
    between `start_at` and `due_at`; other units between dates, the start day being day zero.
    While it is paused (`paused_from`), `due_on` is the date it had until then, and no promise. The
    rest of its story are its changes; lateness is never stored.
    `next_step_at` is when its ladder 预警 has to be looked at next.
    What another subject owes (ADR 31) is owed by `organisation_id`, and never counted in hours.
    """

    __tablename__ = "clock"
    __table_args__ = (
        CheckConstraint("length >= 1", name="length_positive"),
        CheckConstraint("stated = (length IS NULL)", name="counted_unless_stated"),
        CheckConstraint("(length IS NULL) = (unit IS NULL)", name="length_has_its_unit"),
        CheckConstraint("(start_at IS NULL) = (unit IS NULL OR unit <> 'H')", name="hours_from_at"),
        CheckConstraint("stopped_at IS NULL OR paused_from IS NULL", name="stopped_or_paused"),
        CheckConstraint("(stopped_at IS NULL) = (ended IS NULL)", name="stopped_with_its_end"),
        CheckConstraint("(stopped_at IS NULL) = (stopped_on IS NULL)", name="stopped_on_a_day"),
        CheckConstraint("stopped_at IS NULL OR next_step_at IS NULL", name="stopped_warns_nobody"),
        CheckConstraint(OWNED, name="owned_once"),
        CheckConstraint(NAMED, name="subject_named"),
        CheckConstraint("organisation_id IS NULL OR subject IS NOT NULL", name="subject_owed_by"),
        CheckConstraint("subject IS NULL OR start_at IS NULL", name="subject_in_days"),
        Index("ix_clock_dispute", "dispute_id", "start_on", "id"),
        Index(
            "ix_clock_subject",
            "subject_id",
            "start_on",
            "id",
            postgresql_where=sa.text("subject_id IS NOT NULL"),
            sqlite_where=sa.text("subject_id IS NOT NULL"),
        ),
        Index(
            "ix_clock_next_step",
            "next_step_at",
            postgresql_where=sa.text("next_step_at IS NOT NULL"),
            sqlite_where=sa.text("next_step_at IS NOT NULL"),
        ),
        Index(
            "ix_clock_running_due",
            "due_on",
            "id",
            postgresql_where=sa.text("stopped_at IS NULL"),
            sqlite_where=sa.text("stopped_at IS NULL"),
        ),
        Index(
            "ix_clock_stopped_late",
            "due_on",
            postgresql_where=sa.text("stopped_on > due_on"),
            sqlite_where=sa.text("stopped_on > due_on"),
        ),
    )

    dispute_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"))
    subject: Mapped[ClockSubject | None] = mapped_column(word(ClockSubject, "subject"))
    subject_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    episode: Mapped[int]
    rule: Mapped[str] = mapped_column(sa.String(30))
    kind: Mapped[ClockKind] = mapped_column(word(ClockKind, "kind"))
    stated: Mapped[bool] = mapped_column(default=False)
    length: Mapped[int | None]
    unit: Mapped[TimeUnit | None] = mapped_column(word(TimeUnit, "unit"))
    made_under: Mapped[dict[str, Any]]
    start_on: Mapped[date]
    start_at: Mapped[datetime | None]
    raw_due_on: Mapped[date]
    due_on: Mapped[date]
    due_at: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    paused_from: Mapped[date | None]
    stopped_on: Mapped[date | None]
    stopped_at: Mapped[datetime | None]
    ended: Mapped[ClockEnd | None] = mapped_column(word(ClockEnd, "ended"))
    next_step_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class ClockChange(Identified):
    """One change of a clock: asked for on a ground, granted or refused by somebody else.

    A pause 中止 covers `from_on` up to, not including, `until_on` (None while it lasts): these days
    do not count. An extension 延长 adds `length` in the clock's unit. A published calendar moves a
    date without anybody asking. Words are sealed with the dispute's key.
    """

    __tablename__ = "clock_change"
    __table_args__ = (
        CheckConstraint("decided_by <> asked_by", name="second_person"),
        CheckConstraint(f"({_WAITS}) = (decided_at IS NULL)", name="decided_when_told"),
        CheckConstraint("until_on > from_on", name="until_after_from"),
        CheckConstraint(f"({_PAUSE}) OR from_on IS NULL", name="only_a_pause_lasts"),
        CheckConstraint("length >= 1", name="length_positive"),
        CheckConstraint(OWNED, name="owned_once"),
        CheckConstraint(NAMED, name="subject_named"),
        Index("ix_clock_change_clock", "clock_id", "asked_at", "id"),
        Index("ix_clock_change_dispute", "dispute_id"),
        Index(
            "ix_clock_change_waiting",
            "asked_at",
            "id",
            postgresql_where=sa.text(_WAITS),
            sqlite_where=sa.text(_WAITS),
        ),
    )

    clock_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clock.id"))
    dispute_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"))
    subject: Mapped[ClockSubject | None] = mapped_column(word(ClockSubject, "subject"))
    subject_id: Mapped[UUID | None]
    kind: Mapped[ClockChangeKind] = mapped_column(word(ClockChangeKind, "kind"))
    state: Mapped[ClockChangeState] = mapped_column(word(ClockChangeState, "state"))
    ground: Mapped[str] = mapped_column(sa.String(40))
    words_sealed: Mapped[bytes | None]
    length: Mapped[int | None]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    due_before: Mapped[date | None]
    due_after: Mapped[date | None]
    asked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decision_sealed: Mapped[bytes | None]


class ClockStep(Base):
    """That a step of the ladder was told for a clock as it was due then: once, whoever looks."""

    __tablename__ = "clock_step"
    __table_args__ = (
        CheckConstraint(OWNED, name="owned_once"),
        CheckConstraint(NAMED, name="subject_named"),
        Index("ix_clock_step_dispute", "dispute_id"),
    )

    clock_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clock.id"), primary_key=True)
    step: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    dispute_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"))
    subject: Mapped[ClockSubject | None] = mapped_column(word(ClockSubject, "subject"))
    subject_id: Mapped[UUID | None]
    told_at: Mapped[datetime]
