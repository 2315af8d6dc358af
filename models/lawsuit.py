"""Lawsuits 行政复议与行政诉讼 against an agency of the town."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    WithdrawalCause,
)
from models.base import Identified, one_of, word
from models.organisation import Organisation

_PENDING = one_of("status", LawsuitStatus.PENDING)


class Lawsuit(Identified):
    """One case at one instance; a later instance names the `previous` one.

    `due_on`, `due_rule` and `due_provisional` are its nearest running term. `answered_late` and
    what its hearings say stay as they were written: late is for ever. `heard_on` is the first
    hearing; `head_attended`: the head of the agency came to one of them, which is enough.
    """

    __tablename__ = "lawsuit"
    __table_args__ = (
        CheckConstraint("(status = 'pending') = (outcome IS NULL)", name="outcome_iff_decided"),
        CheckConstraint("(status = 'pending') = (decided_on IS NULL)", name="dated_iff_decided"),
        CheckConstraint(
            "(withdrawal_cause IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'withdrawn')",
            name="cause_iff_withdrawn",
        ),
        CheckConstraint("decided_on >= served_on", name="decided_not_before_served"),
        CheckConstraint("answered_on >= served_on", name="answered_not_before_served"),
        CheckConstraint("(answered_on IS NULL) = (answered_late IS NULL)", name="late_iff_told"),
        CheckConstraint("(heard_on IS NULL) = (head_attended IS NULL)", name="attended_iff_heard"),
        CheckConstraint("performed_on >= decided_on", name="performed_not_before_decided"),
        # a case goes on at one later instance at a time
        Index(
            "uq_lawsuit_next_open",
            "previous_id",
            unique=True,
            postgresql_where=sa.text(f"{_PENDING} AND previous_id IS NOT NULL"),
            sqlite_where=sa.text(f"{_PENDING} AND previous_id IS NOT NULL"),
        ),
    )

    procedure: Mapped[LawsuitProcedure] = mapped_column(word(LawsuitProcedure, "procedure"))
    instance: Mapped[LawsuitInstance] = mapped_column(word(LawsuitInstance, "instance"))
    court: Mapped[str] = mapped_column(sa.String(100))
    case_number: Mapped[str | None] = mapped_column(sa.String(60), index=True)
    cause: Mapped[str] = mapped_column(sa.String(200))
    act: Mapped[str] = mapped_column(sa.String(500))
    plaintiffs_sealed: Mapped[bytes]
    sealed_key: Mapped[bytes]
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    served_on: Mapped[date] = mapped_column(index=True)
    dispute_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    previous_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("lawsuit.id"), index=True)
    status: Mapped[LawsuitStatus] = mapped_column(
        word(LawsuitStatus, "status"), default=LawsuitStatus.PENDING
    )
    outcome: Mapped[LawsuitOutcome | None] = mapped_column(word(LawsuitOutcome, "outcome"))
    withdrawal_cause: Mapped[WithdrawalCause | None] = mapped_column(
        word(WithdrawalCause, "withdrawal_cause")
    )
    decided_on: Mapped[date | None] = mapped_column(index=True)
    decision_served_on: Mapped[date | None]
    simplified: Mapped[bool] = mapped_column(default=False)
    must_attend: Mapped[list[str]] = mapped_column(default=list)
    checks: Mapped[list[str] | None]
    due_on: Mapped[date | None]
    due_rule: Mapped[str | None] = mapped_column(sa.String(40))
    due_provisional: Mapped[bool] = mapped_column(default=False)
    answered_on: Mapped[date | None]
    answered_late: Mapped[bool | None]
    heard_on: Mapped[date | None] = mapped_column(index=True)
    head_attended: Mapped[bool | None]
    performed_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))

    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it

    organisation: Mapped[Organisation] = relationship()
