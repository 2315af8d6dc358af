"""What goes into an archive 备份文件 and comes out of it: every table, the files, a manifest."""

import hashlib
import os
import shutil
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from models import AuditHead, migrate, portable
from service.errors import Conflict
from service.gateways.archive import ArchiveReader, ArchiveWriter, Damaged, WrongKey, lines
from service.gateways.keyring import Keyring
from service.queries import canonical
from service.queries.canonical import Digest

FORM: Final = 1
ARCHIVES: Final = "backups"
ATTACHMENTS: Final = "attachments"
UNFINISHED: Final = ".unfinished-"
SCRATCH: Final = ".verify-"
PIECE: Final = 1024 * 1024
LOADED_AT_ONCE: Final = 2_000
TABLE, FILE = "table/", "file/"
WRONG_KEY: Final = "打不开：这个文件不是用现在的 FENGQIAO_BACKUP_KEY 加密的，或者文件开头已经损坏"
DAMAGED: Final = "备份文件已损坏或不完整，不能使用"
WRONG_DATA_KEY: Final = (
    "有 {count} 处加密的内容用现在的 FENGQIAO_DATA_KEY 打不开：请换成备份当时的密钥"
)
SHOWN: Final = 10
BEHIND: Final = "数据库结构不是最新的：请先运行 fengqiao db upgrade"
NEWER: Final = "这个备份由更新版本的系统制作，请先升级本系统再恢复"

Tell = Callable[[float], None]
Decode = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Vault:
    """Where archives lie, what they are encrypted with, and the files beside the database.

    `audit_key` tells whether the trail in them is whole.
    """

    data_dir: Path
    key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)

    @property
    def folder(self) -> Path:
        """Where the worker puts what it makes."""
        return self.data_dir / ARCHIVES

    @property
    def attachments(self) -> Path:
        """The files that belong to the database."""
        return self.data_dir / ATTACHMENTS


@dataclass(frozen=True, slots=True)
class Written:
    """An archive that was made."""

    path: Path
    size: int
    row_count: int
    unopened: int
    cut_off: datetime


def write(path: Path, *, vault: Vault, keyring: Keyring, now: datetime) -> Written:
    """Make an archive of this moment at `path`, all of it or no file at all.

    Raises Conflict when there is a file already.
    """
    taken = Conflict(f"{path} 已经存在，请换一个文件名")
    if path.exists():
        raise taken
    unfinished = path.with_name(f".{path.name}{UNFINISHED}{os.getpid()}")
    with _private(unfinished) as file:
        try:
            manifest = _fill(ArchiveWriter(file, vault.key), vault, keyring, now)
            file.flush()
            os.fsync(file.fileno())
            _name(unfinished, path, taken)
        finally:
            unfinished.unlink()
    told = manifest["tables"].values()
    return Written(
        path,
        path.stat().st_size,
        sum(each["rows"] for each in told),
        sum(each["unopened"] for each in told),
        now,
    )


def sweep(vault: Vault, kind: str, before: datetime) -> None:
    """Remove what a killed worker left: its unfinished archives of a kind, old scratch places."""
    for path in vault.folder.glob(f".{kind}-*{UNFINISHED}*"):
        path.unlink(missing_ok=True)
    for path in vault.data_dir.glob(f"{SCRATCH}*"):
        if path.stat().st_mtime < before.timestamp():
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def reading(path: Path, key: bytes) -> Iterator[ArchiveReader]:
    """A reader of the archive at `path`; what is wrong with it is told as Conflict."""
    try:
        with path.open("rb") as file:
            yield ArchiveReader(file, key)
    except WrongKey as refusal:
        raise Conflict(WRONG_KEY) from refusal
    except Damaged as refusal:
        raise Conflict(DAMAGED) from refusal


