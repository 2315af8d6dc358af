"""The same work by bare SQL on the same database: what it would cost without the product."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from service.cli.bench.scratch import Scratch

Bare = Callable[[int], object]
# a registration writes these; the column that names its dispute
TABLES: Final = {
    "dispute": "id",
    "party": "dispute_id",
    "episode": "dispute_id",
    "route": "dispute_id",
    "event": "subject_id",
}
ROW: Final = (
    "SELECT d.id, d.number, d.status, d.outcome, d.category, d.channel, d.level, d.restricted, "
    "d.registered_at, d.registered_on, d.due_on, d.narrative, o.name FROM dispute d "
    "LEFT JOIN organisation o ON o.id = d.organisation_id "
)
NEWEST: Final = "ORDER BY d.registered_at DESC, d.id DESC LIMIT 26"
SIDES: Final = "SELECT role, kind, name FROM party WHERE dispute_id = ?"
LIKE_IT: Final = (
    "SELECT d.id, d.number FROM party p JOIN dispute d ON d.id = p.dispute_id "
    "WHERE p.{} = ? ORDER BY d.registered_at DESC LIMIT 5"
)
CAME_IN: Final = (
    "SELECT d.category, d.channel, d.organisation_id, count(*) FROM dispute d "
    "WHERE d.registered_on >= ? AND d.registered_on <= ? GROUP BY 1, 2, 3"
)
WAS_CLOSED: Final = (
    "SELECT d.category, d.channel, e.outcome, count(*) FROM episode e "
    "JOIN dispute d ON d.id = e.dispute_id "
    "WHERE e.closed_on >= ? AND e.closed_on <= ? GROUP BY 1, 2, 3"
)
NAMED: Final = "SELECT dispute_id FROM party WHERE name >= ? AND name < ?"


@dataclass(slots=True)
class Copies:
    """Writes one stored dispute again and again, under new ids and numbers."""

    scratch: Scratch
    dispute_id: str
    made: int = 0
    columns: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table, key in TABLES.items():
            cursor = self.scratch.connection.cursor()
            mark = "?" if self.scratch.kind == "sqlite" else "%s"
            cursor.execute(
                f"SELECT * FROM {table} WHERE {key} = {mark}",  # noqa: S608 -- our own words
                (self.dispute_id,),
            )
            names = [each[0] for each in cursor.description]
            self.rows[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            self.columns[table] = [n for n in names if (table, n) != ("event", "id")]

    def write(self, count: int) -> None:
        """So many copies, in one transaction."""
        self.scratch.connection.cursor().execute("BEGIN")
        fresh = [uuid4().hex for _ in range(count)]
        for table, key in TABLES.items():
            columns = self.columns[table]
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            values = [
                tuple(self._changed(table, row, key, dispute_id)[name] for name in columns)
                for dispute_id in fresh
                for row in self.rows[table]
            ]
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 -- as above
            self.scratch.write(statement, *values)
        self.scratch.keep()

    def _changed(
        self, table: str, row: dict[str, Any], key: str, dispute_id: str
    ) -> dict[str, Any]:
        changed = {name: _plain(value) for name, value in row.items()}
        changed |= {"id": uuid4().hex} if table != "event" else {}
        changed[key] = dispute_id
        if table == "dispute":
            self.made += 1
            changed |= {"number": f"BARE-{self.made:07d}", "fingerprint": None}
        return changed


def _plain(value: Any) -> Any:
    """A value as it can be written again: psycopg reads JSON as Python objects."""
    if isinstance(value, dict | list):
        from psycopg.types.json import Jsonb  # noqa: PLC0415 -- PostgreSQL only

        return Jsonb(value)
    return value


def listed(scratch: Scratch, condition: str = "1 = 1", *values: Any) -> Bare:
    """The newest page of what meets a condition, with both sides of each."""

    def work(_: int) -> None:
        rows = scratch.rows(f"{ROW} WHERE {condition} {NEWEST}", *values)
        for row in rows[:25]:
            scratch.rows(SIDES, row[0])

    return work


def of_mediator(mediator_id: str) -> tuple[str, str]:
    """The condition on what one mediator carries."""
    return "d.mediator_id = ?", mediator_id


def of_unit(scratch: Scratch, username: str) -> tuple[str, str]:
    """The condition on what somebody's unit handles."""
    query = "SELECT organisation_id FROM user_account WHERE username = ?"
    return "d.organisation_id = ?", scratch.rows(query, username)[0][0]


def middle(scratch: Scratch) -> tuple[Any, Any]:
    """The place of the row in the middle of the newest-first list."""
    query = (
        "SELECT registered_at, id FROM dispute ORDER BY registered_at DESC, id DESC "
        "LIMIT 1 OFFSET (SELECT count(*) / 2 FROM dispute)"
    )
    at, dispute_id = scratch.rows(query)[0]
    return at, dispute_id


def listed_after(scratch: Scratch, place: tuple[Any, Any]) -> Bare:
    """The page behind a place of the newest-first list."""
    return listed(scratch, "(d.registered_at, d.id) < (?, ?)", *place)


def opened(scratch: Scratch, ids: list[str]) -> Bare:
    """One dispute with its parties and its route."""

    def work(place: int) -> None:
        chosen = ids[place % len(ids)]
        scratch.rows("SELECT * FROM dispute WHERE id = ?", chosen)
        scratch.rows("SELECT * FROM party WHERE dispute_id = ? ORDER BY position", chosen)
        scratch.rows("SELECT * FROM route WHERE dispute_id = ?", chosen)

    return work


def named(scratch: Scratch, name: str, mediator_id: str) -> Bare:
    """Disputes of one mediator with a party whose name begins so."""
    query = f"{ROW} WHERE d.mediator_id = ? AND d.id IN ({NAMED}) {NEWEST}"
    return lambda _: scratch.rows(query, mediator_id, name, f"{name}\U0010ffff")


def worded(scratch: Scratch, word: str, mediator_id: str | None = None) -> Bare:
    """Disputes of one mediator, or of all, whose story holds a word, walked from the newest."""
    mine, values = ("", ()) if mediator_id is None else ("d.mediator_id = ? AND", (mediator_id,))
    query = f"{ROW} WHERE {mine} d.narrative LIKE ? {NEWEST}"
    return lambda _: scratch.rows(query, *values, f"%{word}%")


def alike(scratch: Scratch, keys: list[tuple[bytes, bytes, str]]) -> Bare:
    """Disputes of the same ID number, phone or name: three look-ups by index."""

    def work(place: int) -> None:
        columns = ("id_number_index", "phone_index", "name")
        for column, value in zip(columns, keys[place % len(keys)], strict=True):
            scratch.rows(LIKE_IT.format(column), value)

    return work


def counted(scratch: Scratch, first: str, last: str) -> Bare:
    """What came in and what was closed in one week."""

    def work(_: int) -> None:
        for query in (CAME_IN, WAS_CLOSED):
            scratch.rows(query, first, last)

    return work
