"""Replays 规则回放: what a draft of the routing rules would have changed on stored disputes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class Replay(Identified):
    """One replay of a draft as it stood at `draft_version`, against the version `against`.

    Asked either of the `newest` so many disputes or of those registered in a range of days; both
    rulebooks are taken as of the day `as_of`. `result` names disputes by their ids only: what of
    them is shown is decided when somebody looks.
    """

    __tablename__ = "replay"
    __table_args__ = (
        CheckConstraint(
            "(newest IS NULL) = (registered_from IS NOT NULL AND registered_to IS NOT NULL)",
            name="of_a_number_or_a_range",
        ),
    )

    rulebook_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rulebook_version.id"), index=True)
    draft_version: Mapped[int]
    against: Mapped[int]
    as_of: Mapped[date]
    newest: Mapped[int | None]
    registered_from: Mapped[date | None]
    registered_to: Mapped[date | None]
    compared: Mapped[int]
    changed: Mapped[int]
    result: Mapped[dict[str, Any]]
    made_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
