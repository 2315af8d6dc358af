"""What an operation wrote is written again: doing the same over and over is most of many tests."""

import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import get_ident
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection

from models import db, transaction

Made = TypeVar("Made")
WRITE: Final = re.compile(r"\s*(?:INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
# where the trail ends tells what was done before, and the last event what its next one is called
STATE: Final = {
    "sqlite": "SELECT (SELECT hash FROM audit_head), (SELECT max(id) FROM event)",
    "postgresql": "SELECT (SELECT hash FROM audit_head), pg_sequence_last_value('event_id_seq')",
}


@dataclass(frozen=True, slots=True)
class _Done:
    """What a deed wrote, statement by statement, and what it made."""

    written: list[tuple[str, Any]]
    made: Any


_done: dict[Hashable, _Done] = {}


def again(app: Flask, deed: Callable[[], Made], *named: Hashable) -> Made:
    """Do a deed, `named` as no other; where the trail says that all before it was the same as when
    it was first done, its rows are written as they were then, ids and all.
    """
    alike = replace(app.extensions["settings"], data_dir=Path(), database_url="")
    with app.app_context():
        with transaction() as session:
            connection = session.connection()
            kind = connection.dialect.name
            key = (alike, kind, *connection.exec_driver_sql(STATE[kind]).one(), *named)
            known = _done.get(key)
            if known is not None:
                for statement, values in known.written:
                    connection.exec_driver_sql(statement, values)
                made: Made = known.made
                return made
        with _written() as written:
            made = deed()
    _done[key] = _Done(written, made)
    return made


@contextmanager
def _written() -> Iterator[list[tuple[str, Any]]]:
    """The statements by which this thread writes meanwhile."""
    written: list[tuple[str, Any]] = []
    thread = get_ident()

    def note(_: Connection, __: Any, statement: str, values: Any, *___: Any) -> None:
        if get_ident() == thread and WRITE.match(statement):
            written.append((statement, values))

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield written
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
