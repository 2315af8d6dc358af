"""Letters 建议书 of procuratorate, court and review organ: demands, rounds, objections, papers."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.suggestion import (
    Adoption,
    SuggestionEnd,
    SuggestionKind,
    SuggestionPaper,
    SuggestionStatus,
)
from config.vocabulary import Media
from models.base import Identified, one_of, sorted_text, word
from models.organisation import Organisation

_CLOSED = one_of("status", SuggestionStatus.CLOSED)
_OBJECTED = one_of("status", SuggestionStatus.OBJECTED)


class Suggestion(Identified):
    """One letter and where it stands; what is written about people is sealed with its own key.

    `due_on`, `due_rule` and `due_provisional` are the term of the `round` that runs; `owed_on` is
    the day the first reply was due, kept as it was when that reply went out. `first_replied_on` is
    the day it went, for ever; `replied_on` that of the round in hand, empty while one is open.
    `late`: some round went out after its day, and no later one mends that.
    """

    __tablename__ = "suggestion"
    __table_args__ = (
        CheckConstraint("round >= 1", name="round_from_one"),
        CheckConstraint("replied_on IS NULL OR first_replied_on IS NOT NULL", name="first_is_kept"),
        CheckConstraint(f"({_CLOSED}) = (closed_on IS NOT NULL)", name="closed_on_a_day"),
        CheckConstraint(f"({_CLOSED}) = (ended_as IS NOT NULL)", name="closed_for_a_reason"),
        CheckConstraint(f"NOT ({_OBJECTED}) OR objected_on IS NOT NULL", name="objected_on_a_day"),
        CheckConstraint("due_rule IS NOT NULL OR due_on IS NULL", name="due_by_a_rule"),
        Index("ix_suggestion_newest", "received_on", "id"),
        Index("ix_suggestion_organisation", "organisation_id", "received_on", "id"),
        Index(
            "ix_suggestion_open_due",
            "due_on",
            "id",
            postgresql_where=sa.text("replied_on IS NULL AND closed_on IS NULL"),
            sqlite_where=sa.text("replied_on IS NULL AND closed_on IS NULL"),
        ),
    )

    number: Mapped[str] = mapped_column(sorted_text(40), unique=True)
    kind: Mapped[SuggestionKind] = mapped_column(word(SuggestionKind, "kind"))
    issuer: Mapped[str] = mapped_column(sa.String(100))
    document_number: Mapped[str] = mapped_column(sa.String(60), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    served_how: Mapped[str | None] = mapped_column(sa.String(40))
    copied_to: Mapped[str | None] = mapped_column(sa.String(200))
    received_on: Mapped[date]
    urgent: Mapped[bool]
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    status: Mapped[SuggestionStatus] = mapped_column(word(SuggestionStatus, "status"))
    round: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date | None]
    due_rule: Mapped[str | None] = mapped_column(sa.String(30))
    due_provisional: Mapped[bool] = mapped_column(default=False)
    owed_on: Mapped[date | None] = mapped_column(index=True)
    first_replied_on: Mapped[date | None]
    replied_on: Mapped[date | None]
    late: Mapped[bool] = mapped_column(default=False)
    objected_on: Mapped[date | None]
    assigned_at: Mapped[datetime | None]
    accepted_on: Mapped[date | None]
    sued_on: Mapped[date | None]
    lawsuit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("lawsuit.id"), index=True)
    closed_on: Mapped[date | None]
    ended_as: Mapped[SuggestionEnd | None] = mapped_column(word(SuggestionEnd, "ended_as"))
    sealed_key: Mapped[bytes]
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it

    organisation: Mapped[Organisation] = relationship()


class SuggestionDemand(Identified):
    """One numbered demand, and what is answered to it; `answered_round` is when it last was."""

    __tablename__ = "suggestion_demand"
    __table_args__ = (
        UniqueConstraint("suggestion_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("(adopted IS NULL) = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint("(adopted IS NULL) = (measure_sealed IS NULL)", name="answered_with_words"),
        CheckConstraint("(adopted IS NULL) = (answered_by IS NULL)", name="answered_by_whom"),
        CheckConstraint("(adopted IS NULL) = (answered_round IS NULL)", name="answered_in_round"),
        CheckConstraint(
            "adopted IS NULL OR adopted <> 'no' OR reason_sealed IS NOT NULL",
            name="refused_with_reason",
        ),
    )

    suggestion_id: Mapped[UUID] = mapped_column(sa.ForeignKey("suggestion.id"))
    number: Mapped[int]
    text_sealed: Mapped[bytes]
    measure_sealed: Mapped[bytes | None]
    owner_sealed: Mapped[bytes | None]
    reason_sealed: Mapped[bytes | None]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    adopted: Mapped[Adoption | None] = mapped_column(word(Adoption, "adopted"))
    answered_round: Mapped[int | None]
    answered_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]


class SuggestionRound(Identified):
    """One round: what was owed by when, who drafted and approved the reply, how it went out.

    A later round began because the issuer sent the reply back, for a reason. `reply_sealed` is the
    reply as it was approved; an answer written afterwards takes the approval back. A date that the
    letter or the issuer states is `stated_due_on`; `due_on` is what the reply was measured by.
    """

    __tablename__ = "suggestion_round"
    __table_args__ = (
        UniqueConstraint("suggestion_id", "round"),
        CheckConstraint("(round = 1) = (reason_sealed IS NULL)", name="sent_back_for_a_reason"),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by_whom"),
        CheckConstraint(
            "(approved_at IS NULL) = (reply_sealed IS NULL)", name="approved_as_it_reads"
        ),
        CheckConstraint("(dispatched_on IS NULL) = (dispatched_by IS NULL)", name="sent_by_whom"),
        CheckConstraint("(dispatched_on IS NULL) = (method IS NULL)", name="sent_how"),
        CheckConstraint("(dispatched_on IS NULL) = (dispatched_at IS NULL)", name="sent_when"),
        CheckConstraint(
            "dispatched_on IS NULL OR approved_at IS NOT NULL", name="sent_as_approved"
        ),
        CheckConstraint("dispatched_on >= received_on", name="sent_not_before_received"),
        CheckConstraint("confirmed_on >= received_on", name="confirmed_not_before_received"),
    )

    suggestion_id: Mapped[UUID] = mapped_column(sa.ForeignKey("suggestion.id"))
    round: Mapped[int]
    received_on: Mapped[date]
    stated_due_on: Mapped[date | None]
    confirmed_on: Mapped[date | None]
    due_on: Mapped[date | None]
    reason_sealed: Mapped[bytes | None]
    reply_sealed: Mapped[bytes | None]
    approved_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    dispatched_on: Mapped[date | None]
    dispatched_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    dispatched_at: Mapped[datetime | None]
    method: Mapped[str | None] = mapped_column(sa.String(40))
    document_number: Mapped[str | None] = mapped_column(sa.String(60))


class SuggestionObjection(Identified):
    """An objection 异议 to a letter, and what its issuer decided; upheld, the letter is over."""

    __tablename__ = "suggestion_objection"
    __table_args__ = (
        CheckConstraint("(decided_on IS NULL) = (upheld IS NULL)", name="decided_how"),
        CheckConstraint("(decided_on IS NULL) = (decided_by IS NULL)", name="decided_by_whom"),
        Index("ix_suggestion_objection_suggestion", "suggestion_id", "raised_at", "id"),
        Index(
            "uq_suggestion_objection_open",
            "suggestion_id",
            unique=True,
            postgresql_where=sa.text("decided_on IS NULL"),
            sqlite_where=sa.text("decided_on IS NULL"),
        ),
    )

    suggestion_id: Mapped[UUID] = mapped_column(sa.ForeignKey("suggestion.id"))
    round: Mapped[int]
    reason_sealed: Mapped[bytes]
    raised_on: Mapped[date]
    raised_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    raised_at: Mapped[datetime]
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    upheld: Mapped[bool | None]
    words_sealed: Mapped[bytes | None]


class SuggestionLook(Identified):
    """A look back 回头看: whether what was promised stands, some time after it was accepted."""

    __tablename__ = "suggestion_look"
    __table_args__ = (Index("ix_suggestion_look_suggestion", "suggestion_id", "looked_on", "id"),)

    suggestion_id: Mapped[UUID] = mapped_column(sa.ForeignKey("suggestion.id"))
    looked_on: Mapped[date]
    holds: Mapped[bool]
    words_sealed: Mapped[bytes]
    looked_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


class SuggestionFile(Identified):
    """A file of a letter: its original, the proof of a demand, of a dispatch, a receipt.

    The bytes lie sealed in the store of attachments under `stored_as`; `size` (bytes) and `sha256`
    are those of the file as it came.
    """

    __tablename__ = "suggestion_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="has_content"),
        Index("ix_suggestion_file_suggestion", "suggestion_id", "uploaded_at", "id"),
    )

    suggestion_id: Mapped[UUID] = mapped_column(sa.ForeignKey("suggestion.id"))
    paper: Mapped[SuggestionPaper] = mapped_column(word(SuggestionPaper, "paper"))
    demand: Mapped[int | None]
    round: Mapped[int]
    name_sealed: Mapped[bytes]
    media: Mapped[Media] = mapped_column(word(Media, "media"))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    stored_as: Mapped[UUID] = mapped_column(unique=True)
    uploaded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
