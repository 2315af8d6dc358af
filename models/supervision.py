"""Supervision 督办: urging, orders, listing, circulars and talks, and what was answered."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import SupervisionKind
from models.base import Identified, one_of, sorted_text, word

_NUMBERED = f"NOT ({one_of('kind', SupervisionKind.URGE)})"
_OPEN = "ended_at IS NULL"


class Supervision(Identified):
    """One paper that presses a unit about one dispute; an urge 催办 is one without a number.

    What is ordered and what is answered are sealed with the dispute's key. It waits for a reply
    until `reply_by`; whoever ordered it ends it once the reply will do. A reply that will not do
    is sent back: `reply_sealed` is emptied, the trail keeps that it was there.
    """

    __tablename__ = "supervision"
    __table_args__ = (
        CheckConstraint(f"({_NUMBERED}) = (number IS NOT NULL)", name="number_iff_a_paper"),
        CheckConstraint(f"({_NUMBERED}) = (reply_by IS NOT NULL)", name="reply_by_iff_a_paper"),
        CheckConstraint("(replied_at IS NULL) = (replied_by IS NULL)", name="replied_by_whom"),
        CheckConstraint("(replied_at IS NULL) = (reply_sealed IS NULL)", name="replied_with_words"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_whom"),
        CheckConstraint("reply_by >= ordered_on", name="reply_not_before_order"),
        Index("ix_supervision_newest", "ordered_at", "id"),
        Index("ix_supervision_dispute", "dispute_id", "ordered_at", "id"),
        Index(
            "ix_supervision_open_at_organisation",
            "organisation_id",
            "reply_by",
            "id",
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
    )

    kind: Mapped[SupervisionKind] = mapped_column(word(SupervisionKind, "kind"))
    number: Mapped[str | None] = mapped_column(sorted_text(40), unique=True)
    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    clock_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("clock.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    words_sealed: Mapped[bytes]
    ordered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    ordered_at: Mapped[datetime]
    ordered_on: Mapped[date]
    reply_by: Mapped[date | None]
    reply_sealed: Mapped[bytes | None]
    replied_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    replied_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
