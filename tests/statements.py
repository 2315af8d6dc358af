"""The statements that go to the database: to be counted, looked into, or all to fail."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from models import db, wall
from models.wall import Sight


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to any database meanwhile; SQLite's BEGIN, which others send apart, is none."""
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    sa.event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(Engine, "before_cursor_execute", note)


@contextmanager
def failing(error: Exception) -> Iterator[None]:
    """Meanwhile every statement fails with `error`."""

    def fail(*_: object, **__: object) -> None:
        raise error

    sa.event.listen(Engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        sa.event.remove(Engine, "before_cursor_execute", fail)


def owning(connection: Connection) -> None:
    """Do the rest of the transaction as whoever logged in, who owns the tables."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL ROLE NONE")


def away() -> sa.exc.OperationalError:
    """What the driver says when nobody answers."""
    return sa.exc.OperationalError("SELECT secret", {}, OSError("away"))


def plans(
    look_once: Callable[[], object], *, without: Collection[str] = ("seqscan", "bitmapscan")
) -> list[str]:
    """How the database answers each question that is asked meanwhile, to who asked it.

    So small a table PostgreSQL would read as a whole: it does `without` some ways.
    """
    asked: list[tuple[str, Any, Sight]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters, wall.seen()))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    look_once()
    sa.event.remove(db.engine, "before_cursor_execute", note)
    connection = db.session.connection()
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        for way in without:
            connection.execute(sa.text(f"SET LOCAL enable_{way} = off"))
    how = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
    found = []
    for text, values, sight in asked:
        with wall.seeing(sight):
            rows = connection.exec_driver_sql(f"{how} {text}", values)
        found.append("\n".join(str(row[-1]) for row in rows))
    return found
