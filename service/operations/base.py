"""The database as a whole: its schema, and many deeds as one."""

from collections.abc import Iterator
from contextlib import contextmanager

from models import KeyCheck, db, migrate, transaction
from service.errors import Conflict
from service.gateways.keyring import (
    DATA,
    INDEX,
    INDEX_PLACE,
    KEY_PLACE,
    KNOWN,
    CannotOpen,
    Keyring,
    key_id_of,
)


def upgrade(revision: str = "head") -> None:
    """Take the schema up to `revision`; the first tables of a SQLite file are made at once."""
    if revision == "head" and migrate.is_bare(db.engine):
        migrate.make(db.engine)
    else:
        migrate.upgrade(db.engine, revision)


def downgrade(revision: str) -> None:
    """Take the schema down to `revision`; `base` leaves nothing."""
    migrate.downgrade(db.engine, revision)


def revisions() -> tuple[str | None, str]:
    """The revision the database is at (None: no migration ever ran), and the newest there is."""
    return migrate.current(db.engine), migrate.head()


def check_keys(keyring: Keyring) -> None:
    """Note the keys on an empty database; refuse those that lack one its data was written under.

    Raises Conflict: writing under other keys would leave a database nobody can read whole.
    """
    with transaction() as session:
        kept = session.get(KeyCheck, DATA)
        if kept is None:
            session.add(KeyCheck(name=DATA, sealed=keyring.seal(KNOWN, KEY_PLACE)))
        else:
            _opened(keyring, kept.sealed, KEY_PLACE)
        index = session.get(KeyCheck, INDEX)
        if index is None:  # it was not written down when there was one: that is the oldest
            oldest = keyring.index_ids[-1].encode()
            session.add(KeyCheck(name=INDEX, sealed=keyring.seal(oldest, INDEX_PLACE)))
            return
        used = _opened(keyring, index.sealed, INDEX_PLACE).decode()
        if used not in keyring.index_ids:
            raise Conflict(
                f"FENGQIAO_INDEX_KEY 里没有编号为 {used} 的密钥，数据库里的索引是用它做的："
                "请把它放回去（排在新密钥之后）再启动"
            )


def _opened(keyring: Keyring, sealed: bytes, place: str) -> bytes:
    try:
        return keyring.open(sealed, place)
    except CannotOpen as refusal:
        missing = key_id_of(sealed)
        told = (
            "与数据库里的数据不符：请用原来的密钥启动"
            if missing is None
            else f"里没有编号为 {missing} 的密钥，数据库里的数据要用它打开："
            "请把它放回去（排在新密钥之后）再启动"
        )
        raise Conflict(f"FENGQIAO_DATA_KEY {told}") from refusal


@contextmanager
def together() -> Iterator[None]:
    """Make everything done inside one deed: all of it stays, or nothing."""
    with transaction():
        yield


def release() -> None:
    """Give back every connection, before the process ends or forks."""
    db.session.remove()
    db.engine.dispose()
