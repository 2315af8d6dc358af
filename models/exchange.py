"""Exchanges 数据交换: a sheet of the court, held against our own register row by row."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.exchange import ExchangeReason, ExchangeState, ExchangeVerdict
from models.base import Identified, one_of, word

_READ = one_of("state", ExchangeState.READ)


class Exchange(Identified):
    """One sheet. It changes no case of ours: what differs is explained, and mended where it lies.

    `digest` is the file's, so that the same sheet is known again.
    """

    __tablename__ = "exchange"
    __table_args__ = (
        CheckConstraint(f"({_READ}) = (settled_at IS NULL)", name="settled_unless_read"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_whom"),
        Index("ix_exchange_newest", "read_at", "id"),
    )

    state: Mapped[ExchangeState] = mapped_column(word(ExchangeState, "state"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    read_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    read_at: Mapped[datetime]
    settled_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class ExchangeRow(Identified):
    """One row of it as it stood there, what we have, and how the two go together.

    `place` is the row in the sheet, none where the court's sheet lacks a case of ours. What cannot
    be read has a `problem` and nothing of its cells.
    """

    __tablename__ = "exchange_row"
    __table_args__ = (
        UniqueConstraint("exchange_id", "ordinal"),
        CheckConstraint(
            f"({one_of('verdict', ExchangeVerdict.WRONG)}) = (problem IS NOT NULL)",
            name="problem_iff_wrong",
        ),
    )

    exchange_id: Mapped[UUID] = mapped_column(sa.ForeignKey("exchange.id"))
    ordinal: Mapped[int]
    place: Mapped[int | None]
    verdict: Mapped[ExchangeVerdict] = mapped_column(word(ExchangeVerdict, "verdict"))
    case_number: Mapped[str | None] = mapped_column(sa.String(60))
    number: Mapped[str | None] = mapped_column(sa.String(40))
    theirs: Mapped[str | None] = mapped_column(sa.String(30))
    ours: Mapped[str | None] = mapped_column(sa.String(80))
    problem: Mapped[str | None] = mapped_column(sa.String(100))
    reason: Mapped[ExchangeReason | None] = mapped_column(word(ExchangeReason, "reason"))
