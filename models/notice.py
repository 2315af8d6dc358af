"""Notices 消息: what the service tells a member of staff in their inbox."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import NoticeKind
from models.base import Identified, word


class Notice(Identified):
    """One notice to one person. It says kind and dispute, never what the matter is about.

    `cause` names what brought it about; the same cause tells the same person once.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "cause"),
        Index("ix_notice_newest", "user_id", "told_at", "id"),
        Index(
            "ix_notice_unread",
            "user_id",
            postgresql_where=sa.text("read_at IS NULL"),
            sqlite_where=sa.text("read_at IS NULL"),
        ),
        Index(
            "ix_notice_unread_told_at",
            "told_at",
            postgresql_where=sa.text("read_at IS NULL"),
            sqlite_where=sa.text("read_at IS NULL"),
        ),
        Index(
            "ix_notice_read_told_at",
            "told_at",
            postgresql_where=sa.text("read_at IS NOT NULL"),
            sqlite_where=sa.text("read_at IS NOT NULL"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    kind: Mapped[NoticeKind] = mapped_column(word(NoticeKind, "kind"))
    cause: Mapped[str] = mapped_column(sa.String(100))
    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
