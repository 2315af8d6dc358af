"""Bring an archive back: into a scratch place to prove it 恢复演练, or into a deployment 恢复."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from config.vocabulary import OutboxState
from models import (
    AuditEntry,
    AuditHead,
    BackupRun,
    Base,
    Consultation,
    Dispute,
    HeldMessage,
    OutboxMessage,
    Restoration,
    UserSession,
    db,
    insert,
    listen,
    migrate,
    transaction,
    wall,
)
from service.desk import Desk
from service.errors import Conflict
from service.gateways import anchor, presence
from service.gateways.keyring import Keyring
from service.operations import archive, base, forgetting
from service.operations.archive import Tell, Vault
from service.operations.event import record
from service.queries import audit_chain, sight
from service.queries import backup as queries
from service.queries.canonical import BATCH, PASSING, SUBJECT
from service.rules import audit
from service.rules.audit import Anchor, Head, Verdict
from service.rules.dispute import ENDED

# rows that a deployment nobody has used yet may have
UNUSED: Final = PASSING | {"audit_entry", "event", "job_run", "key_check"}
NOT_EMPTY: Final = "数据库或附件文件夹里已有数据：恢复只写入空的系统；确要替换，请加 --replace"
UNKNOWN: Final = "数据库的结构不是本系统的任何一个版本，不能替换"
UNFINISHED: Final = "备份时还没有完成"


@dataclass(frozen=True, slots=True)
class Proven:
    """An archive that was restored to a scratch place and is what it was."""

    cut_off: datetime
    tables: int
    rows: int
    files: int
    unopened: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back, and what it left for people to decide.

    `outlived` anchors tell of a trail that went on after the cut-off, and is gone; `forgotten`
    counts what the archive still knew and was forgotten once more.
    """

    cut_off: datetime
    rows: int
    files: int
    held: int
    outlived: int
    chain_fault: str | None
    forgotten: int = 0


def verify(path: Path, *, vault: Vault, keyring: Keyring, tell: Tell) -> Proven:
    """Restore the archive into a scratch database and compare every table and file.

    The scratch is SQLite, also for an archive from PostgreSQL: the canonical rows are the same.
    Raises Conflict, saying what differs.
    """
    manifest = archive.read_manifest(path, vault.key)
    with _scratch(vault.data_dir, manifest["revision"]) as engine:
        with engine.begin() as connection:
            hashes = archive.load(path, connection, vault=vault, files=None, tell=tell)
            archive.compare(connection, manifest, hashes, keyring=keyring)
        migrate.upgrade(engine)
        broken = _chain_fault(engine, vault)
    if broken is not None:
        raise Conflict(f"备份文件完好，但里面的审计记录不完整：{broken}")
    told = manifest["tables"].values()
    return Proven(
        datetime.fromisoformat(manifest["cut_off"]),
        len(told),
        sum(each["rows"] for each in told),
        len(manifest["files"]),
        sum(each["unopened"] for each in told),
    )


def is_empty(vault: Vault) -> bool:
    """Whether nobody has worked with this deployment yet."""
    there = set(sa.inspect(db.engine).get_table_names())
    with db.engine.connect() as connection:
        used = any(
            connection.scalar(sa.select(sa.exists(sa.select(sa.literal(1)).select_from(table))))
            for table in Base.metadata.sorted_tables
            if table.name in there - UNUSED
        )
    return not used and not _has_files(vault)


def restore(
    path: Path,
    *,
    vault: Vault,
    anchors: Path,
    desk: Desk,
    now: datetime,
    replace: bool,
    tell: Tell,
) -> Restored:
    """Bring the archive back into this deployment, by the role that owns its tables.

    Only an empty one is written to, unless `replace`: then the archive is proven first. Mail that
    was unsent is held, sessions end, and the trail says so, with every line of the file `anchors`
    that tells of entries which are gone now. What this deployment forgot 销毁 since the archive was
    made is forgotten again. Raises Conflict, also while the service runs.
    """
    with presence.alone(vault.data_dir):
        _refuse_served()
        return _restored(
            path, vault=vault, anchors=anchors, desk=desk, now=now, replace=replace, tell=tell
        )


def _restored(
    path: Path,
    *,
    vault: Vault,
    anchors: Path,
    desk: Desk,
    now: datetime,
    replace: bool,
    tell: Tell,
) -> Restored:
    manifest = archive.read_manifest(path, vault.key)
    if not is_empty(vault):
        if not replace:
            raise Conflict(NOT_EMPTY)
        verify(path, vault=vault, keyring=desk.keyring, tell=lambda _: None)
    erased = _erased()
    _clear(manifest["revision"])
    fresh = vault.data_dir / f"{archive.ATTACHMENTS}.restoring"
    shutil.rmtree(fresh, ignore_errors=True)
    with _one_transaction() as session:
        connection = session.connection()
        hashes = archive.load(path, connection, vault=vault, files=fresh, tell=tell)
        archive.compare(connection, manifest, hashes, keyring=desk.keyring)
    base.release()
    migrate.upgrade(db.engine)
    fault = _chain_fault(db.engine, vault)
    _take_the_place(fresh, vault.attachments, now)
    cut_off = datetime.fromisoformat(manifest["cut_off"])
    known = anchor.read(anchors)
    outlived = audit_chain.beyond(known.kept) if known else []
    held = _settle(path.name, cut_off, outlived, now)
    forgotten = _forget_again(erased, desk=desk, now=now)
    rows = sum(each["rows"] for each in manifest["tables"].values())
    return Restored(cut_off, rows, len(hashes), held, len(outlived), fault, forgotten)


