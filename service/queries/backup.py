"""Look at backups 备份: which were made, how the drill went, what mail is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from config.policy import BackupPolicy
from config.vocabulary import BackupKind
from models import BackupRun, HeldMessage, OutboxMessage, Restoration, User, db, wall
from service.desk import Desk
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules.backup import BackupNews


class BackupStanding(StrEnum):
    """How far one backup has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BackupView:
    """One backup; `verified_at` when it was restored and compared."""

    id: UUID
    kind: BackupKind
    standing: BackupStanding
    asked_at: datetime
    asked_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    file: str | None
    size: int | None
    rows: int | None
    verified_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class HeldView:
    """A message that waits for a person; `subject` as its reader would see it."""

    id: UUID
    recipient: str
    kind: str
    queued_at: datetime
    held_at: datetime


# whoever may enter a role of the second wall works for the service; SQLite has no connections
_OTHERS: Final = sa.text(
    """
    SELECT count(*) FROM pg_stat_activity a
    JOIN pg_roles r ON r.oid = a.usesysid AND NOT r.rolsuper
    JOIN pg_roles w ON w.rolname = :role AND pg_has_role(r.oid, w.oid, 'MEMBER')
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
    """
).bindparams(role=wall.SEEING)


def others_connected() -> int:
    """How many connections of the service there are besides this one."""
    if db.engine.dialect.name != "postgresql":
        return 0
    return db.session.scalar(_OTHERS) or 0


def is_open(policy: BackupPolicy, now: datetime) -> sa.ColumnElement[bool]:
    """Whether a run may be taken: never started, its worker died, or failed a while ago."""
    never = BackupRun.started_at.is_(None)
    died = BackupRun.ended_at.is_(None) & (BackupRun.lease_until <= now)
    failed = BackupRun.error.is_not(None) & (BackupRun.ended_at <= now - policy.pause)
    again = failed & (BackupRun.kind != BackupKind.ASKED)
    return never & BackupRun.ended_at.is_(None) | died | again


def is_settled(kind: BackupKind, period: str, *, desk: Desk, now: datetime) -> bool:
    """Whether nobody need take up this period now."""
    found = db.session.scalar(
        sa.select(is_open(desk.policy.backup, now)).where(
            BackupRun.kind == kind, BackupRun.period == period
        )
    )
    db.session.rollback()
    return found is not None and not found


def asked_period(*, now: datetime) -> str | None:
    """The oldest backup somebody asked for and nobody makes."""
    free = BackupRun.started_at.is_(None) | (BackupRun.lease_until <= now)
    found = db.session.scalar(
        sa.select(BackupRun.period)
        .where(BackupRun.kind == BackupKind.ASKED, BackupRun.ended_at.is_(None), free)
        .order_by(BackupRun.asked_at)
        .limit(1)
    )
    db.session.rollback()
    return found


def news() -> BackupNews:
    """The newest backup of any kind, and the last drill that ended."""
    made = sa.select(sa.func.max(BackupRun.ended_at)).where(BackupRun.path.is_not(None))
    drill = db.session.execute(
        sa.select(BackupRun.ended_at, BackupRun.verified_at)
        .where(BackupRun.kind == BackupKind.DRILL, BackupRun.ended_at.is_not(None))
        .order_by(BackupRun.ended_at.desc())
        .limit(1)
    ).first()
    drilled_at, verified_at = drill or (None, None)
    return BackupNews(db.session.scalar(made), drilled_at, verified_at is not None)


def page(*, now: datetime, limit: int = 25, cursor: str | None = None) -> Page[BackupView]:
    """Backups, newest first."""
    keys = (BackupRun.asked_at, BackupRun.id)
    asked = (
        sa.select(BackupRun, User.name)
        .outerjoin(User, User.id == BackupRun.asked_by)
        .order_by(*(key.desc() for key in keys))
    )
    if cursor:
        asked = asked.where(beyond(keys, read_cursor(cursor, as_instant, as_id), descending=True))
    found = db.session.execute(asked.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1][0]
        following = encode_cursor([last.asked_at.isoformat(), str(last.id)])
    return Page([_view(run, name, now) for run, name in found[:limit]], following)


def held() -> Sequence[HeldView]:
    """Every held message, the oldest promise first."""
    rows = db.session.execute(
        sa.select(
            HeldMessage.outbox_id,
            OutboxMessage.recipient,
            OutboxMessage.dedupe_key,
            OutboxMessage.queued_at,
            HeldMessage.held_at,
        )
        .join(OutboxMessage, OutboxMessage.id == HeldMessage.outbox_id)
        .order_by(OutboxMessage.queued_at, OutboxMessage.id)
    )
    return [
        HeldView(key, recipient, dedupe.partition(":")[0], queued_at, held_at)
        for key, recipient, dedupe, queued_at, held_at in rows
    ]


def last_restoration() -> Restoration | None:
    """The newest restore of this deployment, if there ever was one."""
    return db.session.scalar(
        sa.select(Restoration).order_by(Restoration.restored_at.desc()).limit(1)
    )


def is_doubtful(due_on: date, desk: Desk) -> bool:
    """Whether what was due that day may have been done in a time that a restore took away."""
    rows = db.session.execute(sa.select(Restoration.cut_off, Restoration.restored_at))
    return any(desk.today(cut_off) <= due_on <= desk.today(at) for cut_off, at in rows)


def _view(run: BackupRun, asked_by: str | None, now: datetime) -> BackupView:
    return BackupView(
        run.id,
        run.kind,
        _standing(run, now),
        run.asked_at,
        asked_by,
        run.started_at,
        run.ended_at,
        run.path,
        run.size,
        run.row_count,
        run.verified_at,
        run.error,
    )


def _standing(run: BackupRun, now: datetime) -> BackupStanding:
    if run.ended_at is not None:
        return BackupStanding.FAILED if run.error else BackupStanding.DONE
    if run.lease_until is not None and run.lease_until > now:
        return BackupStanding.RUNNING
    return BackupStanding.WAITING
