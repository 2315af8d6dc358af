"""The database as a whole: its schema, and many deeds as one."""

from collections.abc import Iterator
from contextlib import contextmanager

from models import KeyCheck, db, migrate, transaction
from service.errors import Conflict
from service.gateways.keyring import DATA, KEY_PLACE, KNOWN, CannotOpen, Keyring


def upgrade(revision: str = "head") -> None:
    """Take the schema up to `revision`."""
    migrate.upgrade(db.engine, revision)


def downgrade(revision: str) -> None:
    """Take the schema down to `revision`; `base` leaves nothing."""
    migrate.downgrade(db.engine, revision)


def revisions() -> tuple[str | None, str]:
    """The revision the database is at (None: no migration ever ran), and the newest there is."""
    return migrate.current(db.engine), migrate.head()


def check_keys(keyring: Keyring) -> None:
    """Note the data key on an empty database; refuse one that the stored data does not open with.

    Raises Conflict: writing under another key would leave a database nobody can read whole.
    """
    with transaction() as session:
        kept = session.get(KeyCheck, DATA)
        if kept is None:
            session.add(KeyCheck(name=DATA, sealed=keyring.seal(KNOWN, KEY_PLACE)))
            return
        try:
            keyring.open(kept.sealed, KEY_PLACE)
        except CannotOpen as refusal:
            raise Conflict(
                "FENGQIAO_DATA_KEY 与数据库里的数据不符：请用原来的密钥启动"
            ) from refusal


@contextmanager
def together() -> Iterator[None]:
    """Make everything done inside one deed: all of it stays, or nothing."""
    with transaction():
        yield


def release() -> None:
    """Give back every connection, before the process ends or forks."""
    db.session.remove()
    db.engine.dispose()
