"""Attachments 附件: what was handed in as a file; the bytes lie sealed in the store, not here."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import AttachmentKind, Media
from models.base import Identified, word


class Attachment(Identified):
    """One file of one thing (`subject`, `subject_id`); it is withdrawn with a reason, not deleted.

    The name is sealed, for it names people as often as not. `stored_as` is the random name of the
    file in the store; `size` (bytes) and `sha256` (hexadecimal) are those of the file as it came.
    `located`: it says where it was taken, and who handed it in wanted that.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_subject", "subject", "subject_id", "uploaded_at"),
        CheckConstraint("size > 0", name="has_content"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawal_sealed IS NULL)",
            name="withdrawal_is_whole",
        ),
    )

    subject: Mapped[str] = mapped_column(sa.String(30))
    subject_id: Mapped[UUID]
    name_sealed: Mapped[bytes]
    kind: Mapped[AttachmentKind] = mapped_column(word(AttachmentKind, "kind"))
    media: Mapped[Media] = mapped_column(word(Media, "media"))
    located: Mapped[bool]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    stored_as: Mapped[UUID] = mapped_column(unique=True)
    uploaded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawal_sealed: Mapped[bytes | None]
