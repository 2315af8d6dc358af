"""Merges 并案: which dispute went into which, and everything that is needed to undo it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class Merge(Identified):
    """One merge: `merged_id` went into `dispute_id`, which remains.

    Both reasons are sealed with the key of the dispute that remains. `record` says which rows
    moved or changed and what their columns held before: ids, dates, codes, never what is personal.
    An undone merge stays, as what happened.
    """

    __tablename__ = "merge"
    __table_args__ = (
        CheckConstraint("merged_id <> dispute_id", name="two_disputes"),
        CheckConstraint("(undone_by IS NULL) = (undone_at IS NULL)", name="undone_by_whom"),
        CheckConstraint("(undone_at IS NULL) = (undo_sealed IS NULL)", name="undone_with_a_reason"),
        Index(
            "ix_merge_in_force",
            "merged_id",
            unique=True,
            postgresql_where=sa.text("undone_at IS NULL"),
            sqlite_where=sa.text("undone_at IS NULL"),
        ),
        Index("ix_merge_dispute", "dispute_id", "merged_at", "id"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    merged_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    merged_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    merged_at: Mapped[datetime]
    reason_sealed: Mapped[bytes]
    record: Mapped[dict[str, Any]]
    undone_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None]
    undo_sealed: Mapped[bytes | None]
