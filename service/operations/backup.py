"""Backups 备份 as they are made: once in a period on many workers, asked for, kept, forgotten."""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from config.policy import BackupPolicy
from config.vocabulary import BackupKind, OutboxState
from models import BackupRun, HeldMessage, OutboxMessage, insert, transaction
from service.desk import Desk
from service.errors import Conflict, NotFound, Refusal
from service.operations import archive
from service.operations.archive import Vault, Written
from service.operations.event import record
from service.operations.restore import verify
from service.queries import backup as queries
from service.queries.canonical import SUBJECT
from service.rules import access
from service.rules.access import Actor

Clock = Callable[[], datetime]
SUFFIX: Final = ".backup"
DISCARDED: Final = "恢复后作废，未发送"
OUTSIDE: Final = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额不足",
    errno.EACCES: "没有写入权限",
    errno.EROFS: "磁盘只读",
    errno.EIO: "磁盘读写出错",
}
ERROR_LENGTH: Final = 300


@dataclass(frozen=True, slots=True)
class Claim:
    """One backup in our hands."""

    id: UUID
    kind: BackupKind
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and whether it was proven by restoring it."""

    written: Written
    proven: bool


class BackupFailed(Exception):
    """A backup could not be made or proven; the run says why."""


def create(path: Path, *, vault: Vault, desk: Desk, now: datetime) -> Written:
    """Make an archive at `path` by command and tell the trail; Conflict when the file is there."""
    written = archive.write(path, vault=vault, keyring=desk.keyring, now=now)
    with transaction() as session:
        _tell(session, uuid4(), "create", written, now=now)
    return written


def note_export(*, now: datetime) -> None:
    """Tell the trail that somebody takes out everything in clear."""
    with transaction() as session:
        record(session, uuid4(), subject=SUBJECT, action="export", actor=None, now=now)


def ask(*, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Let a worker make a backup as soon as it can; Conflict while one is waiting or running."""
    access.require(actor, "backup.run", desk.policy.access)
    with transaction() as session:
        asked = sa.select(BackupRun.id).where(
            BackupRun.kind == BackupKind.ASKED, BackupRun.ended_at.is_(None)
        )
        if session.scalar(asked.limit(1)) is not None:
            raise Conflict("已经有一次备份在等待或进行中")
        run_id = uuid4()
        session.add(
            BackupRun(
                id=run_id,
                kind=BackupKind.ASKED,
                period=now.isoformat(),
                asked_by=actor.user_id,
                asked_at=now,
            )
        )
        record(session, run_id, subject=SUBJECT, action="ask", actor=actor, now=now)
    return run_id


def make_due(
    kind: BackupKind, due_at: datetime, *, vault: Vault, desk: Desk, clock: Clock
) -> Made | None:
    """Make the backup that was due at `due_at`, unless it is made or being made.

    Raises BackupFailed; a failed one is tried again after a pause.
    """
    period = due_at.astimezone(desk.zone).date().isoformat()
    if queries.is_settled(kind, period, desk=desk, now=clock()):
        return None
    with transaction() as session:
        session.execute(
            insert(session, BackupRun)
            .values(id=uuid4(), kind=kind, period=period, asked_at=clock())
            .on_conflict_do_nothing(index_elements=[BackupRun.kind, BackupRun.period])
        )
    return _make(kind, period, vault=vault, desk=desk, clock=clock)


def make_asked(*, vault: Vault, desk: Desk, clock: Clock) -> Made | None:
    """Make the backup somebody asked for, if there is one to make; raises BackupFailed."""
    period = queries.asked_period(now=clock())
    if period is None:
        return None
    return _make(BackupKind.ASKED, period, vault=vault, desk=desk, clock=clock)


def release(outbox_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Let a held message go out after all; NotFound when it is not held."""
    fresh = {"next_attempt_at": now, "give_up_at": now + desk.policy.outbox.give_up}
    values = {"state": OutboxState.NEW, "lease_until": None, **fresh}
    _decide(outbox_id, "release", values, actor=actor, desk=desk, now=now)


def discard(outbox_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Never send a held message; NotFound when it is not held."""
    values = {"state": OutboxState.DEAD, "lease_until": None, "last_error": DISCARDED}
    _decide(outbox_id, "discard", values, actor=actor, desk=desk, now=now)


def _decide(
    outbox_id: UUID,
    action: str,
    values: dict[str, Any],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    access.require(actor, "backup.run", desk.policy.access)
    with transaction() as session:
        held = session.get(HeldMessage, outbox_id, with_for_update=True)
        if held is None:
            raise NotFound("没有找到这封暂扣的邮件")
        session.delete(held)
        session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.id == outbox_id)
            .values(values)
            .execution_options(synchronize_session=False)
        )
        record(session, outbox_id, subject="mail", action=action, actor=actor, now=now)


