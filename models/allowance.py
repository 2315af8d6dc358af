"""Allowances 限次: how often somebody did something that is limited, in one stretch of time."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Allowance(Base):
    """A counter raised before the thing is done, so that parallel tries cannot exceed it.

    `subject` is a keyed hash (of an address, a user, a number): it says nothing without the key.
    """

    __tablename__ = "allowance"

    kind: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    subject: Mapped[bytes] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    used: Mapped[int]
