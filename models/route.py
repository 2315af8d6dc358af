"""Routes 分流: what the rules answered for a dispute, and what a person chose instead."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import Acceptance, Channel, OrganisationKind
from models.base import Identified, word


class Route(Identified):
    """One answer of the rules, kept with rule, version, facts and reasons.

    `chosen_kind` differs from `lead` only with a reason 改派理由.
    """

    __tablename__ = "route"
    __table_args__ = (
        CheckConstraint(
            "chosen_kind IS NULL OR chosen_kind = lead OR override_reason IS NOT NULL",
            name="reason_if_overridden",
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    routed_at: Mapped[datetime]
    rule_id: Mapped[str] = mapped_column(sa.String(60), index=True)
    rule_version: Mapped[str] = mapped_column(sa.String(30))
    accept: Mapped[Acceptance] = mapped_column(word(Acceptance, "accept"))
    channel: Mapped[Channel] = mapped_column(word(Channel, "channel"))
    lead: Mapped[OrganisationKind | None] = mapped_column(word(OrganisationKind, "lead"))
    request: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any]]
    chosen_kind: Mapped[OrganisationKind | None] = mapped_column(
        word(OrganisationKind, "chosen_kind")
    )
    chosen_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    override_reason: Mapped[str | None] = mapped_column(sa.String(500))
