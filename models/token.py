"""Tokens 接口令牌: what lets a program of another platform in, for a few named actions."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import Source
from models.base import Identified, word


class Token(Identified):
    """One token: its hash only. It acts as `user_id`, an account nobody can sign in to."""

    __tablename__ = "token"

    name: Mapped[str] = mapped_column(sa.String(80))
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    source: Mapped[Source] = mapped_column(word(Source, "source"))
    scopes: Mapped[list[str]]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
