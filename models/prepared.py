"""Prepared statements 预备语句 of PostgreSQL: kept over a transaction that only read.

psycopg prepares what a connection asks again and again, and forgets all of it at a ROLLBACK, since
that may have taken tables away. Whoever only reads ends with one, so nothing would ever stay
prepared, and planning a statement behind the second wall takes several times as long as answering
it. What only read has nothing to take back: it ends with a COMMIT.
"""

from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine


class Reader(psycopg.Connection[Any]):
    """A connection that knows whether its transaction `wrote`, or may have."""

    wrote = False

    def commit(self) -> None:
        """Keep what was written."""
        super().commit()
        self.wrote = False

    def rollback(self) -> None:
        """Take back what was written; where nothing was, end the transaction."""
        if self.info.transaction_status is TransactionStatus.INTRANS and not self.wrote:
            self.commit()
        else:
            super().rollback()
            self.wrote = False


def keep(engine: Engine) -> None:
    """Have the connections of a PostgreSQL engine keep what they prepared; before the first one."""
    if engine.dialect.name != "postgresql":
        return
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "before_cursor_execute", _note)


def _connect(_: Any, __: Any, arguments: list[Any], options: dict[str, Any]) -> Reader:
    return Reader.connect(*arguments, **options)


def _note(connection: Connection, _: Any, __: str, ___: Any, context: Any, ____: bool) -> None:
    """Anything but a plain SELECT counts as written, text of our own included."""
    compiled = context.compiled
    if compiled is None or not compiled.statement.is_select:
        raw: Any = connection.connection.driver_connection
        raw.wrote = True
