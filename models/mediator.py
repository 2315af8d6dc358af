"""Mediators 调解员名册: who may be named, what they can, when they are away, whom they know."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.mediator_word import Gender, Relation
from config.vocabulary import AbsenceReason
from models.base import Identified, sorted_text, word


class Mediator(Identified):
    """One row of the register, beside the account where there is one (`user_id`).

    `skills` are codes of categories, `languages` codes of languages. The numbers and the address
    are sealed with the data key; they are compared with those of the parties and shown masked.
    """

    __tablename__ = "mediator"
    __table_args__ = (
        CheckConstraint("load_limit >= 1", name="load_limit_positive"),
        CheckConstraint("appointed_until >= appointed_from", name="until_not_before_from"),
        Index("ix_mediator_name", "name", "id"),
    )

    user_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(sorted_text(80))
    gender: Mapped[Gender | None] = mapped_column(word(Gender, "gender"))
    village: Mapped[str | None] = mapped_column(sa.String(60))
    skills: Mapped[list[str]]
    languages: Mapped[list[str]]
    certificate: Mapped[str | None] = mapped_column(sa.String(60))
    appointed_from: Mapped[date | None]
    appointed_until: Mapped[date | None]
    load_limit: Mapped[int]
    id_number_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    address_sealed: Mapped[bytes | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class MediatorLeave(Identified):
    """One absence 离岗; both days are included. `ended_at` is set when it ended before its time."""

    __tablename__ = "mediator_leave"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="until_not_before_from"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="end_has_time"),
        Index("ix_mediator_leave_mediator", "mediator_id", "until_on"),
    )

    mediator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("mediator.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    reason: Mapped[AbsenceReason] = mapped_column(word(AbsenceReason, "reason"))
    entered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]


class Interest(Identified):
    """One declared relation 利害关系申报 to a person or a unit, sealed with the data key."""

    __tablename__ = "interest"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="end_has_time"),
    )

    mediator_id: Mapped[UUID] = mapped_column(sa.ForeignKey("mediator.id"), index=True)
    relation: Mapped[Relation] = mapped_column(word(Relation, "relation"))
    name_sealed: Mapped[bytes]
    id_number_sealed: Mapped[bytes | None]
    declared_on: Mapped[date]
    entered_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
