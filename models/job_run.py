"""Job runs 作业记录: the diary of what happened by itself, and how each job stands."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Identified


class JobRun(Identified):
    """One job in one period: the unique row is what makes it happen once on many workers.

    A period too old to be caught up is `skipped`: recorded for a person, without its effect.
    """

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "period"),)

    job: Mapped[str] = mapped_column(sa.String(60))
    period: Mapped[str] = mapped_column(sa.String(40))
    due_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime]
    skipped: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str] = mapped_column(sa.String(300))


class JobState(Base):
    """How one job stands, rewritten by every look of a worker.

    When `expected_at` passes and nobody looked again, no worker runs or the job keeps failing.
    """

    __tablename__ = "job_state"
    __table_args__ = (
        CheckConstraint("(failed_at IS NULL) = (error IS NULL)", name="error_iff_failed"),
    )

    job: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    looked_at: Mapped[datetime]
    expected_at: Mapped[datetime]
    summary: Mapped[str] = mapped_column(sa.String(300))
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(sa.String(300))
