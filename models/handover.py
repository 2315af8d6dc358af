"""Handovers 移交: every move of a dispute to a unit, how it was sent and how it was answered."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import Channel, HandoverConsent, HandoverKind, HandoverState
from models import wall
from models.base import Identified, one_of, word

_OPEN = one_of("state", HandoverState.OPEN)
_DISPATCH = one_of("kind", HandoverKind.DISPATCH)
_HANDED_OVER = "kind <> 'dispatch'"  # beside the dispatches of the centre they are few


class Handover(Identified):
    """One move of one dispute from a unit to a unit: a dispatch 分流, or a handover 移交.

    `from_channel` is None for a dispatch: the centre mediates nothing. `ordinal` counts the moves
    of a dispute, `episode` says during which handling. `due_at` is by when it has to be answered;
    None is one from before there were such terms, whose term begins when the job first looks at it
    (`look_at`, None once it is answered). `accepted_at` stays where it was accepted and returned
    later. `times_back` is how often the dispute had come back by its answer, this one included;
    `to_director` says that the director decides where it goes next. `consent_parties` are ids.
    Everything in free words is sealed with the dispute's key.
    """

    __tablename__ = "handover"
    __table_args__ = (
        UniqueConstraint("dispute_id", "ordinal"),
        CheckConstraint("ordinal >= 1", name="ordinal_positive"),
        CheckConstraint(f"({_OPEN}) = (answered_at IS NULL)", name="answered_iff_not_open"),
        CheckConstraint(f"({_OPEN}) OR look_at IS NULL", name="answered_waits_for_nothing"),
        CheckConstraint(f"({_DISPATCH}) = (from_channel IS NULL)", name="dispatch_from_none"),
        CheckConstraint(f"({_DISPATCH}) = (consent IS NULL)", name="consent_iff_handed_over"),
        CheckConstraint(
            f"({_DISPATCH}) OR from_organisation_id <> to_organisation_id", name="not_to_oneself"
        ),
        CheckConstraint(
            f"return_code IS NULL OR {one_of('state', HandoverState.RETURNED)}",
            name="code_only_if_returned",
        ),
        Index(
            "uq_handover_open",
            "dispute_id",
            unique=True,
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
        Index(
            "ix_handover_look",
            "look_at",
            postgresql_where=sa.text("look_at IS NOT NULL"),
            sqlite_where=sa.text("look_at IS NOT NULL"),
        ),
        *(
            Index(
                f"ix_handover_{name}",
                *columns,
                postgresql_where=sa.text(_HANDED_OVER),
                sqlite_where=sa.text(_HANDED_OVER),
            )
            for name, columns in (
                ("newest", ("sent_at", "id")),
                ("from_newest", ("from_organisation_id", "sent_at", "id")),
                ("to_newest", ("to_organisation_id", "sent_at", "id")),
                ("flow", ("sent_on", "from_channel", "to_channel")),
            )
        ),
        Index(
            "ix_handover_open_at",
            "to_organisation_id",
            "sent_at",
            "id",
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
        Index(
            "ix_handover_to_director",
            "answered_at",
            "id",
            postgresql_where=sa.text("to_director"),
            sqlite_where=sa.text("to_director"),
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"))
    ordinal: Mapped[int]
    episode: Mapped[int]
    kind: Mapped[HandoverKind] = mapped_column(word(HandoverKind, "kind"))
    state: Mapped[HandoverState] = mapped_column(word(HandoverState, "state"))
    from_organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    to_organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    from_channel: Mapped[Channel | None] = mapped_column(word(Channel, "from_channel"))
    to_channel: Mapped[Channel] = mapped_column(word(Channel, "to_channel"))
    sent_at: Mapped[datetime]
    sent_on: Mapped[date]
    sent_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    due_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    consent: Mapped[HandoverConsent | None] = mapped_column(word(HandoverConsent, "consent"))
    consent_on: Mapped[date | None]
    consent_parties: Mapped[list[str] | None]
    ground_sealed: Mapped[bytes | None]
    papers_sealed: Mapped[bytes | None]
    risk_sealed: Mapped[bytes | None]
    reason_sealed: Mapped[bytes | None]
    accepted_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    return_code: Mapped[str | None] = mapped_column(sa.String(30))
    return_sealed: Mapped[bytes | None]
    times_back: Mapped[int] = mapped_column(default=0)
    to_director: Mapped[bool] = mapped_column(default=False)


for _name in ("handed", "incoming"):
    wall.made_with(Handover.__table__, _name)
