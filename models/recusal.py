"""Requests for recusal 申请回避: a party does not want this mediator."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.mediator_word import RecusalState
from models.base import Identified, one_of, word

_ASKED = one_of("state", RecusalState.ASKED)


class Recusal(Identified):
    """One request of a party (`party_id` None: whoever it was is told in the words).

    What is said is sealed with the dispute's key. One for a mediator is open at a time.
    `mediator_id` is an account; `successor_id` who was named instead.
    """

    __tablename__ = "recusal"
    __table_args__ = (
        CheckConstraint(f"({_ASKED}) = (decided_at IS NULL)", name="decided_iff_not_asked"),
        CheckConstraint(
            f"(successor_id IS NOT NULL) = ({one_of('state', RecusalState.GRANTED)})",
            name="successor_iff_granted",
        ),
        CheckConstraint("successor_id <> mediator_id", name="another_one"),
        Index("ix_recusal_dispute", "dispute_id", "asked_at", "id"),
        Index(
            "uq_recusal_open",
            "dispute_id",
            "mediator_id",
            unique=True,
            postgresql_where=sa.text(_ASKED),
            sqlite_where=sa.text(_ASKED),
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    mediator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    party_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("party.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[RecusalState] = mapped_column(word(RecusalState, "state"))
    asked_on: Mapped[date]
    reason_sealed: Mapped[bytes | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decision_sealed: Mapped[bytes | None]
    successor_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
