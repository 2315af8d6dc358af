"""Bases 处理依据: on what the personal data of a dispute is processed."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import BasisGround, ConsentForm
from models.base import Identified, word


class Basis(Identified):
    """One basis of a dispute: the statutory duty it was registered under, or somebody's consent.

    `code` and `version` name the statutory duty in `privacy.toml` as it stood then. A consent says
    of whom (`party_id`, None: everybody), for a child by which guardian (`given_by_id`), for what
    (sealed with the dispute's key), how and when. Who withdraws it keeps what was done until then.
    """

    __tablename__ = "basis"
    __table_args__ = (
        CheckConstraint("(ground = 'statutory') = (code IS NOT NULL)", name="code_iff_statutory"),
        CheckConstraint("ground = 'statutory' OR obtained_on IS NOT NULL", name="consent_is_dated"),
        CheckConstraint("ground = 'statutory' OR form IS NOT NULL", name="consent_has_its_form"),
        CheckConstraint("ground = 'guardian' OR given_by_id IS NULL", name="guardian_speaks"),
        CheckConstraint("withdrawn_on >= obtained_on", name="withdrawn_after_obtained"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    ground: Mapped[BasisGround] = mapped_column(word(BasisGround, "ground"))
    code: Mapped[str | None] = mapped_column(sa.String(40))
    version: Mapped[int]
    party_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("party.id", ondelete="CASCADE"), index=True
    )
    given_by_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("party.id", ondelete="CASCADE"), index=True
    )
    form: Mapped[ConsentForm | None] = mapped_column(word(ConsentForm, "form"))
    scope_sealed: Mapped[bytes | None]
    obtained_on: Mapped[date | None]
    recorded_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    withdrawn_on: Mapped[date | None]
    withdrawal_sealed: Mapped[bytes | None]
