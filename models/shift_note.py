"""Shift notes 交接班记录: what one clerk leaves to the next."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class ShiftNote(Identified):
    """One handover.

    `open_items` are counts at that moment and, under
    `numbers`, the first disputes behind each of them; the clerk's words are sealed.
    """

    __tablename__ = "shift_note"
    __table_args__ = (
        CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name="taken_by_and_at"),
        Index("ix_shift_note_newest", "organisation_id", "written_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    written_on: Mapped[date]
    written_at: Mapped[datetime]
    written_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    words_sealed: Mapped[bytes]
    open_items: Mapped[dict[str, Any]] = mapped_column(default=dict)
    taken_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    taken_at: Mapped[datetime | None]
