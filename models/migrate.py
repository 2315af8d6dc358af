"""Runs the migrations: from the command line, at the start of a development server, in tests."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import OrderedSet

from models.base import Base
from models.dispute_text import BY_HAND

FOLDER: Final = Path(__file__).parent / "migrations"
LOCK: Final = 0x46656E67  # any number that every process of ours agrees on
WAIT_S: Final = 60
# of a SQLite file; a virtual table takes its own along, so it goes before them
NEXT_TABLE: Final = """
    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY sql NOT LIKE 'CREATE VIRTUAL %' LIMIT 1
"""


def head() -> str:
    """The newest revision."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise RuntimeError("there is no migration")
    return newest


def revisions() -> frozenset[str]:
    """Every revision this code knows."""
    known = ScriptDirectory.from_config(_config()).walk_revisions()
    return frozenset(each.revision for each in known)


def current(engine: Engine) -> str | None:
    """The revision of the database at `engine`; None when no migration ever ran on it."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Take the database up to `revision`: all the way or not at all, one process at a time."""
    with _alone(engine) as connection:
        command.upgrade(_config(connection), revision)


def make(engine: Engine) -> None:
    """Give an empty SQLite file the tables of the newest revision at once, as the models say.

    A test proves that they are the same; the way there through every revision takes seconds.
    """
    for table in Base.metadata.tables.values():  # SQLite takes the first of two that serve alike
        table.indexes = OrderedSet(sorted(table.indexes, key=lambda each: str(each.name)))
    with _alone(engine) as connection:
        Base.metadata.create_all(connection)
        command.stamp(_config(connection), "head")


def is_bare(engine: Engine) -> bool:
    """Whether it is a SQLite file with nothing in it, which `make` can fill."""
    return engine.dialect.name == "sqlite" and not sa.inspect(engine).get_table_names()


def renew(engine: Engine, revision: str) -> None:
    """Leave the empty tables of `revision`, whatever revision was there before."""
    if current(engine) is not None:
        _clear(engine)
    if is_bare(engine) and revision == head():
        make(engine)
    else:
        upgrade(engine, revision)


def _clear(engine: Engine) -> None:
    """Leave nothing; on SQLite without the way back through every revision, which takes seconds."""
    if engine.dialect.name != "sqlite":
        downgrade(engine, "base")
        return
    with _alone(engine) as connection:
        while (name := connection.exec_driver_sql(NEXT_TABLE).scalar()) is not None:
            connection.exec_driver_sql(f'DROP TABLE "{name}"')


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database down to `revision` (`base`: nothing is left), all the way or not at all."""
    with _alone(engine) as connection:
        command.downgrade(_config(connection), revision)


def is_drafted(name: str | None, _kind: str, _parents: object) -> bool:
    """Whether a drafted revision speaks of it: the word index is made by statements of its own.

    Alembic asks this of every name it finds in the database.
    """
    return name not in BY_HAND


def draft(message: str) -> None:
    """Write a new revision from what the tables have and the newest revision has not.

    It has to be read and corrected by hand: a changed CHECK, for one, is not seen.
    """
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{folder}/draft.db")
        upgrade(engine)
        with _alone(engine) as connection:
            number = f"{int(head()) + 1:04}"
            command.revision(_config(connection), message, autogenerate=True, rev_id=number)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction which no other migration can be in at the same time.

    It is an engine of our own, because on SQLite a table is changed by copying it, and that needs
    foreign keys unchecked from before the transaction begins.
    """
    waiting = {"timeout": WAIT_S} if engine.dialect.name == "sqlite" else {}
    own = sa.create_engine(engine.url, poolclass=NullPool, connect_args=waiting)
    if own.dialect.name == "sqlite":
        event.listen(own, "connect", _leave_transactions_to_us)
        event.listen(own, "begin", _begin_writing)
    try:
        with own.begin() as connection:
            if own.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
            yield connection
            _check_foreign_keys(connection)
    finally:
        own.dispose()


def _leave_transactions_to_us(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=OFF")


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3)
    if orphans:
        raise RuntimeError(f"the migration would leave rows without their parents: {orphans}")


if __name__ == "__main__":
    draft(sys.argv[1])
