"""Look at how the service itself is."""

from datetime import datetime

import sqlalchemy as sa

from models import KeyCheck, db, migrate
from service.gateways.keyring import (
    DATA,
    INDEX,
    INDEX_PLACE,
    KEY_PLACE,
    KNOWN,
    CannotOpen,
    Keyring,
)
from service.queries import backup, job_run
from service.queries.job_run import Standing


def database(keyring: Keyring) -> dict[str, bool]:
    """Whether the database answers, has this code's schema, and was written under our key."""
    db.session.execute(sa.select(1))
    schema = migrate.current(db.engine) == migrate.head()
    return {"database": True, "schema": schema, "keys": schema and _opens(keyring)}


def _opens(keyring: Keyring) -> bool:
    kept = {each.name: each.sealed for each in db.session.scalars(sa.select(KeyCheck))}
    try:
        data = DATA not in kept or keyring.open(kept[DATA], KEY_PLACE) == KNOWN
        used = keyring.open(kept[INDEX], INDEX_PLACE).decode() if INDEX in kept else None
    except CannotOpen:
        return False
    return data and (used is None or used in keyring.index_ids)


def gauges(now: datetime) -> dict[str, tuple[str, float]]:
    """Name -> (what it is, value) of what an operator watches."""
    jobs, outbox = job_run.health(now), job_run.outbox()
    since = outbox.waiting_since
    waited = (now - since).total_seconds() if since else 0.0
    skipped = sum(len(job.skipped) for job in jobs)
    news = backup.news()
    drilled = news.drilled_at is not None
    unwell = [job for job in jobs if job.standing is not Standing.FINE]
    return {
        "outbox_waiting": ("messages promised and not yet sent", float(outbox.waiting)),
        "outbox_waiting_seconds": ("how long the oldest of them has waited", waited),
        "outbox_dead": ("messages given up", float(outbox.dead)),
        "outbox_held": ("messages that wait for a person since a restore", float(outbox.held)),
        "backup_age_seconds": (
            "since the newest backup; -1: there is none",
            _age(news.made_at, now),
        ),
        "drill_age_seconds": (
            "since the last drill; -1: there was none",
            _age(news.drilled_at, now),
        ),
        "drill_failed": ("1: the last drill failed", float(drilled and not news.drill_passed)),
        "jobs_seen": ("jobs a worker has looked at; 0: no worker ever ran", float(len(jobs))),
        "jobs_unwell": ("jobs that are late or failed", float(len(unwell))),
        "periods_skipped": ("periods too old to catch up", float(skipped)),
    }


def _age(then: datetime | None, now: datetime) -> float:
    return -1.0 if then is None else (now - then).total_seconds()
