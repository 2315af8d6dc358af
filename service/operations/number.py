"""Numbers 编号: from a counter row, in the transaction that uses them, so distinct and gap-free."""

from functools import cache
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from models import Counter, Organisation, insert_on
from service.errors import Conflict

PATIENCE_S: Final = 20  # a rush at the window queues at the counter; nobody is sent away
_PREFIX: Final = sa.select(Organisation.prefix).where(Organisation.prefix.is_not(None))


def next_number(session: Session, year: int, *, kind: str = "") -> str:
    """The next number of the centre's series in `year`, such as QLS2026-00001.

    What is counted apart has a `kind`, and with it a series of its own: QLSZX2026-00001.
    """
    return next_numbers(session, year, 1, kind=kind)[0]


def next_numbers(session: Session, year: int, count: int, *, kind: str = "") -> list[str]:
    """The next `count` numbers of a series, one after the other."""
    prefix = session.connection().execute(_PREFIX).scalar()
    if prefix is None:
        raise Conflict("还没有设置编号前缀：请管理员先登记本中心")
    wait_in_line(session, PATIENCE_S)
    series = prefix + kind
    last = take(session, series, year, count=count)
    return [number_text(series, year, each) for each in range(last - count + 1, last + 1)]


def number_text(prefix: str, year: int, value: int) -> str:
    """The number as people write it."""
    return f"{prefix}{year}-{value:05d}"


def wait_in_line(session: Session, seconds: int) -> None:
    """Let this transaction wait so long for a row somebody else holds."""
    if session.get_bind().dialect.name == "postgresql":
        patience = f"{int(seconds)}s"
        told = sa.func.set_config("lock_timeout", patience, True)
        session.execute(sa.select(told, sa.func.set_config("statement_timeout", patience, True)))


def take(session: Session, series: str, year: int, *, count: int = 1) -> int:
    """Take `count` numbers of a series; the last one taken is returned."""
    asked = {"series": series, "year": year, "value": count}
    statement = _taking(session.get_bind().dialect.name)
    taken: int = session.connection().execute(statement, asked).scalar_one()
    return taken


@cache
def _taking(dialect: str) -> ReturningInsert[int]:
    fresh = insert_on(dialect, Counter)
    return fresh.on_conflict_do_update(
        index_elements=[Counter.series, Counter.year],
        set_={"value": Counter.value + fresh.excluded.value},
    ).returning(Counter.value)
