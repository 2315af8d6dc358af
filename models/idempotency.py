"""Kept answers to requests that carried an Idempotency-Key."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class IdempotencyRecord(Base):
    """The first answer to one key of one user; it may hold personal data, so it is sealed."""

    __tablename__ = "idempotency_record"

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    route: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer_sealed: Mapped[bytes | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)
