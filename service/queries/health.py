"""Look at how the service itself is."""

from datetime import datetime

import sqlalchemy as sa

from config.vocabulary import OutboxState
from models import JobRun, OutboxMessage, db, migrate


def database() -> dict[str, bool]:
    """Whether the database answers and its schema is the one this code was written for."""
    db.session.execute(sa.select(1))
    return {"database": True, "schema": migrate.current(db.engine) == migrate.head()}


def gauges(now: datetime) -> dict[str, tuple[str, float]]:
    """Name -> (what it is, value) of what an operator watches."""
    waiting = db.session.scalar(
        sa.select(sa.func.count()).where(
            OutboxMessage.state.in_((OutboxState.NEW, OutboxState.SENDING))
        )
    )
    dead = db.session.scalar(
        sa.select(sa.func.count()).where(OutboxMessage.state == OutboxState.DEAD)
    )
    last = db.session.scalar(sa.select(sa.func.max(JobRun.finished_at)))
    age = (now - last).total_seconds() if last else float("nan")
    return {
        "outbox_waiting": ("messages promised and not yet sent", float(waiting or 0)),
        "outbox_dead": ("messages given up", float(dead or 0)),
        "job_last_finished_seconds": ("seconds since a job last finished", age),
    }
