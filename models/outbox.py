"""The outbox 发件箱: messages promised in the transaction of their cause, delivered later."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import OutboxState
from models.base import Identified, word


class OutboxMessage(Identified):
    """One message to one recipient, rendered when promised; its Message-ID never changes."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_iff_sent"),
        CheckConstraint(
            "(state = 'sending') = (lease_until IS NOT NULL)", name="lease_iff_sending"
        ),
        Index("ix_outbox_due", "state", "next_attempt_at"),
    )

    dedupe_key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    recipient: Mapped[str] = mapped_column(sa.String(200))
    message_id: Mapped[str] = mapped_column(sa.String(200), unique=True)
    content: Mapped[bytes]
    state: Mapped[OutboxState] = mapped_column(word(OutboxState, "state"), default=OutboxState.NEW)
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    maybe_duplicate: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None] = mapped_column(sa.String(300))
