"""The yearly appraisal 年度考核: schemes, results as announced and frozen, objections to them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.evaluation import ObjectionState, Stage
from models.base import Identified, one_of, word

_OPEN = one_of("state", ObjectionState.OPEN)
_UPHELD = one_of("state", ObjectionState.UPHELD)
_ANNOUNCED = one_of("stage", Stage.ANNOUNCED)


class EvaluationScheme(Identified):
    """One edition of a year's scheme 考核方案. The latest published one of a year is in force.

    `body` is the scheme as `config.evaluation.read` takes it. Who publishes it did not draft it.
    """

    __tablename__ = "evaluation_scheme"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("published_by <> drafted_by", name="second_person"),
        CheckConstraint("(published_by IS NULL) = (published_at IS NULL)", name="by_whom"),
        CheckConstraint("year BETWEEN 1990 AND 2199", name="a_year"),
    )

    year: Mapped[int]
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    drafted_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    drafted_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it


class Evaluation(Identified):
    """One stored result of a year: as announced 公示, or final 定稿; a later revision says why.

    `body` never changes; `sha256` is over its canonical JSON. Units may object to what was
    announced up to and with `objections_until`.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("year", "stage", "revision"),
        CheckConstraint(f"({_ANNOUNCED}) = (objections_until IS NOT NULL)", name="objected_until"),
        CheckConstraint("revision = 1 OR reason IS NOT NULL", name="revised_for_a_reason"),
    )

    year: Mapped[int]
    stage: Mapped[Stage] = mapped_column(word(Stage, "stage"))
    revision: Mapped[int]
    scheme_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation_scheme.id"))
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    cut_off: Mapped[datetime]
    objections_until: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(sa.String(500))
    made_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    made_at: Mapped[datetime]


class EvaluationObjection(Identified):
    """A unit's objection 异议 to one indicator or veto of what was announced, and the answer.

    `cents` are the hundredths of a point it changed of the score. The words are about figures; they
    stand in clear, and what was answered is part of the frozen result.
    """

    __tablename__ = "evaluation_objection"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "organisation_id", "code"),
        CheckConstraint(f"({_OPEN}) = (decided_by IS NULL)", name="decided_by_whom"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("(decided_by IS NULL) = (reason IS NULL)", name="decided_for_a_reason"),
        CheckConstraint(f"cents IS NULL OR ({_UPHELD})", name="points_if_upheld"),
        CheckConstraint("decided_by <> raised_by", name="second_person"),
        Index("ix_evaluation_objection_newest", "evaluation_id", "raised_at", "id"),
    )

    evaluation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("evaluation.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(sa.String(60))
    words: Mapped[str] = mapped_column(sa.String(1000))
    state: Mapped[ObjectionState] = mapped_column(
        word(ObjectionState, "state"), default=ObjectionState.OPEN
    )
    cents: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(sa.String(1000))
    raised_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    raised_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
