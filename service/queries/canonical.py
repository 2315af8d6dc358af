"""Every row of every table in one form that compares: sorted, opened, the same on any database.

One snapshot is read table by table. What lies in a row is told by types, not by the database, so
equal contents give equal bytes on SQLite and on PostgreSQL, before and after a restore, and
whatever key wraps them.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from models import Base, db
from service.gateways.keyring import CannotOpen, Keyring
from service.queries import sealed as page
from service.queries.sealed import Field, Sealed

BATCH: Final = 1_000
KEY: Final = "sealed_key"
REVISION: Final = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.Text))
SETTINGS: Final = (
    "statement_timeout = 0",
    "idle_in_transaction_session_timeout = 0",
)
# what runs at the moment and how often it was tried; and what a backup or a restore itself leaves
PASSING: Final = frozenset(
    {
        "allowance",
        "audit_head",
        "backup_run",
        "held_message",
        "job_state",
        "restoration",
        "text_duty",
        "user_session",
    }
)
# rows of the trail that tell of backups, restores and exports themselves
SUBJECT: Final = "backup"
TRAIL: Final = ("event", "audit_entry")
# what is opened, by table and column; and the wrapped keys: another wrapping is no other content
SEALED: Final[Mapping[str, Mapping[str, Sealed | Field]]] = {
    table.name: {
        each.column.key: each
        for each in (*page.SEALED, page.CHECKS, *page.FIELDS)
        if each.column.class_.__table__ is table and each.column.key != KEY
    }
    for table in Base.metadata.sorted_tables
}
KEY_COLUMNS: Final = frozenset(
    (each.column.class_.__tablename__, KEY) for each in page.SEALED if each.column.key == KEY
)
UNOPENED: Final = {"sealed": "does not open"}
FORGOTTEN: Final = {"sealed": "its key was destroyed"}


@dataclass(slots=True)
class Digest:
    """What was seen of one table: how many rows, the hash over them, values that did not open."""

    rows: int = 0
    unopened: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """The hash of the canonical lines so far."""
        return str(self._hash.hexdigest())

    def add(self, line: bytes) -> None:
        """Count one canonical line."""
        self.rows += 1
        self.unopened += line.count(orjson.dumps(UNOPENED))
        self._hash.update(line + b"\n")


def tables() -> list[sa.Table]:
    """Every table of this version, parents before children, the schema's revision first."""
    return [REVISION, *Base.metadata.sorted_tables]


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that sees one moment of the whole database, however many write meanwhile.

    On PostgreSQL a policy that would hide rows from us is an error, not a smaller answer.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            for setting in SETTINGS:
                connection.exec_driver_sql(f"SET LOCAL {setting}")
        connection.execute(sa.select(REVISION.c.version_num))  # the moment begins with a look
        yield connection


def export(connection: Connection, keyring: Keyring) -> Iterator[bytes]:
    """The canonical lines of everything that a restore must bring back equal."""
    for table in sorted(tables(), key=lambda each: each.name):
        if table.name in PASSING:
            continue
        for batch in batches(connection, table, _lasting(table)):
            yield from canonical(connection, table, batch, keyring)


def digest(connection: Connection, table: sa.Table, keyring: Keyring) -> Digest:
    """All rows of one table, counted and hashed."""
    told = Digest()
    for batch in batches(connection, table):
        for line in canonical(connection, table, batch, keyring):
            told.add(line)
    return told


def batches(
    connection: Connection, table: sa.Table, only: sa.ColumnElement[bool] | None = None
) -> Iterator[Sequence[RowMapping]]:
    """The rows of a table by primary key, a thousand at a time: no table is held in memory."""
    asked = sa.select(table).order_by(*_order(connection, table))
    asked = asked if only is None else asked.where(only)
    streaming = asked.execution_options(stream_results=True, yield_per=BATCH)
    yield from connection.execute(streaming).mappings().partitions()


