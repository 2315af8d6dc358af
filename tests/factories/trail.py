"""A trail to look at, and somebody who can write to the database past everything we do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.engine import Connection

from config.vocabulary import AuditResult, Role
from models import db, transaction
from service.gateways import anchor as anchors
from service.gateways.keyring import FieldKey
from service.operations import audit
from service.queries import audit_chain
from service.rules.access import Actor
from service.rules.audit import Found
from tests.factories.moment import MONDAY_9AM
from tests.statements import owning

KEY = b"a" * 32  # of Settings.for_test
CLERK = Actor(UUID(int=1), "甲0", UUID(int=9), frozenset({Role.WINDOW}), "r-1", "192.0.2.7")


def written(count: int, *, begin: int = 0) -> None:
    """So many entries of several kinds, each in a transaction of its own."""
    for place in range(begin, begin + count):
        with transaction() as session:
            audit.note(
                session,
                ("dispute.register", "dispute.look", "user.sign-in")[place % 3],
                subject="dispute",
                subject_id=UUID(int=100 + place),
                actor=CLERK if place % 4 else None,
                now=MONDAY_9AM + timedelta(minutes=place),
                result=AuditResult.DENIED if place % 5 == 0 else AuditResult.DONE,
                fields=["phone", "name"] if place % 3 else [],
                detail={"count": place, "kind": "甲"},
                reason="核对送达地址" if place % 2 else None,
                key=FieldKey(b"f" * 32),
            )


def anchored(path: Path, *, minutes: int) -> int:
    """Write down where the trail ends; at which number."""
    made = audit.anchor(path, actor=None, now=MONDAY_9AM + timedelta(minutes=minutes))
    assert made is not None
    return made.seq


def look(path: Path, *, older_copy: bool = False) -> Found:
    """What a verification with the file of anchors finds."""
    return audit_chain.verify(KEY, anchors.read(path, older_copy=older_copy))


@contextmanager
def forging() -> Iterator[Connection]:
    """The database in the hands of somebody who owns it."""
    db.session.rollback()
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            owning(connection)
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            return
        master = "SELECT name, sql FROM sqlite_master WHERE name LIKE 'audit_entry_no_%'"
        kept = [tuple(row) for row in connection.exec_driver_sql(master)]
        for name, _ in kept:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        yield connection
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
        for _, statement in kept:
            connection.exec_driver_sql(statement)
