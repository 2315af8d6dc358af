"""Notices 消息: what the service tells a member of staff in their inbox."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.clock_subject import ClockSubject
from config.vocabulary import NoticeKind
from models.base import Identified, word
from models.clock import NAMED, OWNED


class Notice(Identified):
    """One notice to one person. It says kind and dispute, never what the matter is about.

    `cause` names what brought it about; the same cause tells the same person once. What another
    `subject` than a dispute owes by a day, `organisation_id` owes.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "cause"),
        CheckConstraint(OWNED, name="owned_once"),
        CheckConstraint(NAMED, name="subject_named"),
        Index(
            "ix_notice_subject",
            "subject_id",
            postgresql_where=sa.text("subject_id IS NOT NULL"),
            sqlite_where=sa.text("subject_id IS NOT NULL"),
        ),
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
    dispute_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    subject: Mapped[ClockSubject | None] = mapped_column(word(ClockSubject, "subject"))
    subject_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
