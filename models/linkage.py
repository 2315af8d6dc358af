"""Linkage 府检府院联动: what the procuratorate, the court and the supervisory organs do with us."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.linkage import LinkagePeriod, LinkageRegister, LinkageStage
from models.base import Identified, one_of, sorted_text, word
from models.organisation import Organisation

_SEALED = one_of("register", LinkageRegister.INTERFERENCE, LinkageRegister.REFERRAL)
_BARE = one_of("register", LinkageRegister.REFERRAL)
_PERIODIC = one_of("register", LinkageRegister.OBLIGATION)
_OPEN = "ended_on IS NULL"


class Linkage(Identified):
    """One row of one register; `linkage.toml` says what its columns are called there.

    `sort` is a code of the register. `due_on` is the day the other side named, of a periodic one
    that of the running round. `ended_on` is when its last stage came. A row of a sealed register
    has no title, and belongs to the people in `linkage_name` alone; of a transfer to discipline
    inspection no word is kept (contract 8.19).
    """

    __tablename__ = "linkage"
    __table_args__ = (
        CheckConstraint(f"({_SEALED}) = (title IS NULL)", name="titled_unless_sealed"),
        CheckConstraint(f"({_BARE}) = (words_sealed IS NULL)", name="words_unless_a_referral"),
        CheckConstraint(f"({_PERIODIC}) = (period IS NOT NULL)", name="period_iff_obligation"),
        CheckConstraint("(due_on IS NULL) = (due_rule IS NULL)", name="due_by_a_rule"),
        CheckConstraint("due_on >= received_on", name="due_not_before_received"),
        CheckConstraint("ended_on >= received_on", name="ended_not_before_received"),
        Index("ix_linkage_newest", "received_on", "id"),
        Index("ix_linkage_register", "register", "received_on", "id"),
        Index("ix_linkage_unit", "organisation_id", "received_on", "id"),
        Index(
            "ix_linkage_due",
            "due_on",
            "id",
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
    )

    register: Mapped[LinkageRegister] = mapped_column(word(LinkageRegister, "register"))
    number: Mapped[str] = mapped_column(sorted_text(40), unique=True)
    stage: Mapped[LinkageStage] = mapped_column(word(LinkageStage, "stage"))
    sort: Mapped[str] = mapped_column(sa.String(30))
    title: Mapped[str | None] = mapped_column(sa.String(80))
    asker: Mapped[str] = mapped_column(sa.String(80))
    sign: Mapped[str | None] = mapped_column(sa.String(60))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    received_on: Mapped[date]
    due_on: Mapped[date | None]
    due_rule: Mapped[str | None] = mapped_column(sa.String(40))
    due_provisional: Mapped[bool] = mapped_column(default=False)
    period: Mapped[LinkagePeriod | None] = mapped_column(word(LinkagePeriod, "period"))
    lawsuit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("lawsuit.id"), index=True)
    sealed_key: Mapped[bytes]
    words_sealed: Mapped[bytes | None]
    ended_on: Mapped[date | None]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it

    organisation: Mapped[Organisation] = relationship()


class LinkageStep(Identified):
    """One stage a row came to: on which day, with which paper, and what shows it.

    `due_on` is the day it had been due, when it was an answer: what came late stays late.
    """

    __tablename__ = "linkage_step"
    __table_args__ = (
        UniqueConstraint("linkage_id", "ordinal"),
        Index("ix_linkage_step_paper", "paper"),
    )

    linkage_id: Mapped[UUID] = mapped_column(sa.ForeignKey("linkage.id"))
    ordinal: Mapped[int]
    stage: Mapped[LinkageStage] = mapped_column(word(LinkageStage, "stage"))
    on_date: Mapped[date]
    due_on: Mapped[date | None]
    paper: Mapped[str | None] = mapped_column(sa.String(60))
    words_sealed: Mapped[bytes | None]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


class LinkageName(Identified):
    """Somebody who may see a row of a sealed register."""

    __tablename__ = "linkage_name"
    __table_args__ = (
        UniqueConstraint("linkage_id", "user_id"),
        Index("ix_linkage_name_user", "user_id", "linkage_id"),
    )

    linkage_id: Mapped[UUID] = mapped_column(sa.ForeignKey("linkage.id"))
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    named_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    named_at: Mapped[datetime]