def read_manifest(path: Path, key: bytes) -> dict[str, Any]:
    """The manifest, after every byte of the archive was found as it was written."""
    with reading(path, key) as archive:
        manifest = archive.read_manifest()
    if manifest["form"] != FORM or manifest["revision"] not in migrate.revisions():
        raise Conflict(NEWER)
    return manifest


def load(
    path: Path, connection: Connection, *, vault: Vault, files: Path | None, tell: Tell
) -> Mapping[str, str]:
    """Put every row of an archive into the empty tables of its revision; the files into `files`.

    `files` None only reads them. Answers the hash of every file as it came out.
    """
    manifest = read_manifest(path, vault.key)
    total = sum(each["rows"] for each in manifest["tables"].values()) or 1
    done, hashes = 0, {}
    with reading(path, vault.key) as archive, _in_any_order(connection):
        for name, content in archive.parts():
            if name.startswith(FILE):
                hashes[name.removeprefix(FILE)] = _unpack(name.removeprefix(FILE), content, files)
                continue
            table = name.removeprefix(TABLE)
            for count in _insert(connection, table, manifest["tables"][table], content):
                done += count
                tell(done / total)
    return hashes


def compare(
    connection: Connection,
    manifest: Mapping[str, Any],
    hashes: Mapping[str, str],
    *,
    keyring: Keyring,
) -> None:
    """Refuse, by Conflict, tables and files that are not what the manifest says."""
    found, closed = [], 0
    for name, told in manifest["tables"].items():
        seen = canonical.digest(connection, _table(name, told["columns"]), keyring)
        closed += max(0, seen.unopened - told["unopened"])
        if (seen.rows, seen.sha256) != (told["rows"], told["sha256"]):
            found.append(name)
    files = {name: told["sha256"] for name, told in manifest["files"].items()}
    found += sorted({name for name, _ in files.items() ^ hashes.items()})
    if closed:
        raise Conflict(WRONG_DATA_KEY.format(count=closed))
    if found:
        raise Conflict(f"恢复出来的内容与备份时不一致：{'、'.join(found[:SHOWN])}")


def _fill(archive: ArchiveWriter, vault: Vault, keyring: Keyring, now: datetime) -> dict[str, Any]:
    with canonical.snapshot() as connection:
        revision = connection.scalar(sa.select(canonical.REVISION.c.version_num))
        if revision != migrate.head():
            raise Conflict(BEHIND)
        told = {
            str(table.name): _write_table(archive, connection, table, keyring)
            for table in canonical.tables()
        }
        dialect = connection.dialect.name
        head = connection.execute(sa.select(AuditHead.seq, AuditHead.hash)).first()
    files = dict(_write_files(archive, vault.attachments))
    manifest = {
        "form": FORM,
        "revision": revision,
        "database": dialect,
        "cut_off": now.isoformat(),
        "audit_head": {"seq": head.seq, "hash": head.hash.hex()} if head else None,
        "tables": told,
        "files": files,
    }
    archive.close(manifest)
    return manifest


def _write_table(
    archive: ArchiveWriter, connection: Connection, table: sa.Table, keyring: Keyring
) -> dict[str, Any]:
    """Every row as it is stored, sealed values still sealed; hashed in the canonical form."""
    seen = Digest()
    with archive.part(f"{TABLE}{table.name}") as part:
        for batch in canonical.batches(connection, table):
            for row in batch:
                values = list(row.values())
                part.write(orjson.dumps(values, default=canonical.plain) + b"\n")
            for line in canonical.canonical(connection, table, batch, keyring):
                seen.add(line)
    return {
        "rows": seen.rows,
        "sha256": seen.sha256,
        "unopened": seen.unopened,
        "columns": {
            str(column.name): {"kind": portable.kind(column), "key": column.primary_key}
            for column in table.columns
        },
    }


