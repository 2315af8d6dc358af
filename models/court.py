"""Docking with the court 诉调对接: what it sent, and what it was asked to confirm."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.court import (
    ConfirmationState,
    CourtGround,
    CourtKind,
    CourtProcedure,
    CourtResult,
    CourtState,
)
from models.base import Identified, one_of, word

_ENTRUSTED = one_of("kind", CourtKind.ENTRUSTED)
_WAITS = one_of("state", CourtState.WAITING)
_CONFIRMED = one_of("state", CourtState.RUNNING, CourtState.REPORTED)
_REPORTED = one_of("state", CourtState.REPORTED)
_OPEN = one_of("state", CourtState.WAITING, CourtState.RUNNING)
_DONE = one_of(
    "state", ConfirmationState.REFUSED, ConfirmationState.REJECTED, ConfirmationState.WITHDRAWN
)


class CourtReferral(Identified):
    """A dispute the court assigned 委派 or entrusted 委托, and what was told it.

    `court_organisation_id` is the court where it is a unit of ours: its liaison follows what it
    sent. `answer_by` and `due_on` are the promises as they were counted: by when to confirm, and
    the end of the term to mediate; the clock of that term knows of extensions. Who sends, what
    came with it, what is told back are sealed with the dispute's key.
    """

    __tablename__ = "court_referral"
    __table_args__ = (
        CheckConstraint(f"({_ENTRUSTED}) = (procedure IS NOT NULL)", name="filed_has_procedure"),
        CheckConstraint(f"({_WAITS}) = (answered_on IS NULL)", name="answered_unless_waiting"),
        CheckConstraint(f"({_CONFIRMED}) = (due_on IS NOT NULL)", name="confirmed_has_its_term"),
        CheckConstraint(f"({_REPORTED}) = (result IS NOT NULL)", name="reported_with_result"),
        CheckConstraint(f"({_REPORTED}) = (reported_on IS NOT NULL)", name="reported_on_a_day"),
        Index("ix_court_referral_dispute", "dispute_id", "received_on", "id"),
        Index(
            "ix_court_referral_open",
            "state",
            "answer_by",
            "id",
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
        Index("ix_court_referral_court", "court_organisation_id", "received_on", "id"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    kind: Mapped[CourtKind] = mapped_column(word(CourtKind, "kind"))
    state: Mapped[CourtState] = mapped_column(word(CourtState, "state"))
    procedure: Mapped[CourtProcedure | None] = mapped_column(word(CourtProcedure, "procedure"))
    court: Mapped[str] = mapped_column(sa.String(60))
    court_organisation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    case_number: Mapped[str] = mapped_column(sa.String(60))
    received_on: Mapped[date]
    answer_by: Mapped[date]
    answered_on: Mapped[date | None]
    due_on: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    result: Mapped[CourtResult | None] = mapped_column(word(CourtResult, "result"))
    reported_on: Mapped[date | None]
    contact_sealed: Mapped[bytes | None]
    materials_sealed: Mapped[bytes | None]
    back_sealed: Mapped[bytes | None]
    undisputed_sealed: Mapped[bytes | None]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


class Confirmation(Identified):
    """One joint application 共同申请 to confirm the agreement of an episode 司法确认.

    `ordinal` is that of the agreement. `effective_on` is the day it took effect, `apply_by` the
    last to apply. `moved_on` is the day of the last step. The court's number is of its ruling.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        CheckConstraint("apply_by >= effective_on", name="apply_after_effect"),
        CheckConstraint("filed_on <= apply_by", name="filed_in_time"),
        CheckConstraint("decided_on >= filed_on", name="decided_after_filed"),
        UniqueConstraint("dispute_id", "ordinal", "attempt"),
        Index(
            "uq_confirmation_open",
            "dispute_id",
            "ordinal",
            unique=True,
            postgresql_where=sa.text(f"NOT ({_DONE})"),
            sqlite_where=sa.text(f"NOT ({_DONE})"),
        ),
        Index(
            "ix_confirmation_confirmed",
            "decided_on",
            "id",
            postgresql_where=sa.text(one_of("state", ConfirmationState.CONFIRMED)),
            sqlite_where=sa.text(one_of("state", ConfirmationState.CONFIRMED)),
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    ordinal: Mapped[int]
    attempt: Mapped[int]
    state: Mapped[ConfirmationState] = mapped_column(word(ConfirmationState, "state"))
    court: Mapped[str] = mapped_column(sa.String(60))
    ground: Mapped[CourtGround] = mapped_column(word(CourtGround, "ground"))
    effective_on: Mapped[date]
    apply_by: Mapped[date]
    provisional: Mapped[bool] = mapped_column(default=False)
    filed_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    moved_on: Mapped[date]
    case_number: Mapped[str | None] = mapped_column(sa.String(60))
    reason_sealed: Mapped[bytes | None]
    prepared_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime]
