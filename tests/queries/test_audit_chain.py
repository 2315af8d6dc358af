"""Whatever somebody does to the stored trail, or to its anchors, a look at it tells where."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from models import AuditEntry, AuditHead, db
from service.rules import audit as rules
from service.rules.audit import HASHED, Found, Verdict
from tests.factories.trail import anchored, forging, look, written
from tests.statements import owning

pytestmark = pytest.mark.usefixtures("inside")
ANCHOR, SECOND, LENGTH = 8, 15, 20  # where the anchors are, and how long the trail is


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A trail of twenty entries with two anchors; the file they stand in."""
    path = tmp_path / "anchors.jsonl"
    written(8)
    assert anchored(path, minutes=60) == ANCHOR
    written(6, begin=9)
    assert anchored(path, minutes=120) == SECOND
    written(4, begin=20)
    return path


def run(connection: Connection, statement: str, **values: Any) -> None:
    connection.execute(sa.text(statement), values)


def edit(connection: Connection) -> None:
    run(connection, "UPDATE audit_entry SET action = 'dispute.read' WHERE seq = 7")


def delete_middle(connection: Connection) -> None:
    run(connection, "DELETE FROM audit_entry WHERE seq = 10")


def delete_tail(connection: Connection) -> None:
    run(connection, "DELETE FROM audit_entry WHERE seq > 17")


def swap(connection: Connection) -> None:
    for before, after in ((5, 1000), (6, 5), (1000, 6)):
        run(connection, "UPDATE audit_entry SET seq = :b WHERE seq = :a", a=before, b=after)


def insert(connection: Connection) -> None:
    """A made-up entry between the eleventh and the twelfth; all that follow move on."""
    for seq in range(LENGTH, 11, -1):
        run(connection, "UPDATE audit_entry SET seq = :b WHERE seq = :a", a=seq, b=seq + 1)
    columns = [each.name for each in AuditEntry.__table__.columns if each.name != "seq"]
    told = ", ".join(columns)
    run(
        connection,
        f"INSERT INTO audit_entry (seq, {told}) SELECT 12, {told} FROM audit_entry WHERE seq = 3",
    )


def rehash_from_nine(connection: Connection) -> None:
    """The whole end written anew, each entry after the other, with the head, by another key."""
    key = b"x" * 32
    columns = AuditEntry.__table__.columns
    told = [dict(row) for row in connection.execute(sa.select(*columns).order_by("seq")).mappings()]
    last = told[7]["hash"]
    for row in told[8:]:
        made = rules.entry_hash(row["seq"], last, row, key)
        at = AuditEntry.__table__.c.seq == row["seq"]
        change = sa.update(AuditEntry).where(at).values(prev_hash=last, hash=made)
        connection.execute(change)
        last = made
    run(
        connection,
        "UPDATE audit_head SET hash = :last, mac = :mac",
        last=last,
        mac=rules.head_mac(LENGTH, last, key),
    )


def change_time(connection: Connection) -> None:
    run(
        connection,
        "UPDATE audit_entry SET happened_at = "
        "(SELECT happened_at FROM audit_entry WHERE seq = 3) WHERE seq = 4",
    )


def empty(connection: Connection) -> None:
    run(connection, "DELETE FROM audit_entry")


def edit_head(connection: Connection) -> None:
    run(connection, "DELETE FROM audit_entry WHERE seq > 18")
    run(
        connection,
        "UPDATE audit_head SET seq = 18, hash = (SELECT hash FROM audit_entry WHERE seq = 18)",
    )


def drop_head(connection: Connection) -> None:
    run(connection, "DELETE FROM audit_head")


@pytest.mark.parametrize(
    ("forge", "verdict", "first_bad"),
    [
        (edit, Verdict.MISMATCH, 7),
        (delete_middle, Verdict.MISMATCH, 10),
        (delete_tail, Verdict.TRUNCATED, 18),
        (swap, Verdict.MISMATCH, 5),
        (insert, Verdict.MISMATCH, 12),
        (rehash_from_nine, Verdict.MISMATCH, 9),
        (change_time, Verdict.MISMATCH, 4),
        (empty, Verdict.TRUNCATED, 1),
        (edit_head, Verdict.MISMATCH, 18),
        (drop_head, Verdict.MISMATCH, 20),
    ],
)
def test_a_forged_trail_is_found_at_its_first_bad_entry(
    file: Path, forge: Callable[[Connection], None], verdict: Verdict, first_bad: int
) -> None:
    with forging() as connection:
        forge(connection)
    found = look(file)
    assert (found.verdict, found.first_bad) == (verdict, first_bad)


def test_an_old_database_put_back_is_found_by_the_anchor_it_does_not_have(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    written(6)
    anchored(path, minutes=60)
    before = db.session.execute(sa.select(AuditHead.seq, AuditHead.hash, AuditHead.mac)).one()
    written(6, begin=6)
    anchored(path, minutes=120)
    with forging() as connection:
        run(connection, "DELETE FROM audit_entry WHERE seq > :end", end=before.seq)
        connection.execute(sa.update(AuditHead).values(before._asdict()))
    assert look(path) == Found(Verdict.ANCHOR_MISMATCH, 7, 13, "写下锚点时有的记录不见了")


@pytest.mark.parametrize(("line", "first_bad"), [(0, ANCHOR), (1, SECOND)])
def test_an_anchor_that_was_dropped_is_missed(file: Path, line: int, first_bad: int) -> None:
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:line] + lines[line + 1 :]))
    found = look(file)
    assert (found.verdict, found.first_bad) == (Verdict.ANCHOR_MISMATCH, first_bad)


