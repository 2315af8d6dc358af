"""Attendance 签到: who of which member unit sat at the centre on which day."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class Attendance(Identified):
    """One coming. `asked_at` is when a unit on call 随驻 was asked for, `came_at` when it came.

    `withdrawn_at` takes back what was noted by mistake.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("asked_at IS NOT NULL OR came_at IS NOT NULL", name="asked_or_came"),
        CheckConstraint("came_at >= asked_at", name="came_after_asked"),
        CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_by_whom"
        ),
        Index("ix_attendance_day", "on_date", "organisation_id"),
        Index("ix_attendance_unit", "organisation_id", "on_date"),
    )

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    on_date: Mapped[date]
    name: Mapped[str] = mapped_column(sa.String(80))
    asked_at: Mapped[datetime | None]
    came_at: Mapped[datetime | None]
    noted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    withdrawn_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
