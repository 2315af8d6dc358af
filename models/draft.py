"""Drafts 草稿: a form somebody is filling in, kept on the server until it is sent."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Draft(Base):
    """What stands in one form of one user, sealed whole; `form_key` is the form's one-time key."""

    __tablename__ = "draft"

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    form_key: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    content_sealed: Mapped[bytes]
    saved_at: Mapped[datetime] = mapped_column(index=True)
