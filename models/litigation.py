"""What the court counts of a month 诉源治理: first-instance cases of the town, told and entered."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Identified


class Litigation(Identified):
    """The counts of one month 当月; `month` is its first day, `source` says who told them.

    An entry that was wrong is written anew: the latest of a month stands, the others stay.
    """

    __tablename__ = "litigation"
    __table_args__ = (
        UniqueConstraint("month", "revision"),
        CheckConstraint(
            "civil >= 0 AND administrative >= 0 AND settled_before >= 0 AND turned_criminal >= 0",
            name="not_negative",
        ),
    )

    month: Mapped[date]
    revision: Mapped[int] = mapped_column(default=1)
    latest: Mapped[bool] = mapped_column(default=True)
    civil: Mapped[int]
    administrative: Mapped[int]
    settled_before: Mapped[int]
    turned_criminal: Mapped[int]
    source: Mapped[str] = mapped_column(sa.String(100))
    recorded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
