"""Ledger batches 台账批次: one imported workbook."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class LedgerBatch(Identified):
    """One committed import; a withdrawn batch keeps its row and says when."""

    __tablename__ = "ledger_batch"

    file_name: Mapped[str] = mapped_column(sa.String(200))
    file_hash: Mapped[str] = mapped_column(sa.String(64))
    row_count: Mapped[int]
    imported_at: Mapped[datetime]
    imported_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
