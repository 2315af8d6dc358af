"""Meetings 会议: joint meetings 联席会议 with agenda, members, minutes, and what was decided."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.meeting import DecisionState, MeetingKind, MeetingState
from models.base import Identified, one_of, word

_HELD = one_of("state", MeetingState.HELD)
_OPEN = one_of("state", DecisionState.OPEN)


class Meeting(Identified):
    """One meeting, called by `organisation_id`. Its words are sealed with a key of its own.

    `recorded_at` is when its minutes were written; a meeting that was held has them.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint(f"({_HELD}) = (recorded_at IS NOT NULL)", name="held_iff_recorded"),
        CheckConstraint("(recorded_at IS NULL) = (recorded_by IS NULL)", name="recorded_by_whom"),
        Index("ix_meeting_newest", "held_at", "id"),
    )

    kind: Mapped[MeetingKind] = mapped_column(word(MeetingKind, "kind"))
    state: Mapped[MeetingState] = mapped_column(word(MeetingState, "state"))
    title: Mapped[str] = mapped_column(sa.String(60))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    held_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(60))
    sealed_key: Mapped[bytes]
    minutes_sealed: Mapped[bytes | None]
    called_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    called_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class MeetingMember(Identified):
    """A unit that is invited; whether it came is known once the minutes are written."""

    __tablename__ = "meeting_member"
    __table_args__ = (
        UniqueConstraint("meeting_id", "organisation_id"),
        Index("ix_meeting_member_organisation", "organisation_id", "meeting_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("meeting.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    attended: Mapped[bool | None]


class MeetingItem(Identified):
    """An item of the agenda, about a dispute or about nothing of the kind.

    Who may not see the dispute is told that there is such an item, and no word of it.
    """

    __tablename__ = "meeting_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "ordinal"),
        Index("ix_meeting_item_dispute_id", "dispute_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("meeting.id"))
    ordinal: Mapped[int]
    dispute_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"))
    words_sealed: Mapped[bytes | None]
    minutes_sealed: Mapped[bytes | None]


class MeetingDecision(Identified):
    """What was decided: who does what until when, and what came of it."""

    __tablename__ = "meeting_decision"
    __table_args__ = (
        UniqueConstraint("meeting_id", "ordinal"),
        CheckConstraint(f"({_OPEN}) = (settled_at IS NULL)", name="settled_iff_not_open"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_whom"),
        Index("ix_meeting_decision_dispute_id", "dispute_id"),
        Index(
            "ix_meeting_decision_open",
            "due_on",
            "id",
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
    )

    meeting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("meeting.id"))
    ordinal: Mapped[int]
    dispute_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    words_sealed: Mapped[bytes | None]
    due_on: Mapped[date]
    state: Mapped[DecisionState] = mapped_column(word(DecisionState, "state"))
    follow_up_sealed: Mapped[bytes | None]
    settled_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]
