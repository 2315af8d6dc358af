"""Look at the whole trail 审计校验: from its first entry to its last, as the database holds them.

What is read is the stored form itself: a value that reads the same but was not written so (a blank
in JSON, a capital in an id) has been changed by somebody.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from models import AuditEntry, AuditHead, db
from service.rules import audit as rules
from service.rules.audit import Anchor, Anchors, Found, Head

AT_ONCE: Final = 1000
IN_PASSING: Final = 20_000
BEFORE_ALL: Final = -(2**62)
Read = Callable[[Any], Any]


def verify(key: bytes, anchors: Anchors | None) -> Found:
    """Whether the trail is as it was written; entries that come meanwhile are not looked at."""
    with _snapshot() as connection:
        known = _knowing(connection, anchors)
        return rules.verify(_entries(connection), _head(connection), key, known)


def verify_newest(key: bytes, anchors: Anchors | None, *, most: int = IN_PASSING) -> Found:
    """The same for the newest `most` entries only, as long as somebody waits for the answer.

    What stands before them is believed: their own place in the chain proves it only to who looks
    at all of it.
    """
    with _snapshot() as connection:
        head = _head(connection)
        start = max(head.seq - most, 0) if head else 0
        before = sa.text("SELECT seq, hash FROM audit_entry WHERE seq = :seq")
        row = connection.execute(before, {"seq": start}).first()
        after = rules.START if row is None else Anchor(row.seq, _bytes(row.hash))
        begin = after.seq or BEFORE_ALL
        known = _knowing(connection, anchors)
        found = rules.verify(_entries(connection, begin), head, key, known, after)
        return replace(found, begins_at=after.seq + 1)


def end() -> Anchor | None:
    """Where the chain ends now; None before its first entry."""
    found = db.session.execute(sa.select(AuditHead.seq, AuditHead.hash)).first()
    return Anchor(found.seq, found.hash) if found else None


def stands(anchor: Anchor) -> bool:
    """Whether an anchor tells of this trail, or of one that a restore is known to have ended."""
    return not beyond([anchor])


def beyond(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The anchors that tell of another trail than this, and of which no restore has told yet."""
    numbers = {each.seq for each in anchors}
    own = sa.select(AuditEntry.seq, AuditEntry.hash).where(AuditEntry.seq.in_(numbers))
    written = {row.seq: row.hash for row in db.session.execute(own)}
    told = outlived(db.session.connection())
    foreign = [each for each in anchors if written.get(each.seq) != each.hash]
    return [each for each in dict.fromkeys(foreign) if each not in told]


def outlived(connection: Connection) -> frozenset[Anchor]:
    """The anchors of which a restore said that it ends what they tell of.

    A forged entry that says so is found where the chain is walked.
    """
    asked = sa.text("SELECT detail FROM audit_entry WHERE action = :deed")
    found = connection.execute(asked, {"deed": rules.RESTORED}).scalars()
    return frozenset(each for stored in found for each in rules.outlived_in(_loaded(stored)))


def _loaded(stored: Any) -> Any:
    """What stands in a column of JSON; None where somebody made it unreadable."""
    if not isinstance(stored, str | bytes):
        return stored
    try:
        return json.loads(stored)
    except ValueError:
        return None


def _knowing(connection: Connection, anchors: Anchors | None) -> Anchors | None:
    """The anchors, with those of them whose entries a restore took away."""
    return replace(anchors, outlived=outlived(connection)) if anchors else None


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """One state of the database, however long it is looked at."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        connection = db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield connection
    else:
        connection = db.session.connection()
        with _broken_text_as_bytes(connection):
            yield connection
    db.session.rollback()


@contextmanager
def _broken_text_as_bytes(connection: Connection) -> Iterator[None]:
    """Text that is no UTF-8 is given as its bytes, not refused."""
    driver: Any = connection.connection.dbapi_connection
    before, driver.text_factory = driver.text_factory, _text
    try:
        yield
    finally:
        driver.text_factory = before


def _text(stored: bytes) -> str | bytes:
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored


def _entries(connection: Connection, after: int = BEFORE_ALL) -> Iterator[Mapping[str, Any]]:
    """Every entry after that number in their order, a thousand at a time."""
    readers = _readers(connection.dialect)
    page = sa.text(
        f"SELECT {', '.join(readers)} FROM audit_entry "  # noqa: S608 -- our own column names
        "WHERE seq > :after ORDER BY seq LIMIT :most"
    )
    while True:
        rows = connection.execute(page, {"after": after, "most": AT_ONCE}).all()
        for row in rows:
            yield {
                name: read(value) for (name, read), value in zip(readers.items(), row, strict=True)
            }
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][0]


def _head(connection: Connection) -> Head | None:
    """What the head row says; a part of it that is no value of its kind is none of ours."""
    found = connection.execute(sa.text("SELECT seq, hash, mac FROM audit_head")).first()
    if found is None:
        return None
    seq = found.seq if type(found.seq) is int else -1
    return Head(seq, _bytes(found.hash), _bytes(found.mac))


def _readers(dialect: Dialect) -> dict[str, Read]:
    """How each column is read, the number first."""
    columns = sorted(AuditEntry.__table__.columns, key=lambda column: column.name != "seq")
    readers: dict[str, Read] = {each.name: _reader(each.type, dialect) for each in columns}
    return readers | {"hash": _bytes, "prev_hash": _bytes}


def _reader(kind: Any, dialect: Dialect) -> Read:
    """The value of what is stored; the stored thing itself when writing it again would differ.

    PostgreSQL keeps values by what they are, so only SQLite can hold one in another spelling.
    """
    if dialect.name == "postgresql":
        return lambda stored: stored
    impl = kind.dialect_impl(dialect)
    load = impl.result_processor(dialect, None) or (lambda value: value)
    dump = impl.bind_processor(dialect) or (lambda value: value)

    def read(stored: Any) -> Any:
        if stored is None:
            return None
        try:
            value = load(stored)
            again = dump(value)
        except (ValueError, TypeError, LookupError, AttributeError):
            return f"unreadable {stored!r}"
        if isinstance(again, memoryview):  # how a driver takes bytes
            again = bytes(again)
        same = type(again) is type(stored) and again == stored
        return value if same else f"unreadable {stored!r}"

    return read


def _bytes(stored: Any) -> bytes:
    return bytes(stored) if isinstance(stored, bytes | memoryview) else b""
