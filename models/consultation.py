"""Consultations 咨询: somebody asked, no dispute was made; counted apart from disputes."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import Source
from models.base import Identified, sorted_text, word


class Consultation(Identified):
    """One question and what was answered; who asked is sealed with the consultation's own key.

    `guided_to` names kinds of organisations. `dispute_id` is set when a dispute came of it; when
    that one is restricted 受限, question and answer are sealed too, from then on.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint(
            "(question IS NULL) <> (question_sealed IS NULL)", name="question_clear_or_sealed"
        ),
        CheckConstraint(
            "(answer IS NULL) <> (answer_sealed IS NULL)", name="answer_clear_or_sealed"
        ),
        CheckConstraint(
            "question_sealed IS NULL OR dispute_id IS NOT NULL", name="sealed_for_a_dispute"
        ),
        CheckConstraint(
            "erased_at IS NULL OR ((question IS NULL OR question = '') AND "
            "(answer IS NULL OR answer = '') AND name_sealed IS NULL AND phone_sealed IS NULL)",
            name="erased_is_blank",
        ),
        Index("ix_consultation_newest", "asked_at", "id"),
        Index("ix_consultation_organisation_newest", "organisation_id", "asked_at", "id"),
    )

    number: Mapped[str] = mapped_column(sorted_text(40), unique=True)
    sealed_key: Mapped[bytes]
    asked_at: Mapped[datetime]
    asked_on: Mapped[date] = mapped_column(index=True)
    registered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    source: Mapped[Source] = mapped_column(word(Source, "source"))
    category: Mapped[str | None] = mapped_column(sa.String(40))
    question: Mapped[str | None] = mapped_column(sa.Text)
    question_sealed: Mapped[bytes | None]
    answer: Mapped[str | None] = mapped_column(sa.Text)
    answer_sealed: Mapped[bytes | None]
    name_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    village: Mapped[str | None] = mapped_column(sa.String(60))
    guided_to: Mapped[list[str] | None]
    dispute_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
