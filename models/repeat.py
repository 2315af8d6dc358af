"""Repeated visits 重复访: somebody came again about a dispute that is registered already."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class RepeatVisit(Identified):
    """One visit that is counted as such, and never as a new dispute.

    Who came (`party_id`, None: somebody else, told in the words) and what was said, sealed with
    the dispute's key. `ordinal`: the how-manieth visit about this dispute, counted from 2.
    """

    __tablename__ = "repeat_visit"
    __table_args__ = (
        sa.UniqueConstraint("dispute_id", "ordinal"),
        sa.CheckConstraint("ordinal >= 2", name="ordinal_from_two"),
        Index("ix_repeat_visit_came", "came_on", "id"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    ordinal: Mapped[int]
    came_on: Mapped[date]
    party_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("party.id", ondelete="SET NULL"), index=True
    )
    words_sealed: Mapped[bytes | None]
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
