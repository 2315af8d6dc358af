"""Grants 授权: changes of what somebody may do that wait for a second person."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class Grant(Identified):
    """Roles and unit an account is to have, asked for by one person and decided by another.

    `asked_by` never decides, nor does the one it is about. Undecided ones wait.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_whom"),
        CheckConstraint("(decided_by IS NULL) = (agreed IS NULL)", name="decided_how"),
        CheckConstraint("decided_by <> asked_by", name="second_person"),
        CheckConstraint("decided_by <> user_id OR agreed = false", name="nobody_grants_themselves"),
        Index("ix_role_grant_waiting", "decided_at", "asked_at"),
    )

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    roles: Mapped[list[str]]
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    asked_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
