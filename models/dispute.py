"""Disputes 纠纷: what came in, where it stands, how it ended."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.vocabulary import Channel, Danger, DisputeStatus, Level, Outcome, Source
from models.base import Identified, one_of, sorted_text, word
from models.organisation import Organisation
from models.party import Party
from models.user import User

S = DisputeStatus
_ENDED = one_of("status", S.CLOSED, S.ARCHIVED)
_AT_A_UNIT = one_of("status", S.DISPATCHED, S.ACCEPTED, S.MEDIATING, S.AGREED)
_TAKEN_ON = one_of("status", S.ACCEPTED, S.MEDIATING, S.AGREED)
_IN_MEDIATION = one_of("status", S.MEDIATING, S.AGREED)
OPEN = (S.REGISTERED, S.DISPATCHED, S.ACCEPTED, S.MEDIATING, S.AGREED)
DANGEROUS = (Danger.UNASKED, Danger.PRESENT)
_OPEN = one_of("status", *OPEN)
# what must be gone once a dispute is erased 销毁; a restricted story is sealed with the new key
_BLANK = (
    "(narrative IS NULL OR narrative = '') AND place_sealed IS NULL AND remark_sealed IS NULL "
    "AND source_reference IS NULL AND interpreter IS NULL AND mediator_text IS NULL "
    "AND platform_index IS NULL AND fingerprint IS NULL AND indexed_sealed IS NULL"
)
_WAITING = "status = 'dispatched' AND mediator_id IS NULL"
_IN_DANGER = f"{one_of('danger', *DANGEROUS)} AND {_OPEN}"


class Dispute(Identified):
    """One dispute.

    Personal fields are sealed with the dispute's own key (`sealed_key`, itself sealed with the
    data key). A restricted dispute 受限 seals its narrative too. `amount_fen` is money in 分.
    `first_dispatched_at` stays when the dispute comes back: from then on it is no longer its
    registrar's own. `due_on` is the promise of the running term, stored with its rule; lateness
    is never stored. `due_paused`: that term is paused 中止, its date is no promise meanwhile.
    `remedy_on` is the next day on which a period of the parties' own 救济期限 runs out; `next_on`
    is the earlier of the two.
    `danger` is what the rules made of the facts and the story when they were last asked.
    `platform_index` is the keyed hash of a platform's own number: the same one comes in once.
    `indexed_sealed` is what its hash was made of, where the row may tell something else by now:
    the fingerprint of an imported row, the number of a platform.
    Once `erased_at` is set, what was personal is gone, its key too; another key is in its place.
    `merged_into_id` is the dispute that remained when this one was merged 并案: it ended with that,
    is counted nowhere, and its number leads there.
    Rows of an imported ledger may lack a known unit or mediator: the words of the sheet are kept.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint(f"({_ENDED}) = (outcome IS NOT NULL)", name="outcome_iff_closed"),
        CheckConstraint(f"({_ENDED}) = (closed_on IS NOT NULL)", name="closed_on_iff_closed"),
        CheckConstraint("closed_on >= registered_on", name="closed_not_before_registered"),
        CheckConstraint("accepted_on >= registered_on", name="accepted_not_before_registered"),
        CheckConstraint(
            f"NOT ({_AT_A_UNIT}) OR organisation_id IS NOT NULL OR batch_id IS NOT NULL",
            name="unit_if_handed_over",
        ),
        CheckConstraint(
            f"NOT ({_TAKEN_ON}) OR accepted_on IS NOT NULL", name="accepted_on_if_taken_on"
        ),
        CheckConstraint(
            f"NOT ({_IN_MEDIATION}) OR mediator_id IS NOT NULL OR batch_id IS NOT NULL",
            name="mediator_if_in_mediation",
        ),
        CheckConstraint("restricted = (narrative IS NULL)", name="narrative_clear_iff_open"),
        CheckConstraint(
            "restricted = (narrative_sealed IS NOT NULL)", name="narrative_sealed_iff_restricted"
        ),
        CheckConstraint("(due_on IS NULL) = (due_rule IS NULL)", name="due_on_has_its_rule"),
        CheckConstraint("NOT due_paused OR due_on IS NOT NULL", name="paused_has_its_date"),
        CheckConstraint("(remedy_on IS NULL) = (remedy_rule IS NULL)", name="remedy_has_its_rule"),
        CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
        CheckConstraint("people_count >= 1", name="people_count_positive"),
        CheckConstraint(f"erased_at IS NULL OR ({_ENDED} AND {_BLANK})", name="erased_is_blank"),
        CheckConstraint(f"merged_into_id IS NULL OR {_ENDED}", name="merged_has_ended"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        Index("ix_dispute_newest", "registered_at", "id"),
        Index("ix_dispute_status_newest", "status", "registered_at", "id"),
        Index("ix_dispute_organisation_newest", "organisation_id", "registered_at", "id"),
        Index("ix_dispute_mediator_newest", "mediator_id", "registered_at", "id"),
        Index("ix_dispute_registrar_newest", "registered_by", "registered_at", "id"),
        Index("ix_dispute_category_newest", "category", "registered_at", "id"),
        Index("ix_dispute_due", "due_on", "id"),
        Index("ix_dispute_next", "next_on", "id"),
        Index(
            "ix_dispute_to_forget",
            "outcome",
            "closed_on",
            "id",
            postgresql_where=sa.text("erased_at IS NULL"),
            sqlite_where=sa.text("erased_at IS NULL"),
        ),
        Index(
            "ix_dispute_registering_organisation_newest",
            "registered_at_organisation_id",
            "registered_at",
            "id",
        ),
        Index(
            "ix_dispute_in_danger",
            "danger",
            "registered_at",
            "id",
            postgresql_where=sa.text(_IN_DANGER),
            sqlite_where=sa.text(_IN_DANGER),
        ),
        Index(
            "ix_dispute_merged_into",
            "merged_into_id",
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "ix_dispute_open_at_organisation",
            "organisation_id",
            "status",
            postgresql_where=sa.text(_OPEN),
            sqlite_where=sa.text(_OPEN),
        ),
        Index(
            "ix_dispute_waiting",
            "organisation_id",
            "registered_at",
            "id",
            postgresql_where=sa.text(_WAITING),
            sqlite_where=sa.text(_WAITING),
        ),
    )

    number: Mapped[str] = mapped_column(sorted_text(40), unique=True)
    code_sealed: Mapped[bytes]
    sealed_key: Mapped[bytes]

    registered_at: Mapped[datetime]
    registered_on: Mapped[date] = mapped_column(index=True)
    registered_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    registered_at_organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    source: Mapped[Source] = mapped_column(word(Source, "source"))
    source_reference: Mapped[str | None] = mapped_column(sa.String(100))

    category: Mapped[str] = mapped_column(sa.String(40))
    narrative: Mapped[str | None] = mapped_column(sa.Text)
    narrative_sealed: Mapped[bytes | None]
    village: Mapped[str | None] = mapped_column(sa.String(60), index=True)
    place_sealed: Mapped[bytes | None]
    occurred_on: Mapped[date | None]
    amount_fen: Mapped[int | None] = mapped_column(sa.BigInteger)
    people_count: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    restricted: Mapped[bool] = mapped_column(default=False)
    visit_group: Mapped[UUID | None] = mapped_column(index=True)
    interpreter: Mapped[str | None] = mapped_column(sa.String(80))
    platform_index: Mapped[bytes | None] = mapped_column(unique=True)

    status: Mapped[DisputeStatus] = mapped_column(
        word(DisputeStatus, "status"), default=DisputeStatus.REGISTERED
    )
    outcome: Mapped[Outcome | None] = mapped_column(word(Outcome, "outcome"))
    channel: Mapped[Channel] = mapped_column(word(Channel, "channel"))
    level: Mapped[Level] = mapped_column(word(Level, "level"), default=Level.NONE)
    danger: Mapped[Danger] = mapped_column(word(Danger, "danger"), default=Danger.NONE)
    organisation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    mediator_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    first_dispatched_at: Mapped[datetime | None]
    accepted_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_rule: Mapped[str | None] = mapped_column(sa.String(30))
    due_provisional: Mapped[bool] = mapped_column(default=False)
    due_paused: Mapped[bool] = mapped_column(default=False)
    remedy_on: Mapped[date | None]
    remedy_rule: Mapped[str | None] = mapped_column(sa.String(30))
    next_on: Mapped[date | None]
    guided_to: Mapped[list[str] | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"))

    batch_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("ledger_batch.id"), index=True)
    office_text: Mapped[str | None] = mapped_column(sa.String(100))
    mediator_text: Mapped[str | None] = mapped_column(sa.String(80))
    remark_sealed: Mapped[bytes | None]
    fingerprint: Mapped[bytes | None] = mapped_column(index=True)
    indexed_sealed: Mapped[bytes | None]
    erased_at: Mapped[datetime | None]

    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it

    organisation: Mapped[Organisation | None] = relationship(foreign_keys=[organisation_id])
    registrar: Mapped[User | None] = relationship(foreign_keys=[registered_by])
    mediator: Mapped[User | None] = relationship(foreign_keys=[mediator_id])
    parties: Mapped[list[Party]] = relationship(order_by=Party.position)
