"""The database as a whole: its schema, and many deeds as one."""

from collections.abc import Iterator
from contextlib import contextmanager

from models import db, migrate, transaction


def upgrade(revision: str = "head") -> None:
    """Take the schema up to `revision`."""
    migrate.upgrade(db.engine, revision)


def downgrade(revision: str) -> None:
    """Take the schema down to `revision`; `base` leaves nothing."""
    migrate.downgrade(db.engine, revision)


def revisions() -> tuple[str | None, str]:
    """The revision the database is at (None: no migration ever ran), and the newest there is."""
    return migrate.current(db.engine), migrate.head()


@contextmanager
def together() -> Iterator[None]:
    """Make everything done inside one deed: all of it stays, or nothing."""
    with transaction():
        yield


def release() -> None:
    """Give back every connection, before the process ends or forks."""
    db.session.remove()
    db.engine.dispose()
