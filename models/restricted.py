"""The restricted class 受限: who is named for a dispute, and who broke the glass over one."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models import wall
from models.base import Identified


class Named(Identified):
    """Somebody named 指定 to read one restricted dispute, by somebody else."""

    __tablename__ = "named"
    __table_args__ = (
        CheckConstraint("named_by <> user_id", name="nobody_names_themselves"),
        Index("ix_named_user", "user_id", "dispute_id"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    named_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Glass(Identified):
    """Breaking the glass 紧急查阅: asked for with a reason, open once a second person agrees.

    `reason_sealed` is sealed with the dispute's key. `until` is set by the agreement; it ends by
    itself. A refusal has `decided_by` and no `until`.
    """

    __tablename__ = "glass"
    __table_args__ = (
        CheckConstraint("decided_by <> user_id", name="second_person"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_whom"),
        CheckConstraint("until IS NULL OR decided_by IS NOT NULL", name="open_if_agreed"),
        Index("ix_glass_user", "user_id", "dispute_id"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    reason_sealed: Mapped[bytes]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


wall.made_with(Named.__table__)
wall.made_with(Glass.__table__)
