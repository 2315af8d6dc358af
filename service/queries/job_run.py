"""Look at the jobs 作业: what ran, what is late or failing, what waits in the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from config.vocabulary import OutboxState
from models import HeldMessage, JobRun, OutboxMessage, db
from models.job_run import JobState

GRACE: Final = timedelta(minutes=10)


class Standing(StrEnum):
    """How one job stands."""

    FINE = "fine"
    LATE = "late"  # nobody looked when it was time: no worker runs
    FAILED = "failed"  # the last try failed


@dataclass(frozen=True, slots=True)
class History:
    """The recorded periods of one job, and when the oldest was due."""

    periods: frozenset[str]
    first_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobHealth:
    """One job for who watches; `skipped` periods wait for a person."""

    job: str
    standing: Standing
    looked_at: datetime
    expected_at: datetime
    summary: str
    error: str | None
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """Messages by what became of them; `waiting_since` is the oldest still to be sent.

    `held` ones wait for a person, since a restore.
    """

    waiting: int
    dead: int
    maybe_duplicate: int
    held: int
    waiting_since: datetime | None


def history(job: str) -> History:
    """What is recorded of one job."""
    rows = db.session.execute(sa.select(JobRun.period, JobRun.due_at).where(JobRun.job == job))
    found = rows.all()
    first_at = min((due_at for _, due_at in found), default=None)
    return History(frozenset(period for period, _ in found), first_at)


def health(now: datetime) -> list[JobHealth]:
    """Every job a worker ever looked at; empty means that no worker ever ran."""
    return [_health(state, now) for state in db.session.scalars(sa.select(JobState))]


def outbox() -> OutboxHealth:
    """How the outbox stands."""
    held = sa.exists().where(HeldMessage.outbox_id == OutboxMessage.id)
    waiting = OutboxMessage.state.in_((OutboxState.NEW, OutboxState.SENDING)) & ~held
    row = db.session.execute(
        sa.select(
            sa.func.count(sa.case((waiting, 1))),
            sa.func.count(sa.case((OutboxMessage.state == OutboxState.DEAD, 1))),
            sa.func.count(sa.case((OutboxMessage.maybe_duplicate, 1))),
            sa.select(sa.func.count()).select_from(HeldMessage).scalar_subquery(),
            sa.func.min(sa.case((waiting, OutboxMessage.queued_at))),
        )
    ).one()
    return OutboxHealth(*row)


def _health(state: JobState, now: datetime) -> JobHealth:
    standing = Standing.FINE
    if state.failed_at is not None:
        standing = Standing.FAILED
    elif state.expected_at + GRACE < now:
        standing = Standing.LATE
    skipped = db.session.scalars(
        sa.select(JobRun.period)
        .where(JobRun.job == state.job, JobRun.skipped)
        .order_by(JobRun.due_at)
    )
    return JobHealth(
        state.job,
        standing,
        state.looked_at,
        state.expected_at,
        state.summary,
        state.error,
        tuple(skipped),
    )
