"""Links 关联: what a person found between two disputes that look alike."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import LinkRelation
from models.base import Base, word


class Link(Base):
    """The decision kept with the newer dispute; `reasons` are the codes it was matched by."""

    __tablename__ = "link"
    __table_args__ = (CheckConstraint("dispute_id <> other_id", name="two_disputes"),)

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("dispute.id"), primary_key=True, index=True
    )
    relation: Mapped[LinkRelation] = mapped_column(word(LinkRelation, "relation"))
    reasons: Mapped[list[str]] = mapped_column(default=list)
    decided_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]
