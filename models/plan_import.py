"""Imports of a plan 计划导入: a document as its lines, and what each was read as."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class PlanImport(Identified):
    """A document that was handed in for a year; it is taken into the plan once, or given up.

    `body` holds its lines in order, each with where it stood, what it was read as, and what of that
    a person corrected. `sha256` is that of the file, or of the text that was pasted.
    """

    __tablename__ = "plan_import"
    __table_args__ = (
        CheckConstraint("year BETWEEN 1990 AND 2199", name="a_year"),
        CheckConstraint("taken_at IS NULL OR dropped_at IS NULL", name="taken_or_dropped"),
        CheckConstraint("(taken_at IS NULL) = (plan_id IS NULL)", name="taken_into_a_plan"),
        Index("ix_plan_import_newest", "organisation_id", "made_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    year: Mapped[int]
    file_name: Mapped[str] = mapped_column(sa.String(200))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    body: Mapped[dict[str, Any]]
    made_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    taken_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    taken_at: Mapped[datetime | None]
    plan_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan.id"))
    dropped_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
