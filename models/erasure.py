"""Erasures 销毁: what is to be forgotten, who agreed, and what was done; and what is held back."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import HoldGround, Kept
from models.base import Base, Identified, word


class Erasure(Identified):
    """One list of things whose time is over 销毁清单: proposed by one, agreed to by two others.

    `director_id` and `secadmin_id` are who agreed in which office; both are needed to run it.
    `open` is true until it was sent back or done, and nothing then: one list at most is open.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint("(director_id IS NULL) = (director_at IS NULL)", name="director_has_time"),
        CheckConstraint("(secadmin_id IS NULL) = (secadmin_at IS NULL)", name="secadmin_has_time"),
        CheckConstraint("(refused_by IS NULL) = (refused_at IS NULL)", name="refusal_has_time"),
        CheckConstraint(
            "director_id <> secadmin_id AND director_id <> proposed_by "
            "AND secadmin_id <> proposed_by",
            name="three_people",
        ),
        CheckConstraint(
            "finished_at IS NULL OR (director_id IS NOT NULL AND secadmin_id IS NOT NULL "
            "AND refused_by IS NULL)",
            name="agreed_before_it_ran",
        ),
        CheckConstraint(
            "(open IS NOT NULL) = (refused_at IS NULL AND finished_at IS NULL) "
            "AND (open IS NULL OR open)",
            name="open_until_over",
        ),
    )

    proposed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime] = mapped_column(index=True)
    director_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    director_at: Mapped[datetime | None]
    secadmin_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    secadmin_at: Mapped[datetime | None]
    refused_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    refused_at: Mapped[datetime | None]
    run_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    finished_at: Mapped[datetime | None]
    open: Mapped[bool | None] = mapped_column(default=True, unique=True)


class ErasureItem(Base):
    """One thing on a list, with the rule it was due by; `spared_at`: held back when it ran."""

    __tablename__ = "erasure_item"
    __table_args__ = (
        CheckConstraint("erased_at IS NULL OR spared_at IS NULL", name="erased_or_spared"),
        Index("ix_erasure_item_subject", "subject_id"),
    )

    erasure_id: Mapped[UUID] = mapped_column(sa.ForeignKey("erasure.id"), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_as: Mapped[Kept] = mapped_column(word(Kept, "kept_as"))
    due_from: Mapped[date]
    erased_at: Mapped[datetime | None]
    spared_at: Mapped[datetime | None]


class Hold(Identified):
    """A dispute that must not be forgotten yet 暂缓, until somebody lifts it."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name="lifting_has_time"),
        Index(
            "ix_hold_in_force",
            "dispute_id",
            unique=True,
            postgresql_where=sa.text("lifted_at IS NULL"),
            sqlite_where=sa.text("lifted_at IS NULL"),
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    ground: Mapped[HoldGround] = mapped_column(word(HoldGround, "ground"))
    placed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    placed_at: Mapped[datetime]
    lifted_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None]