def canonical(
    connection: Connection, table: sa.Table, rows: Sequence[RowMapping], keyring: Keyring
) -> Iterator[bytes]:
    """One line for each row: columns by name, sealed ones opened, wrapped keys left out."""
    places = SEALED.get(table.name, {})
    keys = _Keys(keyring, _wrapped(connection, places.values(), rows))
    names = [str(each.name) for each in table.c if (table.name, each.name) not in KEY_COLUMNS]
    for row in rows:
        told = {
            name: keys.opened(row, row[name], places[name]) if name in places else row[name]
            for name in names
        }
        yield as_json({"row": told, "table": table.name})


def as_json(value: Any) -> bytes:
    """JSON as it is compared: keys sorted, instants in UTC, bytes in base64."""
    return orjson.dumps(value, default=plain, option=orjson.OPT_SORT_KEYS)


def plain(value: Any) -> str:
    """What JSON has no word for."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no canonical form of {type(value).__name__}")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """The key of a thing, sealed; `erased`: it is another one than what was sealed before."""

    key: bytes
    erased: bool


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of the things a batch of rows belongs to, still wrapped."""

    keyring: Keyring
    wrapped: Mapping[tuple[str, UUID], Wrapped]

    def opened(self, row: RowMapping, value: bytes | None, sealed: Sealed | Field) -> Any:
        """The clear text of one sealed value; a mark when there is no way to it."""
        if value is None:
            return None
        try:
            return _text(self._open(row, value, sealed))
        except CannotOpen:
            return FORGOTTEN if self._forgotten(row, sealed) else UNOPENED

    def _open(self, row: RowMapping, value: bytes, sealed: Sealed | Field) -> bytes:
        place = sealed.place.format_map(row)
        if isinstance(sealed, Sealed):
            return self.keyring.open(value, place)
        owner, owner_id = sealed.owner.__tablename__, row[sealed.of.key]
        if (owner, owner_id) not in self.wrapped:
            raise CannotOpen(owner)
        wrapped = self.wrapped[owner, owner_id]
        key = self.keyring.field_key(wrapped.key, f"{owner}:{owner_id}")
        return key.open(value, place).encode()

    def _forgotten(self, row: RowMapping, sealed: Sealed | Field) -> bool:
        """Whether its key was destroyed with what it belongs to, as the trail keeps reasons."""
        if isinstance(sealed, Sealed):
            return False
        found = self.wrapped.get((sealed.owner.__tablename__, row[sealed.of.key]))
        return found is not None and found.erased


def _text(clear: bytes) -> str:
    try:
        return clear.decode()
    except UnicodeDecodeError:
        return plain(clear)


def _wrapped(
    connection: Connection, sealed: Iterable[Sealed | Field], rows: Sequence[RowMapping]
) -> dict[tuple[str, UUID], Wrapped]:
    """The wrapped keys of every owner that the rows name."""
    found: dict[tuple[str, UUID], Wrapped] = {}
    fields = [each for each in sealed if isinstance(each, Field)]
    for owner, column in {(each.owner, each.of.key) for each in fields}:
        erased = owner.erased_at.is_not(None) if hasattr(owner, "erased_at") else sa.false()
        asked = sa.select(owner.id, owner.sealed_key, erased).where(
            owner.id.in_({row[column] for row in rows})
        )
        name = owner.__tablename__
        found |= {(name, key): Wrapped(*told) for key, *told in connection.execute(asked)}
    return found


def _order(connection: Connection, table: sa.Table) -> list[sa.ColumnElement[Any]]:
    """The primary key, text by code point: as SQLite sorts it, whatever the locale."""
    keys = list(table.primary_key) or list(table.columns)
    if connection.dialect.name == "sqlite":
        return list(keys)
    return [key.collate("C") if isinstance(key.type, sa.String) else key for key in keys]


def _lasting(table: sa.Table) -> sa.ColumnElement[bool] | None:
    """Leaves out of the trail what tells of backups, restores and exports themselves."""
    return table.c.subject.is_distinct_from(SUBJECT) if table.name in TRAIL else None
