"""Shares 共享: what another organisation may see of a dispute, what for and how long."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import SharePurpose
from models import wall
from models.base import Identified, word


class Share(Identified):
    """One organisation that may see one dispute without leading it.

    It is no change of whose the dispute is. It is in force until it is ended or `until` comes; an
    ended one stays, as the record of to whom data was given (个人信息保护法 art. 23).
    """

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint("until > shared_at", name="until_after_shared"),
        Index("ix_share_organisation", "organisation_id", "dispute_id"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    purpose: Mapped[SharePurpose] = mapped_column(word(SharePurpose, "purpose"))
    basis: Mapped[str | None] = mapped_column(sa.String(200))
    shared_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    shared_at: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


wall.made_with(Share.__table__)
