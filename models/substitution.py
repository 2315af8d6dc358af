"""Substitutions 替岗: who is away, from when until when, and who stands in."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import AbsenceReason
from models.base import Identified, word


class Substitution(Identified):
    """One absence; both days are included. `ended_at` is set when it ended before its time."""

    __tablename__ = "substitution"
    __table_args__ = (
        CheckConstraint("absent_id <> substitute_id", name="two_people"),
        CheckConstraint("until_on >= from_on", name="until_not_before_from"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="end_has_time"),
        Index("ix_substitution_absent", "absent_id", "until_on"),
        Index("ix_substitution_substitute", "substitute_id", "until_on"),
    )

    absent_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    substitute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    reason: Mapped[AbsenceReason] = mapped_column(word(AbsenceReason, "reason"))
    entered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