@pytest.mark.parametrize(
    ("name", "value"),
    [("hash", "00" * 32), ("seq", 9), ("at", "2026-11-02T03:00:00+00:00"), ("seq", "x")],
)
def test_an_anchor_that_was_changed_is_found(file: Path, name: str, value: object) -> None:
    first, second = file.read_text().splitlines()
    file.write_text(f"{json.dumps(json.loads(first) | {name: value})}\n{second}\n")
    found = look(file)
    where = 9 if value == 9 else ANCHOR
    assert (found.verdict, found.first_bad) == (Verdict.ANCHOR_MISMATCH, where)


def test_an_older_copy_of_the_anchors_is_not_asked_for_newer_ones(file: Path) -> None:
    file.write_text(file.read_text().splitlines(keepends=True)[0])
    assert look(file, older_copy=True) == Found(Verdict.WHOLE, LENGTH)


def test_every_changed_byte_of_the_anchors_is_found(file: Path) -> None:
    whole = file.read_bytes()
    chance = random.Random(20261102)
    for _ in range(200):
        place = chance.randrange(len(whole))
        other = chance.choice([each for each in range(256) if each != whole[place]])
        file.write_bytes(whole[:place] + bytes([other]) + whole[place + 1 :])
        assert look(file).verdict is Verdict.ANCHOR_MISMATCH, (place, other)


def test_an_untouched_trail_raises_no_alarm(file: Path) -> None:
    for place in range(100):
        if place % 10 == 0:
            written(1, begin=place)
        assert look(file).verdict is Verdict.WHOLE


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x' WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 1",
        "DELETE FROM audit_entry",
    ],
)
def test_the_trail_is_neither_changed_nor_deleted(file: Path, statement: str) -> None:
    with db.engine.connect() as connection:
        owning(connection)  # whom the grants do not stop
        with pytest.raises(DBAPIError, match="the trail only grows"):
            connection.exec_driver_sql(statement)
    assert look(file).verdict is Verdict.WHOLE


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_trail_is_not_truncated(file: Path) -> None:
    with db.engine.connect() as connection:
        owning(connection)  # whom the grants do not stop
        with pytest.raises(DBAPIError, match="the trail only grows"):
            connection.exec_driver_sql("TRUNCATE audit_entry")
    assert look(file).verdict is Verdict.WHOLE


@pytest.mark.parametrize("changes", [150, pytest.param(1000, marks=pytest.mark.deep)])
def test_every_changed_byte_of_a_stored_entry_is_found(file: Path, changes: int) -> None:
    chance = random.Random(changes)
    made = 0
    while made < changes:
        at: list[Found] = []
        seq, column = chance.randint(1, LENGTH), chance.choice(("hash", "prev_hash", *HASHED))
        if not _changed(chance, seq, column, lambda: look(file), at):
            continue
        made += 1
        assert at[0].verdict is Verdict.MISMATCH, (seq, column)
        assert at[0].first_bad == seq, (seq, column)
    assert look(file).verdict is Verdict.WHOLE


def _changed(
    chance: random.Random,
    seq: int,
    column: str,
    look_once: Callable[[], Found],
    told: list[Found],
) -> bool:
    """Change one byte, look, and change it back; whether there was a byte the database let go."""
    sqlite = db.engine.dialect.name == "sqlite"
    with forging() as connection:
        stored, kind = _stored(connection, seq, column, sqlite=sqlite)
    if not stored:
        return False
    place = chance.randrange(len(stored))
    other = chance.choice([each for each in range(1, 256) if each != stored[place]])
    broken = stored[:place] + bytes([other]) + stored[place + 1 :]
    try:
        with forging() as connection:
            _store(connection, seq, column, broken, kind)
            again, _ = _stored(connection, seq, column, sqlite=sqlite)
    except (DBAPIError, UnicodeDecodeError):
        return False  # PostgreSQL holds no such value
    if again == stored:
        return False  # another spelling of the same value, which PostgreSQL does not keep
    told.append(look_once())
    with forging() as connection:
        _store(connection, seq, column, stored, kind)
    return True


def _stored(
    connection: Connection, seq: int, column: str, *, sqlite: bool
) -> tuple[bytes | None, str]:
    if sqlite:
        told = f"CAST({column} AS BLOB), typeof({column})"
    else:
        told = f"{column}, pg_typeof({column})::text"
        if column not in ("hash", "prev_hash", "reason_sealed", "reason_mac"):
            told = f"convert_to({column}::text, 'UTF8'), pg_typeof({column})::text"
    asked = sa.text(f"SELECT {told} FROM audit_entry WHERE seq = :seq")
    value, kind = connection.execute(asked, {"seq": seq}).one()
    return None if value is None else bytes(value), str(kind)


def _store(connection: Connection, seq: int, column: str, value: bytes, kind: str) -> None:
    plain = kind in ("blob", "bytea")
    given: Any = value
    if kind not in ("blob", "bytea", "text", "integer") or connection.dialect.name != "sqlite":
        given = value if plain else value.decode()
    told = ":value" if plain else f"CAST(:value AS {kind.upper()})"
    run(
        connection,
        f"UPDATE audit_entry SET {column} = {told} WHERE seq = :seq",
        value=given,
        seq=seq,
    )
