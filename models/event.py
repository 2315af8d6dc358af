"""Events 事件: what happened, to what, by whom; written in the transaction of the change itself."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Event(Base):
    """One change. `detail` holds codes, dates and field names, never personal data.

    A restricted dispute seals the free words of its reasons with its own key.
    `actor_id` is empty when the system acted by itself (a job, an import by command).
    `version` is the subject's version after the change.
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject", "subject", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    happened_at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    subject: Mapped[str] = mapped_column(sa.String(30))
    subject_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(sa.String(40))
    from_status: Mapped[str | None] = mapped_column(sa.String(30))
    to_status: Mapped[str | None] = mapped_column(sa.String(30))
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    reason_sealed: Mapped[bytes | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int | None]
    request_id: Mapped[str | None] = mapped_column(sa.String(40))
