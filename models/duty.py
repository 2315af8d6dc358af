"""Duties 义务 of the agency: what a judgment, review decision, mediation or opinion asks of it."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.lawsuit import DutySource
from models.base import Identified, word

_OPEN = "done_on IS NULL"


class LawsuitDuty(Identified):
    """One duty: who does it until when, and what shows that it was done.

    Its words and the proof 履行凭证 are sealed with the lawsuit's key.
    """

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("lawsuit_id", "ordinal"),
        CheckConstraint("(done_on IS NULL) = (settled_at IS NULL)", name="settled_iff_done"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_whom"),
        Index("ix_duty_organisation_id", "organisation_id"),
        Index("ix_duty_due_on", "due_on", "id"),
        Index(
            "ix_duty_open",
            "due_on",
            "id",
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
    )

    lawsuit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("lawsuit.id"))
    ordinal: Mapped[int]
    source: Mapped[DutySource] = mapped_column(word(DutySource, "source"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    words_sealed: Mapped[bytes]
    due_on: Mapped[date]
    due_rule: Mapped[str | None] = mapped_column(sa.String(40))
    due_provisional: Mapped[bool] = mapped_column(default=False)
    done_on: Mapped[date | None]
    proof_sealed: Mapped[bytes | None]
    settled_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
