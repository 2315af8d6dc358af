"""Member units 成员单位 of the centre: since when, how they sit there, and what they take."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import SeatKind
from models.base import Identified, one_of, word


class Membership(Identified):
    """One organisation as a member of the centre `centre_id`, from one day to another.

    `takes` are the only categories it accepts, None for every one; `refuses` those it does not:
    `{category: {"words", "go_to"}}`, `go_to` a kind of organisation or None. `duty_phone` is the
    telephone of whoever is on duty.
    """

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("left_on >= joined_on", name="left_after_joined"),)

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"), unique=True)
    centre_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    inside_town: Mapped[bool]
    duty_phone: Mapped[str | None] = mapped_column(sa.String(40))
    takes: Mapped[list[str] | None]
    refuses: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class Seat(Identified):
    """How a member sits at the centre 入驻 from one day to another, both included.

    `weekdays` are those of a rotating seat, 1 for Monday: "135".
    """

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("organisation_id", "from_on"),
        CheckConstraint("until_on >= from_on", name="until_not_before_from"),
        CheckConstraint(
            f"({one_of('kind', SeatKind.ROTATING)}) = (weekdays <> '')", name="rotates_on_days"
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    kind: Mapped[SeatKind] = mapped_column(word(SeatKind, "kind"))
    weekdays: Mapped[str] = mapped_column(sa.String(7))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
