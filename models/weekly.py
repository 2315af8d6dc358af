"""Weekly letters 周报, frozen when published, and who gets them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.weekly import Letter
from models.base import Identified, word
from models.user import User


class WeeklyReport(Identified):
    """One published week. `body` never changes; `sha256` is over its canonical JSON."""

    __tablename__ = "weekly_report"
    __table_args__ = (UniqueConstraint("week", "revision"),)

    week: Mapped[str] = mapped_column(sa.String(8))
    revision: Mapped[int] = mapped_column(default=1)
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    cut_off: Mapped[datetime]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))


class Subscription(Identified):
    """A leader's standing order for one kind of Monday's letters."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("user_id", "kind"),)

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    kind: Mapped[Letter] = mapped_column(word(Letter, "kind"), default=Letter.WEEK)
    email: Mapped[str] = mapped_column(sa.String(200))
    active: Mapped[bool] = mapped_column(default=True)

    user: Mapped[User] = relationship()
