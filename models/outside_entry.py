"""Outside entries 外部系统登记: under which number others keep the same matter."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import OutsideSystem
from models.base import Identified, word


class OutsideEntry(Identified):
    """One entry made by hand in a system of others, so that nobody types it there twice."""

    __tablename__ = "outside_entry"
    __table_args__ = (
        UniqueConstraint("dispute_id", "system", "number"),
        Index("ix_outside_entry_number", "number", "system"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    system: Mapped[OutsideSystem] = mapped_column(word(OutsideSystem, "system"))
    number: Mapped[str] = mapped_column(sa.String(100))
    entered_on: Mapped[date]
    entered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
