"""Guidance 指导记录: what a justice office 司法所 told a committee, and what follows from it."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class Guidance(Identified):
    """One visit of `organisation_id` to the committee `committee_id`; its words are sealed.

    `topic` is a code of `member.toml`. What has to follow is due on `follow_up_on`, done on
    `done_on`.
    """

    __tablename__ = "guidance"
    __table_args__ = (
        CheckConstraint("committee_id <> organisation_id", name="of_another"),
        CheckConstraint(
            "(follow_up_sealed IS NULL) = (follow_up_on IS NULL)", name="follow_up_has_a_day"
        ),
        CheckConstraint("done_on IS NULL OR follow_up_on IS NOT NULL", name="done_what_was_due"),
        CheckConstraint("follow_up_on >= guided_on", name="follows_later"),
        CheckConstraint("done_on >= guided_on", name="done_later"),
        Index("ix_guidance_newest", "guided_on", "id"),
        Index("ix_guidance_unit", "organisation_id", "guided_on", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    committee_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    guided_on: Mapped[date]
    guided_by: Mapped[str] = mapped_column(sa.String(80))
    topic: Mapped[str] = mapped_column(sa.String(40))
    sealed_key: Mapped[bytes]
    finding_sealed: Mapped[bytes]
    follow_up_sealed: Mapped[bytes | None]
    follow_up_on: Mapped[date | None]
    done_on: Mapped[date | None]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
