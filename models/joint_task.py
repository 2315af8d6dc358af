"""Joint handling 联调: what each co-unit was asked to do for a dispute, and its opinion."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import JointState
from models.base import Identified, one_of, word

_OPEN = one_of("state", JointState.OPEN)
_WAIVED = one_of("state", JointState.WAIVED)
_UNSETTLED = one_of("state", JointState.OPEN, JointState.REFUSED)


class JointTask(Identified):
    """One task of one co-unit 协办单位; the unit of the dispute leads, and is no co-unit of it.

    The co-unit answers it with an opinion, or refuses with a reason; the lead may let it off with a
    reason of its own, or the way of the dispute ends it (`ended_as` says how, a code of the rules).
    `clock_id` is its own term. What is said is sealed with the dispute's key.
    """

    __tablename__ = "joint_task"
    __table_args__ = (
        CheckConstraint(
            f"({_OPEN}) = (answered_at IS NULL AND waived_at IS NULL)", name="settled_iff_not_open"
        ),
        CheckConstraint(f"({_WAIVED}) = (waived_at IS NOT NULL)", name="waived_when"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_whom"),
        CheckConstraint(
            "(answered_at IS NULL) = (opinion_sealed IS NULL)", name="answered_with_words"
        ),
        CheckConstraint("(waived_by IS NULL) = (reason_sealed IS NULL)", name="waived_with_reason"),
        CheckConstraint(
            "(waived_at IS NULL) = (waived_by IS NULL AND ended_as IS NULL)",
            name="waived_by_whom_or_what",
        ),
        Index(
            "uq_joint_task_open",
            "dispute_id",
            "organisation_id",
            unique=True,
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
        Index("ix_joint_task_dispute", "dispute_id", "asked_at", "id"),
        Index("ix_joint_task_clock", "clock_id"),
        Index("ix_joint_task_newest", "organisation_id", "asked_at", "id"),
        Index(
            "ix_joint_task_unsettled",
            "asked_at",
            "id",
            postgresql_where=sa.text(_UNSETTLED),
            sqlite_where=sa.text(_UNSETTLED),
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    episode: Mapped[int]
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    clock_id: Mapped[UUID] = mapped_column(sa.ForeignKey("clock.id"))
    state: Mapped[JointState] = mapped_column(word(JointState, "state"))
    words_sealed: Mapped[bytes]
    asked_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    opinion_sealed: Mapped[bytes | None]
    answered_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]
    reason_sealed: Mapped[bytes | None]
    waived_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    waived_at: Mapped[datetime | None]
    ended_as: Mapped[str | None] = mapped_column(sa.String(20))
