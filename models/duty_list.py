"""Duty lists 值班表 of the units: who is on duty each week, and on single days instead."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class DutyTurn(Identified):
    """One person's turn: every `weekday` (0 is Monday) from a day on, or on one day `on_date`.

    Who is named for one day is there instead of those of the week. A weekly turn falls on working
    days, with `holidays` on every day of its weekday. `until_on` is its last day; `place` is where
    the name stands among those of the day.
    """

    __tablename__ = "duty_turn"
    __table_args__ = (
        CheckConstraint("(weekday IS NULL) <> (on_date IS NULL)", name="weekly_or_once"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="a_weekday"),
        CheckConstraint("until_on >= from_on", name="until_not_before_from"),
        CheckConstraint(
            "on_date IS NULL OR (from_on = on_date AND until_on = on_date)", name="once_is_a_day"
        ),
        Index("ix_duty_turn_unit", "organisation_id", "until_on"),
    )

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    weekday: Mapped[int | None]
    on_date: Mapped[date | None]
    name: Mapped[str] = mapped_column(sa.String(80))
    place: Mapped[int]
    holidays: Mapped[bool]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
