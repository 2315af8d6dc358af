"""Versions of the routing rules 分流规则: drafts, and what is in force from a day on."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import RulebookState
from models.base import Identified, one_of, word

_PUBLISHED = one_of("state", RulebookState.PUBLISHED)
_UNPUBLISHED = one_of("state", RulebookState.DRAFT, RulebookState.CHECKED)
_WITHDRAWN = one_of("state", RulebookState.WITHDRAWN)


class RulebookVersion(Identified):
    """One version of all routing rules; what ships in `config/routing.toml` is the one before.

    `content` is the text `config.routing_text` writes, of which `config.routing` reads the rules.
    The published versions are a chain: each was made from the one before it (`based_on`), so the
    highest number that is in force on a day is the one. `drafters` are the ids of everybody who
    wrote at it: none of them publishes it.
    """

    __tablename__ = "rulebook_version"
    __table_args__ = (
        CheckConstraint(
            f"({_UNPUBLISHED}) = (published_by IS NULL AND withdrawn_by IS NULL)",
            name="decided_by_whom",
        ),
        CheckConstraint(
            f"NOT ({_PUBLISHED}) OR (published_by IS NOT NULL AND withdrawn_by IS NULL)",
            name="published_by_whom",
        ),
        CheckConstraint(f"({_WITHDRAWN}) = (withdrawn_by IS NOT NULL)", name="withdrawn_by_whom"),
        CheckConstraint(
            "(published_by IS NULL) = (published_at IS NULL)"
            " AND (published_by IS NULL) = (in_force_from IS NULL)",
            name="published_with_its_day",
        ),
        CheckConstraint("published_by <> made_by", name="second_person"),
        Index("ix_rulebook_version_state", "state", "number"),
    )

    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(sa.String(100))
    content: Mapped[str] = mapped_column(sa.Text)
    note: Mapped[str | None] = mapped_column(sa.String(500))
    state: Mapped[RulebookState] = mapped_column(word(RulebookState, "state"))
    based_on: Mapped[int]
    drafters: Mapped[list[str]]
    made_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    in_force_from: Mapped[date | None]
    published_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
