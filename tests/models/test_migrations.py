"""The migrations make exactly the tables of the models, on either database, and can go back."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from config.vocabulary import HandoverKind, HandoverState
from models import Base, Clock, Dispute, Event, Handover, Organisation, migrate
from tests.databases import DatabaseKinds

BOOKKEEPING = "alembic_version"
REVISIONS = [
    script.revision
    for script in ScriptDirectory(str(migrate.FOLDER)).walk_revisions()
    if script.revision
][::-1]

COLUMNS = """
    SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           a.attidentity, pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND a.attnum > 0 AND NOT a.attisdropped
"""
CONSTRAINTS = """
    SELECT 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.connamespace = 'public'::regnamespace
"""
INDEXES = """
    SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""
OTHERS = """
    SELECT 'trigger', c.relname, t.tgname, pg_get_triggerdef(t.oid)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'function', p.proname, '', pg_get_functiondef(p.oid)
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
"""


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """An engine over a database with nothing in it."""
    made = sa.create_engine(empty_database_url, poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture
def other_engine(database: str, _databases: DatabaseKinds) -> Iterator[Engine]:
    """An engine over a second one."""
    url = _databases[database].empty()
    made = sa.create_engine(url, poolclass=NullPool)
    yield made
    made.dispose()
    _databases[database].drop(url)


def test_every_revision_goes_up_down_and_up_again_to_the_same_tables(engine: Engine) -> None:
    before = described(engine)
    for revision, parent in zip(REVISIONS, ["base", *REVISIONS], strict=False):
        migrate.upgrade(engine, revision)
        after = described(engine)
        migrate.downgrade(engine, parent)
        assert described(engine) == before
        migrate.upgrade(engine, revision)
        assert described(engine) == after
        before = after


def test_the_newest_revision_equals_what_the_models_would_create(
    engine: Engine, other_engine: Engine
) -> None:
    migrate.upgrade(engine)
    Base.metadata.create_all(other_engine)
    assert described(engine) == described(other_engine)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_tables_that_are_made_at_once_are_those_of_the_newest_revision(
    engine: Engine, other_engine: Engine
) -> None:
    migrate.upgrade(engine)
    migrate.make(other_engine)
    assert described(engine) == described(other_engine)
    assert migrate.current(other_engine) == migrate.head()


def test_nothing_is_left_to_draft(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.connect() as connection:
        opts = {"compare_server_default": True, "include_name": migrate.is_drafted}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def test_the_database_knows_its_revision(engine: Engine) -> None:
    assert migrate.current(engine) is None
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.head() == REVISIONS[-1]
    migrate.downgrade(engine, "base")
    assert migrate.current(engine) is None


def test_an_upgrade_of_the_newest_changes_nothing(engine: Engine) -> None:
    migrate.upgrade(engine)
    before = described(engine)
    migrate.upgrade(engine)
    assert described(engine) == before


def test_renewed_tables_are_empty_and_of_the_revision_that_was_asked(engine: Engine) -> None:
    migrate.upgrade(engine)
    before = described(engine)
    with engine.begin() as connection:
        _put(connection, Organisation, id=uuid4(), kind="governance_centre", name="综治中心")
    migrate.renew(engine, migrate.head())
    assert described(engine) == before
    with engine.connect() as connection:
        assert connection.execute(sa.select(Organisation.__table__)).all() == []
    migrate.renew(engine, "0001")
    assert migrate.current(engine) == "0001"


def test_a_promise_of_the_time_before_clocks_is_carried_over_and_warned_of(engine: Engine) -> None:
    migrate.upgrade(engine, "0015")
    unit, promised, free = uuid4(), uuid4(), uuid4()
    due = {"due_on": date(2026, 12, 2), "due_rule": "PM.DEFAULT", "due_provisional": True}
    with engine.begin() as connection:
        _put(connection, Organisation, id=unit, kind="governance_centre", name="综治中心")
        _put(connection, Dispute, **_dispute(promised, unit, "1"), **due)
        _put(connection, Dispute, **_dispute(free, unit, "2"), due_provisional=False)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        [clock] = connection.execute(sa.select(Clock.__table__)).all()
    assert (clock.dispute_id, clock.rule, clock.stated) == (promised, "PM.DEFAULT", True)
    assert (clock.start_on, clock.due_on, clock.provisional) == (BEGUN.date(), due["due_on"], True)
    assert clock.next_step_at == BEGUN  # the ladder looks at it at once


BEGUN = datetime(2026, 11, 2, 1, tzinfo=UTC)


def test_every_dispatch_of_the_time_before_has_its_row(engine: Engine) -> None:
    migrate.upgrade(engine, "0019")
    unit, (waits, came_back, taken) = uuid4(), (uuid4(), uuid4(), uuid4())
    told = {
        waits: ["dispatch", "return", "dispatch"],
        came_back: ["dispatch", "accept", "return"],
        taken: ["dispatch", "accept", "close", "reopen", "dispatch", "decline"],
    }
    status = {waits: "dispatched", came_back: "registered", taken: "registered"}
    with engine.begin() as connection:
        _put(connection, Organisation, id=unit, kind="people_mediation_committee", name="调委会")
        for place, (dispute_id, deeds) in enumerate(told.items()):
            led = {"organisation_id": unit, "status": status[dispute_id]}
            led |= {"due_paused": False, "due_provisional": False}
            _put(connection, Dispute, **_dispute(dispute_id, unit, f"QLS{place}") | led)
            for number, deed in enumerate(deeds):
                detail = {"organisation": str(unit)} if deed == "dispatch" else {}
                _put(
                    connection,
                    Event,
                    happened_at=BEGUN + timedelta(hours=number),
                    subject="dispute",
                    subject_id=dispute_id,
                    organisation_id=unit,
                    action=deed,
                    detail=detail,
                )
    migrate.upgrade(engine, "0020")
    with engine.begin() as connection:
        rows = connection.execute(sa.select(Handover).order_by(Handover.ordinal)).all()
    found = {
        dispute_id: [
            (each.ordinal, each.episode, each.state, each.accepted_at, each.answered_at)
            for each in rows
            if each.dispute_id == dispute_id
        ]
        for dispute_id in told
    }
    hour = timedelta(hours=1)
    assert found == {
        waits: [
            (1, 1, HandoverState.RETURNED, None, BEGUN + hour),
            (2, 1, HandoverState.OPEN, None, None),
        ],
        came_back: [(1, 1, HandoverState.RETURNED, BEGUN + hour, BEGUN + 2 * hour)],
        taken: [
            (1, 1, HandoverState.ACCEPTED, BEGUN + hour, BEGUN + hour),
            (2, 2, HandoverState.WITHDRAWN, None, BEGUN + 5 * hour),
        ],
    }
    assert {(each.kind, each.to_organisation_id, each.due_at) for each in rows} == {
        (HandoverKind.DISPATCH, unit, None)
    }
    assert {each.dispute_id for each in rows if each.look_at is not None} == {waits}
    assert {each.sent_on for each in rows} == {BEGUN.date()}


def _dispute(dispute_id: UUID, unit: UUID, number: str) -> dict[str, Any]:
    """What any dispute had to have then."""
    return {
        "id": dispute_id,
        "number": number,
        "code_sealed": b"",
        "sealed_key": b"",
        "registered_at": BEGUN,
        "registered_on": BEGUN.date(),
        "registered_at_organisation_id": unit,
        "source": "walk_in",
        "category": "neighbour",
        "narrative": "",
        "facts": {},
        "restricted": False,
        "status": "registered",
        "channel": "people",
        "level": "none",
        "danger": "none",
        "version": 1,
    }


def _put(connection: Connection, table: type[Base], **row: Any) -> None:
    """Write a row with the columns that are named: the table may have fewer than its model."""
    columns = [sa.column(name, table.__table__.c[name].type) for name in row]
    more = {"position": 0, "active": True, "version": 1} if table is Organisation else {}
    columns += [sa.column(name, table.__table__.c[name].type) for name in more]
    connection.execute(sa.insert(sa.table(table.__tablename__, *columns)).values(**row, **more))


def described(engine: Engine) -> Counter[tuple[str, ...]]:
    """Every table, column, constraint, index and trigger, in an order-free form that compares."""
    with engine.connect() as connection:
        rows = _sqlite(connection) if engine.dialect.name == "sqlite" else _postgres(connection)
        return Counter(row for row in rows if row[1] != BOOKKEEPING)


def _postgres(connection: Connection) -> Iterator[tuple[str, ...]]:
    for query in (COLUMNS, CONSTRAINTS, INDEXES, OTHERS):
        for row in connection.execute(sa.text(query)):
            yield tuple(map(str, row))


def _sqlite(connection: Connection) -> Iterator[tuple[str, ...]]:
    query = "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    for kind, table, name, text in connection.execute(sa.text(query)):
        plain = " ".join(text.replace('"', "").split())
        if kind != "table":
            yield kind, table, name, plain
            continue
        head, body, tail = split(plain)
        yield kind, table, head, tail
        for item in body:
            yield "item", table, item


def split(create_table: str) -> tuple[str, list[str], str]:
    """Cut `CREATE TABLE t (a, b) end` into what stands before, in and after the brackets."""
    start, end = create_table.index("("), create_table.rindex(")")
    items, depth, quoted, item = [], 0, False, ""
    for sign in create_table[start + 1 : end]:
        quoted ^= sign == "'"
        depth += 0 if quoted else {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0 and not quoted:
            items.append(item)
            item = ""
        else:
            item += sign
    cleaned = [re.sub(r"\s*([(),])\s*", r"\1", each).strip() for each in [*items, item]]
    return create_table[:start].strip(), cleaned, create_table[end + 1 :].strip()


def test_a_table_is_cut_at_its_outer_commas_only() -> None:
    cut = split("CREATE TABLE t ( a TEXT, CONSTRAINT c CHECK (a IN ('x,', 'y')) ) STRICT")
    assert cut == ("CREATE TABLE t", ["a TEXT", "CONSTRAINT c CHECK(a IN('x,','y'))"], "STRICT")
