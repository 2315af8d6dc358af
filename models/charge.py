"""A dispute in a leader's charge 领导包案, and what the leader has done about it."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified

_RUNNING = "ended_at IS NULL"


class Charge(Identified):
    """A leader answers for a dispute until another does, or until the dispute ends.

    `looked_on` is the last day the leader looked into it. `ended_as` says what ended it, a code of
    the rules. One that ended stays as history.
    """

    __tablename__ = "charge"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_as IS NULL)", name="ended_as_what"),
        Index(
            "uq_charge_running",
            "dispute_id",
            unique=True,
            postgresql_where=sa.text(_RUNNING),
            sqlite_where=sa.text(_RUNNING),
        ),
        Index("ix_charge_dispute", "dispute_id", "named_at", "id"),
        Index("ix_charge_leader", "leader_id", "named_at", "id"),
        Index("ix_charge_newest", "named_at", "id"),
        Index(
            "ix_charge_running",
            "named_at",
            "id",
            postgresql_where=sa.text(_RUNNING),
            sqlite_where=sa.text(_RUNNING),
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    leader_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    named_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    named_at: Mapped[datetime]
    looked_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None] = mapped_column(sa.String(20))


class ChargeMeasure(Identified):
    """One measure 包案措施, by the leader or the director, sealed with the dispute's key."""

    __tablename__ = "charge_measure"
    __table_args__ = (
        Index("ix_charge_measure_charge", "charge_id", "written_at", "id"),
        Index("ix_charge_measure_dispute", "dispute_id", "written_at", "id"),
    )

    charge_id: Mapped[UUID] = mapped_column(sa.ForeignKey("charge.id"))
    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    words_sealed: Mapped[bytes]
    written_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