def _make(kind: BackupKind, period: str, *, vault: Vault, desk: Desk, clock: Clock) -> Made | None:
    claim = _claim(kind, period, desk.policy.backup, clock())
    if claim is None:
        return None
    name = f"{kind.value}-{claim.started_at.astimezone(desk.zone):%Y%m%d-%H%M%S}{SUFFIX}"
    path = vault.folder / name
    archive.sweep(vault, kind.value, claim.started_at - desk.policy.backup.lease)
    try:
        written = archive.write(path, vault=vault, keyring=desk.keyring, now=clock())
        _prove(path, kind, vault, desk)
    except (Refusal, OSError, SQLAlchemyError) as refusal:
        said = _said(refusal)
        _end(claim, clock(), error=said[:ERROR_LENGTH])
        raise BackupFailed(said) from refusal
    proven = kind is BackupKind.DRILL
    _end(claim, clock(), written=written, proven=proven)
    forget(kind, vault, desk.policy.backup)
    return Made(written, proven)


def _prove(path: Path, kind: BackupKind, vault: Vault, desk: Desk) -> None:
    """A drill restores it; every other backup is at least read back to its end."""
    if kind is BackupKind.DRILL:
        verify(path, vault=vault, keyring=desk.keyring, tell=lambda _: None)
    else:
        archive.read_manifest(path, vault.key)


def _said(refusal: Exception) -> str:
    if isinstance(refusal, Refusal):
        return refusal.detail
    if isinstance(refusal, OSError):
        return f"文件无法写入：{OUTSIDE.get(refusal.errno or 0, refusal.strerror)}"
    return f"数据库无法读取（{type(refusal).__name__}）"


def _claim(kind: BackupKind, period: str, policy: BackupPolicy, now: datetime) -> Claim | None:
    """Take the run for one lease, in one statement: nobody else has it or gets it."""
    with transaction() as session:
        run_id = session.scalar(
            sa.update(BackupRun)
            .where(
                BackupRun.kind == kind,
                BackupRun.period == period,
                queries.is_open(policy, now),
            )
            .values(
                started_at=now, lease_until=now + policy.lease, ended_at=None, error=None, path=None
            )
            .returning(BackupRun.id)
            .execution_options(synchronize_session=False)
        )
    return None if run_id is None else Claim(run_id, kind, now)


def _end(
    claim: Claim,
    now: datetime,
    *,
    written: Written | None = None,
    proven: bool = False,
    error: str | None = None,
) -> None:
    """Write down how it went, unless another worker has it meanwhile."""
    values: dict[str, Any] = {"ended_at": now, "lease_until": None, "error": error}
    if written is not None:
        values |= {
            "path": written.path.name,
            "size": written.size,
            "row_count": written.row_count,
            "verified_at": now if proven else None,
        }
    with transaction() as session:
        session.execute(
            sa.update(BackupRun)
            .where(BackupRun.id == claim.id, BackupRun.started_at == claim.started_at)
            .values(values)
            .execution_options(synchronize_session=False)
        )
        _tell(session, claim.id, claim.kind.value, written, now=now)


def _tell(
    session: Any, subject_id: UUID, action: str, written: Written | None, *, now: datetime
) -> None:
    done = {"done": written is not None}
    counted = {} if written is None else {"rows": written.row_count, "size": written.size}
    record(
        session,
        subject_id,
        subject=SUBJECT,
        action=action,
        actor=None,
        now=now,
        detail=done | counted,
    )


def forget(kind: BackupKind, vault: Vault, policy: BackupPolicy) -> list[str]:
    """Delete the oldest archives of a kind beyond what is kept; their names."""
    kept = {
        BackupKind.DAILY: policy.daily_kept,
        BackupKind.DRILL: policy.drill_kept,
        BackupKind.ASKED: policy.asked_kept,
    }[kind]
    found = sorted(vault.folder.glob(f"{kind.value}-*{SUFFIX}"), reverse=True)
    for path in found[kept:]:
        path.unlink()
    return [path.name for path in found[kept:]]
