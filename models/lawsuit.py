"""Lawsuits 行政复议与行政诉讼 against an agency of the town."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    WithdrawalCause,
)
from models.base import Identified, word
from models.organisation import Organisation


class Lawsuit(Identified):
    """One case at one instance; a later instance names the `previous` one."""

    __tablename__ = "lawsuit"
    __table_args__ = (
        CheckConstraint("(status = 'pending') = (outcome IS NULL)", name="outcome_iff_decided"),
        CheckConstraint("(status = 'pending') = (decided_on IS NULL)", name="dated_iff_decided"),
        CheckConstraint(
            "(withdrawal_cause IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'withdrawn')",
            name="cause_iff_withdrawn",
        ),
        CheckConstraint("decided_on >= served_on", name="decided_not_before_served"),
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
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))

    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it

    organisation: Mapped[Organisation] = relationship()
