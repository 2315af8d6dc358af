"""The yearly plan 年度计划 of a town: chapters 章, sections 节, who approved its wording."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class Plan(Identified):
    """One year's plan of one town; `organisation_id` is the town's uppermost unit.

    `wording` is the hash of all its wording as it stands, `approved_wording` that of what was
    approved: they differ when the plan was changed since. Who approved it did not bring it in.
    `previous_id` is the plan of the year before, where it was carried over from.
    """

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("organisation_id", "year"),
        CheckConstraint("year BETWEEN 1990 AND 2199", name="a_year"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_by_whom"),
        CheckConstraint(
            "(approved_by IS NULL) = (approved_wording IS NULL)", name="approved_a_wording"
        ),
        CheckConstraint("approved_by <> changed_by", name="second_person"),
    )

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    year: Mapped[int]
    title: Mapped[str | None] = mapped_column(sa.String(200))
    preamble: Mapped[str] = mapped_column(sa.Text)
    closing: Mapped[str] = mapped_column(sa.Text)
    wording: Mapped[str] = mapped_column(sa.String(64))
    previous_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan.id"))
    changed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    changed_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    approved_wording: Mapped[str | None] = mapped_column(sa.String(64))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class PlanChapter(Identified):
    """A chapter 章; one without number and title holds what stands under none."""

    __tablename__ = "plan_chapter"
    __table_args__ = (UniqueConstraint("plan_id", "ordinal"),)

    plan_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan.id"))
    ordinal: Mapped[int]
    number: Mapped[str | None] = mapped_column(sa.String(20))
    title: Mapped[str | None] = mapped_column(sa.Text)
    text: Mapped[str] = mapped_column(sa.Text)


class PlanSection(Identified):
    """A section 节 of a chapter; one without number and title holds tasks that stand under none."""

    __tablename__ = "plan_section"
    __table_args__ = (UniqueConstraint("chapter_id", "ordinal"),)

    chapter_id: Mapped[UUID] = mapped_column(sa.ForeignKey("plan_chapter.id"))
    ordinal: Mapped[int]
    number: Mapped[str | None] = mapped_column(sa.String(20))
    title: Mapped[str | None] = mapped_column(sa.Text)
    text: Mapped[str] = mapped_column(sa.Text)
