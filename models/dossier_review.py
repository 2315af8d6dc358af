"""Reviews of dossiers 案卷评查: a sample of closed disputes, drawn at random, item by item."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class DossierReview(Identified):
    """One draw by `organisation_id`, of the `population` closed in a time; `seed` repeats it."""

    __tablename__ = "dossier_review"
    __table_args__ = (
        CheckConstraint("closed_until >= closed_from", name="until_not_before_from"),
        Index("ix_dossier_review_newest", "drawn_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    closed_from: Mapped[date]
    closed_until: Mapped[date]
    population: Mapped[int]
    seed: Mapped[str] = mapped_column(sa.String(60))
    drawn_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    drawn_at: Mapped[datetime]


class DossierSample(Identified):
    """One dossier that was drawn. `answers` are `{item: "yes" | "no" | "none"}`.

    What was found is sealed with the dispute's key: `{item: words}` as JSON.
    """

    __tablename__ = "dossier_sample"
    __table_args__ = (
        UniqueConstraint("review_id", "dispute_id"),
        CheckConstraint("(reviewed_at IS NULL) = (answers IS NULL)", name="answered"),
        CheckConstraint("(reviewed_at IS NULL) = (reviewed_by IS NULL)", name="reviewed_by_whom"),
        CheckConstraint("remedied_on IS NULL OR reviewed_at IS NOT NULL", name="remedied_after"),
    )

    review_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dossier_review.id"))
    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    place: Mapped[int]
    answers: Mapped[dict[str, Any] | None]
    findings_sealed: Mapped[bytes | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    reviewed_at: Mapped[datetime | None]
    remedied_on: Mapped[date | None]
