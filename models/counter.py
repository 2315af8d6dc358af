"""Counters 编号计数: the last number given out in one series and year."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Counter(Base):
    """The last number of a series in a year; taken in the transaction that uses it, so no gaps."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(default=0)
