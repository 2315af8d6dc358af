"""The ground of every table: base class, column types, session, the one place that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from models import wall
from models.queue import WriterQueue

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_MS: Final = 10_000


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware when handed in, stored in UTC, aware when read (SQLite keeps no zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants rather than guess their zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must carry its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The instant, aware, in UTC."""
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table's base; constraint names come from one convention so that SQLite can migrate."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime,
        UUID: sa.Uuid,
        dict[str, Any]: sa.JSON(none_as_null=True).with_variant(
            postgresql.JSONB(none_as_null=True), "postgresql"
        ),
        list[str]: sa.JSON(none_as_null=True).with_variant(
            postgresql.JSONB(none_as_null=True), "postgresql"
        ),
    }


class Identified(Base):
    """A row with a random id: not guessable, made before the insert."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


db = SQLAlchemy(metadata=Base.metadata)


def word(enum: type[StrEnum], name: str) -> sa.Enum:
    """A column type that holds one word of `enum`, refused by a CHECK otherwise."""
    return sa.Enum(
        enum,
        native_enum=False,
        length=30,
        create_constraint=True,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def sorted_text(length: int) -> sa.String:
    """Text whose index serves `begins with`: compared by code point, whatever the locale."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def one_of(column: str, *members: StrEnum) -> str:
    """SQL text `column IN (...)` made from the vocabulary, so a renamed word cannot go stale."""
    return f"{column} IN ({', '.join(repr(member.value) for member in members)})"


_writing: ContextVar[bool] = ContextVar("writing", default=False)
_queues: WeakKeyDictionary[Engine, WriterQueue] = WeakKeyDictionary()
_last_deeds: WeakKeyDictionary[Engine, Callable[[Session], None]] = WeakKeyDictionary()


@contextmanager
def transaction() -> Iterator[Session]:
    """All or nothing: the outermost block commits, an inner one joins it.

    A read snapshot that is still open is given up first, because SQLite cannot turn it into a
    writing transaction (the busy timeout does not help there).
    """
    session = db.session()
    if _writing.get():
        yield session
        return
    session.rollback()
    queue = _queues.get(db.engine)
    with queue.turn() if queue else nullcontext(), wall.holding():
        token = _writing.set(True)
        session.info.clear()  # what a transaction that failed had collected
        try:
            yield session
            _finish(session)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            _writing.reset(token)


def before_commit(engine: Engine, deed: Callable[[Session], None]) -> None:
    """Have `deed` done last in every transaction: what it locks is locked for the shortest time."""
    _last_deeds[engine] = deed


def _finish(session: Session) -> None:
    deed = _last_deeds.get(db.engine)
    if deed is not None:
        session.flush()
        deed(session)


def insert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT as the session's database spells it: what to do on a conflict is no common SQL."""
    return insert_on(session.get_bind().dialect.name, table)


def insert_on(dialect: str, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """The same by the name of the database's kind, for statements that are built once."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def listen(engine: Engine) -> None:
    """Give a SQLite engine the durability and locking this house relies on."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    _queues[engine] = WriterQueue(engine, BUSY_TIMEOUT_MS / 1000)


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver must not begin on its own
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what was sealed later leaves no clear copy
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
