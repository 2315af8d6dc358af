"""Reports 计划报告: how a plan stood at the end of a month, a quarter, a year; frozen."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.plan import PlanReportKind
from models.base import Identified, word


class PlanReport(Identified):
    """One edition of one period's report. `period` is 2026-03, 2026-Q1 or 2026.

    `body` never changes; `sha256` is over its canonical JSON. A job makes the months and quarters
    (`made_by` None); a year's is made by a person and published by another.
    """

    __tablename__ = "plan_report"
    __table_args__ = (
        UniqueConstraint("plan_id", "period", "revision"),
        CheckConstraint("published_by <> made_by", name="second_person"),
        CheckConstraint("(published_by IS NULL) = (published_at IS NULL)", name="by_whom"),
        CheckConstraint("revision = 1 OR reason IS NOT NULL", name="revised_for_a_reason"),
    )

    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"))
    kind: Mapped[PlanReportKind] = mapped_column(word(PlanReportKind, "kind"))
    period: Mapped[str] = mapped_column(sa.String(10))
    revision: Mapped[int]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    made_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
