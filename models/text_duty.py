"""What is still to be done to the word index 检索待办; a table that is empty on most days."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, word


class Duty(StrEnum):
    """A piece of work at the index; the last three follow each other, on SQLite only."""

    FILL = "fill"  # disputes older than the index have no words yet
    MERGE = "merge"  # a deleted entry's terms lie in the index file until its parts are merged
    MERGING = "merging"
    TRUNCATE = "truncate"  # and in the write-ahead log until that is emptied


class TextDuty(Base):
    """One duty that is not done yet.

    Filling goes from the newest dispute to the oldest; `registered_at` and `dispute_id` say how
    far it has come.
    """

    __tablename__ = "text_duty"
    __table_args__ = (
        CheckConstraint("(registered_at IS NULL) = (dispute_id IS NULL)", name="place_is_whole"),
    )

    kind: Mapped[Duty] = mapped_column(word(Duty, "kind"), primary_key=True)
    registered_at: Mapped[datetime | None]
    dispute_id: Mapped[UUID | None]
