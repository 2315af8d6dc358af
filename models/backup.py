"""Backups 备份 that were made, and what a restore 恢复 left to be decided."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import BackupKind
from models.base import Base, Identified, word


class BackupRun(Identified):
    """One backup: the unique period makes it one on many workers, the lease outlives no crash.

    It is asked for, then started, then ended: with an archive or with an error. `verified_at` is
    when the archive was restored to a scratch place and compared 恢复演练.
    """

    __tablename__ = "backup_run"
    __table_args__ = (
        UniqueConstraint("kind", "period"),
        CheckConstraint("verified_at IS NULL OR path IS NOT NULL", name="verified_has_path"),
    )

    kind: Mapped[BackupKind] = mapped_column(word(BackupKind, "kind"))
    period: Mapped[str] = mapped_column(sa.String(40))
    asked_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    path: Mapped[str | None] = mapped_column(sa.String(300))
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    row_count: Mapped[int | None] = mapped_column(sa.BigInteger)
    verified_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(sa.String(300))


class Restoration(Identified):
    """One restore: between `cut_off` and `restored_at` things happened that nobody remembers."""

    __tablename__ = "restoration"

    restored_at: Mapped[datetime] = mapped_column(index=True)
    cut_off: Mapped[datetime]
    archive: Mapped[str] = mapped_column(sa.String(300))
    held: Mapped[int]


class HeldMessage(Base):
    """A message 暂扣邮件 that may have been sent after the backup: a person decides about it.

    It stands beside the outbox, so that a restore changes no row of it.
    """

    __tablename__ = "held_message"

    outbox_id: Mapped[UUID] = mapped_column(sa.ForeignKey("outbox.id"), primary_key=True)
    held_at: Mapped[datetime]
