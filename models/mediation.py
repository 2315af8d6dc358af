"""What mediation leaves behind: sessions 调解会, agreements 调解协议, follow-up visits 回访."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import AgreementForm, VisitResult
from models.base import Identified, word


class MediationSession(Identified):
    """One meeting: when, where, who came, minutes (sealed with the dispute's key)."""

    __tablename__ = "mediation_session"
    __table_args__ = (UniqueConstraint("dispute_id", "ordinal"),)

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    ordinal: Mapped[int]
    held_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(100))
    attendance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    minutes_sealed: Mapped[bytes]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))


class Agreement(Identified):
    """The agreement of one episode, oral or written (人民调解法28–30); terms are sealed."""

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("dispute_id", "ordinal"),
        CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
        CheckConstraint("performed_on >= agreed_on", name="performed_not_before_agreed"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    ordinal: Mapped[int]
    form: Mapped[AgreementForm] = mapped_column(word(AgreementForm, "form"))
    terms_sealed: Mapped[bytes | None]
    document_number: Mapped[str | None] = mapped_column(sa.String(60))
    amount_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    agreed_on: Mapped[date]
    performed_by: Mapped[date | None]
    performed_on: Mapped[date | None]


class Visit(Identified):
    """A follow-up visit; the note is sealed."""

    __tablename__ = "visit"

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    visited_on: Mapped[date]
    result: Mapped[VisitResult] = mapped_column(word(VisitResult, "result"))
    satisfied: Mapped[bool | None]
    note_sealed: Mapped[bytes | None]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
