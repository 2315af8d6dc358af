"""Reception days 接访日 of the town's leaders, and the disputes that were brought to them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified

_STANDING = "withdrawn_at IS NULL"


class Reception(Identified):
    """A leader receives visitors at a place, from when to when on one day of the town.

    `organisation_id` is the office that planned it. One that was called off stays, with when.
    """

    __tablename__ = "reception"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(called_off_by IS NULL) = (called_off_at IS NULL)", name="off_by_whom"),
        Index("ix_reception_day", "on_date", "starts_at", "id"),
        Index("ix_reception_leader", "leader_id", "on_date"),
    )

    leader_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    on_date: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(60))
    planned_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    planned_at: Mapped[datetime]
    called_off_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    called_off_at: Mapped[datetime | None]


class ReceptionVisit(Identified):
    """A dispute that was brought to a reception; it was registered as every other is.

    `withdrawn_at` takes back what was noted by mistake.
    """

    __tablename__ = "reception_visit"
    __table_args__ = (
        CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_by_whom"
        ),
        Index(
            "uq_reception_visit_standing",
            "reception_id",
            "dispute_id",
            unique=True,
            postgresql_where=sa.text(_STANDING),
            sqlite_where=sa.text(_STANDING),
        ),
        Index("ix_reception_visit_dispute_id", "dispute_id"),
    )

    reception_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reception.id"))
    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    noted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    noted_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
