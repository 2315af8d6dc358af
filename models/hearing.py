"""Hearings 开庭 of a lawsuit: who was to come for the agency, and who came."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.lawsuit import Breach
from models.base import Identified, word


class Hearing(Identified):
    """One hearing, as planned, as held, or both. Names are sealed with the lawsuit's key.

    `absence` is the code of why the head of the agency did not come; its proof 盖章的证明材料 is
    sealed. A `breach` is judged when the hearing is written down, and never again.
    """

    __tablename__ = "hearing"
    __table_args__ = (
        UniqueConstraint("lawsuit_id", "ordinal"),
        CheckConstraint("planned_on IS NOT NULL OR held_on IS NOT NULL", name="planned_or_held"),
        CheckConstraint("(held_on IS NULL) = (attended IS NULL)", name="attended_iff_held"),
        CheckConstraint("(held_on IS NULL) = (lawyer_only IS NULL)", name="lawyer_iff_held"),
        CheckConstraint("breach IS NULL OR held_on IS NOT NULL", name="breach_when_held"),
        CheckConstraint("NOT (attended AND lawyer_only)", name="lawyer_alone_without_head"),
    )

    lawsuit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("lawsuit.id"))
    ordinal: Mapped[int]
    planned_on: Mapped[date | None] = mapped_column(index=True)
    planned_head_sealed: Mapped[bytes | None]
    planned_title: Mapped[str | None] = mapped_column(sa.String(60))
    held_on: Mapped[date | None]
    attended: Mapped[bool | None]
    head_sealed: Mapped[bytes | None]
    head_title: Mapped[str | None] = mapped_column(sa.String(60))
    absence: Mapped[str | None] = mapped_column(sa.String(30))
    proof_sealed: Mapped[bytes | None]
    lawyer_only: Mapped[bool | None]
    breach: Mapped[Breach | None] = mapped_column(word(Breach, "breach"))
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
