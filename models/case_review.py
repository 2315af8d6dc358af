"""One case, one review 一案一评: why a lawsuit was lost, and what is mended because of it."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class CaseReview(Identified):
    """The review of one lost case; `causes` are codes. Words are sealed with the lawsuit's key."""

    __tablename__ = "case_review"
    __table_args__ = (UniqueConstraint("lawsuit_id"),)

    lawsuit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("lawsuit.id"))
    causes: Mapped[list[str]]
    words_sealed: Mapped[bytes | None]
    reviewers_sealed: Mapped[bytes]
    reviewed_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


class CaseMend(Identified):
    """What is mended 整改 after a lost case: who does it until when, and when it was done."""

    __tablename__ = "case_mend"
    __table_args__ = (
        UniqueConstraint("lawsuit_id", "ordinal"),
        CheckConstraint("(done_on IS NULL) = (settled_by IS NULL)", name="settled_by_whom"),
    )

    lawsuit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("lawsuit.id"))
    ordinal: Mapped[int]
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    words_sealed: Mapped[bytes]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    settled_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