def _refuse_served() -> None:
    """Nobody else of the service is connected, from whatever machine."""
    base.release()
    others = queries.others_connected()
    base.release()
    if others:
        raise Conflict(f"{presence.SERVED}（数据库上还有 {others} 个连接）")


@contextmanager
def _scratch(data_dir: Path, revision: str) -> Iterator[Engine]:
    """A SQLite database of that revision for its owner alone, gone afterwards."""
    with TemporaryDirectory(prefix=archive.SCRATCH, dir=data_dir) as folder:
        engine = sa.create_engine(f"sqlite:///{folder}/scratch.db", poolclass=NullPool)
        if revision == migrate.head():
            migrate.make(engine)
        else:
            migrate.upgrade(engine, revision)
        listen(engine)
        try:
            yield engine
        finally:
            engine.dispose()


def _chain_fault(engine: Engine, vault: Vault) -> str | None:
    """What is wrong with the trail, in words; None when it is whole."""
    asked = sa.select(AuditEntry.__table__).order_by(AuditEntry.seq)
    with engine.connect() as connection:
        last = connection.execute(sa.select(AuditHead.seq, AuditHead.hash, AuditHead.mac)).first()
        head = Head(*last) if last else None
        streaming = asked.execution_options(stream_results=True, yield_per=BATCH)
        entries = connection.execute(streaming).mappings()
        told = cast("Iterable[Mapping[str, Any]]", entries)
        found = audit.verify(told, head, vault.audit_key, None)
    return None if found.verdict is Verdict.WHOLE else f"第 {found.first_bad} 条{found.why}"


def _has_files(vault: Vault) -> bool:
    return vault.attachments.is_dir() and any(vault.attachments.iterdir())


def _erased() -> set[UUID]:
    """The disputes and consultations of this deployment that were forgotten."""
    asked = sa.inspect(db.engine)
    tables = [
        each
        for each in (Dispute, Consultation)
        if asked.has_table(each.__tablename__)
        and "erased_at" in {column["name"] for column in asked.get_columns(each.__tablename__)}
    ]
    with sight.whole("forgetting again"), db.engine.connect() as connection:
        return {
            found
            for each in tables
            for found in connection.scalars(sa.select(each.id).where(each.erased_at.is_not(None)))
        }


@sight.whole("forgetting again")
def _forget_again(erased: set[UUID], *, desk: Desk, now: datetime) -> int:
    """Forget what the archive brought back of them; how many there were.

    An archive is no way round a decision two persons took: its keys would open it all again. What
    was still open when the archive was made is nothing to be forgotten yet, and stays.
    """
    count = 0
    for each in sorted(erased):
        with transaction() as session:
            dispute = session.get(Dispute, each, with_for_update=True)
            asked = session.get(Consultation, each, with_for_update=True)
            ended = dispute is not None and dispute.status in ENDED
            if dispute is not None and ended and dispute.erased_at is None:
                forgetting.forget(session, dispute, desk=desk, now=now)
                _note_erased(session, each, "dispute", now)
            elif asked is not None and asked.erased_at is None:
                forgetting.forget_consultation(session, asked, desk=desk, now=now)
                _note_erased(session, each, "consultation", now)
            else:
                continue
            count += 1
    return count


def _note_erased(session: Session, subject_id: UUID, subject: str, now: datetime) -> None:
    session.flush()
    record(session, subject_id, subject=subject, action="erase", actor=None, now=now)


def _clear(revision: str) -> None:
    """Leave empty tables of that revision."""
    current = migrate.current(db.engine)
    if current is not None and current not in migrate.revisions():
        raise Conflict(UNKNOWN)
    base.release()
    migrate.renew(db.engine, revision)


@contextmanager
def _one_transaction() -> Iterator[Session]:
    """All rows or none, however long it takes."""
    with transaction() as session:
        if db.engine.dialect.name == "postgresql":
            owner = session.connection(execution_options={wall.AS_LOGIN: True})
            owner.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield session


def _take_the_place(fresh: Path, place: Path, now: datetime) -> None:
    """Put the restored files where they belong; what was there is put aside, not deleted."""
    if place.is_dir():
        if any(place.iterdir()):
            place.rename(place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%S}"))
        else:
            place.rmdir()
    if fresh.is_dir():
        fresh.rename(place)


def _settle(name: str, cut_off: datetime, outlived: Sequence[Anchor], now: datetime) -> int:
    """Hold the mail, end what was running, and tell the trail; how many messages are held."""
    with transaction() as session:
        held = _hold(session, now)
        session.execute(
            sa.update(UserSession).where(UserSession.ended_at.is_(None)).values(ended_at=now)
        )
        session.execute(
            sa.update(BackupRun)
            .where(BackupRun.ended_at.is_(None))
            .values(ended_at=now, error=UNFINISHED, lease_until=None)
        )
        restoration_id = uuid4()
        session.add(
            Restoration(
                id=restoration_id, restored_at=now, cut_off=cut_off, archive=name[:300], held=held
            )
        )
        record(
            session,
            restoration_id,
            subject=SUBJECT,
            action="restore",
            actor=None,
            now=now,
            detail={
                "cut_off": cut_off.isoformat(),
                "held": held,
                "outlived": [audit.told_of(each) for each in outlived],
            },
        )
    return held


def _hold(session: Session, now: datetime) -> int:
    """Every message that was not sent at the cut-off may have been sent since."""
    unsent = session.scalars(
        sa.select(OutboxMessage.id).where(
            OutboxMessage.state.in_((OutboxState.NEW, OutboxState.SENDING))
        )
    ).all()
    rows: list[Mapping[str, Any]] = [{"outbox_id": each, "held_at": now} for each in unsent]
    if rows:
        session.execute(insert(session, HeldMessage).on_conflict_do_nothing(), rows)
    return len(rows)
