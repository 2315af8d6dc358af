"""Published working-day calendars 工作日历: a year's days off and make-up days, signed by two."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class CalendarYear(Identified):
    """One version of one year. The latest signed version of a year is in force; drafts are not.

    `days` is `{"off": [{"name", "from", "to"}], "work": [{"name", "on"}]}` as the State Council's
    notice lists them; `source` is that notice. Who signs it did not draw it up.
    """

    __tablename__ = "calendar_year"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("signed_by <> drafted_by", name="second_person"),
        CheckConstraint("(signed_by IS NULL) = (signed_at IS NULL)", name="signed_by_whom"),
        CheckConstraint("year BETWEEN 1990 AND 2199", name="a_year"),
        Index("ix_calendar_year_signed", "signed_at"),
    )

    year: Mapped[int]
    number: Mapped[int]
    days: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(sa.String(200))
    drafted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime]
    signed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    signed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
