"""Instants keep their zone, a transaction is all or nothing, SQLite is set up for durability."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, StatementError

from config.settings import Settings
from models import Counter, Event, db, transaction
from service.app import create_app
from tests.factories.moment import MONDAY_9AM

pytestmark = pytest.mark.usefixtures("inside")


def happened(at: datetime) -> Event:
    """An event that happened `at`."""
    return Event(happened_at=at, subject="dispute", subject_id=uuid4(), action="register")


def test_an_instant_comes_back_aware_and_in_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    with transaction() as session:
        session.add(happened(datetime(2026, 11, 2, 9, 0, tzinfo=shanghai)))
    (stored,) = db.session.scalars(sa.select(Event.happened_at))
    assert (stored, stored.tzinfo) == (MONDAY_9AM, UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(StatementError, match="must carry its zone"), transaction() as session:
        session.add(happened(datetime(2026, 11, 2, 9, 0)))  # noqa: DTZ001 -- the naive one is the test


def test_a_transaction_that_fails_leaves_nothing() -> None:
    with pytest.raises(IntegrityError):
        count_twice()
    assert counted() == 0


def test_an_inner_block_joins_the_outer_one() -> None:
    with pytest.raises(ZeroDivisionError):
        count_and_fail()
    assert counted() == 0


def test_the_outermost_block_commits() -> None:
    with transaction(), transaction() as session:
        session.add(Counter(series="LXZ", year=2026, value=1))
    db.session.rollback()
    assert counted() == 1


def test_after_a_failure_the_next_transaction_works() -> None:
    with pytest.raises(IntegrityError):
        count_twice()
    with transaction() as session:
        session.add(Counter(series="LXZ", year=2026, value=3))
    assert db.session.scalars(sa.select(Counter.value)).all() == [3]


def test_a_read_that_is_still_open_does_not_stop_a_write(app: Flask) -> None:
    assert counted() == 0  # the snapshot is open now
    with app.app_context(), transaction() as session:
        session.add(Counter(series="LXZ", year=2026, value=1))
    with transaction() as session:
        session.add(Counter(series="LXZ", year=2027, value=1))
    assert counted() == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_is_durable_and_checks_foreign_keys(settings: Settings) -> None:
    """As the service puts itself together; that of the fixtures does not wait for the disk."""
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with create_app(settings).app_context():
        told = {name: db.session.scalar(sa.text(f"PRAGMA {name}")) for name in pragmas}
        db.session.remove()
        db.engine.dispose()
    assert told == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_writing_transaction_locks_sqlite_from_its_beginning() -> None:
    begun: list[str] = []

    def note(*arguments: object) -> None:
        begun.append(str(arguments[2]))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    with transaction() as session:
        session.execute(sa.text("SELECT 1"))
    sa.event.remove(db.engine, "before_cursor_execute", note)
    assert begun[0] == "BEGIN IMMEDIATE"


def count_twice() -> None:
    """Write one row, then one that the first forbids."""
    with transaction() as session:
        session.add(Counter(series="LXZ", year=2026, value=1))
        session.flush()
        session.execute(sa.insert(Counter).values(series="LXZ", year=2026, value=2))


def count_and_fail() -> None:
    """Write a row in an inner block, then fail in the outer one."""
    with transaction():
        with transaction() as session:
            session.add(Counter(series="LXZ", year=2026, value=1))
        raise ZeroDivisionError


def counted() -> int:
    """How many counter rows there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Counter)) or 0