def _write_files(archive: ArchiveWriter, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Files are written before the row that names them, and never changed: later is not less."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if not path.is_file():
            continue
        try:
            file = path.open("rb")
        except FileNotFoundError:  # erased since the folder was listed
            continue
        with file, archive.part(f"{FILE}{name}") as part:
            while piece := file.read(PIECE):
                part.write(piece)
        yield name, {"bytes": part.size, "sha256": part.sha256}


def _name(unfinished: Path, path: Path, taken: Conflict) -> None:
    """Give the whole file its name; unlike a rename it never takes the place of another."""
    try:
        os.link(unfinished, path)
    except FileExistsError as refusal:
        raise taken from refusal


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    """A new file for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file


def _unpack(name: str, content: Iterator[bytes], folder: Path | None) -> str:
    """Write one file for its owner alone, unless nowhere; its hash."""
    seen = hashlib.sha256()
    if folder is None:
        for piece in content:
            seen.update(piece)
        return seen.hexdigest()
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise Damaged("a file outside its folder")
    with _private(folder / name) as file:
        for piece in content:
            seen.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return seen.hexdigest()


def _insert(
    connection: Connection, name: str, told: Mapping[str, Any], content: Iterator[bytes]
) -> Iterator[int]:
    """Insert the rows of one table, some thousands at a time; how many each time."""
    table = _table(name, told["columns"])
    decode = [(key, DECODE.get(each["kind"], _as_it_is)) for key, each in told["columns"].items()]
    waiting: list[dict[str, Any]] = []
    if name == canonical.REVISION.name:  # the migration wrote it
        yield sum(1 for _ in lines(content))
        return
    for line in lines(content):
        values = orjson.loads(line)
        waiting.append(
            {
                key: None if value is None else as_stored(value)
                for (key, as_stored), value in zip(decode, values, strict=True)
            }
        )
        if len(waiting) == LOADED_AT_ONCE:
            connection.execute(table.insert(), waiting)
            yield len(waiting)
            waiting = []
    if waiting:
        connection.execute(table.insert(), waiting)
        yield len(waiting)
    _count_on(connection, table)


def _count_on(connection: Connection, table: sa.Table) -> None:
    """Let the numbers that the database gives go on after the highest that is there."""
    keys = [key for key in table.primary_key if isinstance(key.type, sa.BigInteger)]
    if connection.dialect.name != "postgresql" or len(table.primary_key) != 1 or not keys:
        return
    sequence = connection.scalar(
        sa.select(sa.func.pg_get_serial_sequence(f'"{table.name}"', keys[0].name))
    )
    highest = connection.scalar(sa.select(sa.func.max(keys[0])))
    if sequence and highest:
        connection.execute(sa.select(sa.func.setval(sequence, highest)))


FOREIGN_KEYS: Final = """
    SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I ', conrelid::regclass, conname)
    FROM pg_constraint
    WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::regnamespace
"""


@contextmanager
def _in_any_order(connection: Connection) -> Iterator[None]:
    """Rows may come before the rows they name; at the end every one must be there."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield
        return
    alter = list(connection.scalars(sa.text(FOREIGN_KEYS)))
    for each in alter:
        connection.exec_driver_sql(f"{each} DEFERRABLE INITIALLY DEFERRED")
    yield
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for each in alter:
        connection.exec_driver_sql(f"{each} NOT DEFERRABLE")


def _as_it_is(value: Any) -> Any:
    return value


DECODE: Final[Mapping[str, Decode]] = {
    "instant": datetime.fromisoformat,
    "uuid": UUID,
    "bytes": b64decode,
    "day": date.fromisoformat,
    "decimal": Decimal,
}


def _table(name: str, columns: Mapping[str, Mapping[str, Any]]) -> sa.Table:
    """The table as the archive describes it: that of its own revision, not of ours."""
    return sa.Table(
        name,
        sa.MetaData(),
        *(
            sa.Column(
                each, portable.TYPES[told["kind"]], primary_key=told["key"], autoincrement=False
            )
            for each, told in columns.items()
        ),
    )
