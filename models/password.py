"""Earlier passwords 用过的密码: only their hashes, so that one is not chosen again."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class PastPassword(Identified):
    """One password an account had or has."""

    __tablename__ = "past_password"

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    set_at: Mapped[datetime]
