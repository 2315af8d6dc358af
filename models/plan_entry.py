"""Entries 台账条目 of the registers of the plan; `plan_registers.toml` names their columns."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified, sorted_text

_OPEN = "ended_on IS NULL AND voided_at IS NULL"


class PlanEntry(Identified):
    """One row of one register; it belongs to the unit that answers for it.

    `values` are what its columns hold, by the name of the column; those of citizens are sealed in
    `values_sealed` as JSON. The other columns repeat what lists and figures ask for: `year` and
    `on_date` it counts in, `stage` it has come to, `person` of the staff it is about, `hundredths`
    of the number it brings, the day it is due, and `ended_on`. One that was entered by mistake is
    voided with a reason.
    """

    __tablename__ = "plan_entry"
    __table_args__ = (
        CheckConstraint("(due_on IS NULL) = (due_rule IS NULL)", name="due_by_a_rule"),
        CheckConstraint("ended_on >= on_date", name="ended_not_before_begun"),
        CheckConstraint("(voided_at IS NULL) = (reason IS NULL)", name="voided_for_a_reason"),
        Index("ix_plan_entry_register", "register", "on_date", "id"),
        Index("ix_plan_entry_year", "register", "year", "organisation_id"),
        Index("ix_plan_entry_unit", "organisation_id", "on_date", "id"),
        Index("ix_plan_entry_person", "register", "person"),
        Index(
            "ix_plan_entry_due",
            "due_on",
            "id",
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
    )

    register: Mapped[str] = mapped_column(sorted_text(40))
    number: Mapped[str] = mapped_column(sorted_text(40), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200))
    stage: Mapped[str] = mapped_column(sorted_text(40))
    on_date: Mapped[date]
    person: Mapped[str | None] = mapped_column(sorted_text(60))
    hundredths: Mapped[int | None] = mapped_column(sa.BigInteger)
    due_on: Mapped[date | None]
    due_rule: Mapped[str | None] = mapped_column(sa.String(40))
    due_provisional: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]
    values: Mapped[dict[str, Any]]
    sealed_key: Mapped[bytes]
    values_sealed: Mapped[bytes | None]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
