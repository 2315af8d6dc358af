"""Episodes 办理轮次: one stretch of a dispute from opening to closing; figures count these."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import Outcome
from models.base import Identified, word


class Episode(Identified):
    """The first episode opens with the registration, a later one with a reopening.

    The first and every later closing date stay, each counted in its own week.
    """

    __tablename__ = "episode"
    __table_args__ = (
        UniqueConstraint("dispute_id", "ordinal"),
        CheckConstraint("ordinal >= 1", name="ordinal_from_one"),
        CheckConstraint("(closed_on IS NULL) = (outcome IS NULL)", name="outcome_iff_closed"),
        CheckConstraint("closed_on >= opened_on", name="closed_not_before_opened"),
        Index("ix_episode_opened", "opened_on", "dispute_id"),
        Index("ix_episode_closed", "closed_on", "dispute_id"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    ordinal: Mapped[int]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    outcome: Mapped[Outcome | None] = mapped_column(word(Outcome, "outcome"))
    reasons: Mapped[list[str] | None]
