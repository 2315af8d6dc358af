"""The second wall 第二道墙: who is looking, told to PostgreSQL, whose policies answer by it.

The first wall are the conditions of every query; this one holds where one of them was forgotten.
A transaction enters one of two roles that own nothing: one that sees what the policies of the
tables let through, and one that sees every row, for work of the whole house. Nobody who is not
told of sees no row of a dispute. SQLite has no such wall.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy import DDL, event
from sqlalchemy.engine import Connection, Engine

SEEING: Final = "fengqiao_app"
WHOLE_ROLE: Final = "fengqiao_whole"
ENTERED: Final = "the sight a connection has entered"
AS_LOGIN: Final = "as_login"  # the execution option of what changes the tables themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the policies are told of who is looking; nothing is nobody.

    `town` None is everywhere. `reach` are the words of every right to a dispute, `consultations`,
    `lawsuits` and `suggestions` those to these. `whole` passes the wall: `reason` says what for.
    """

    user: UUID | None = None
    home: UUID | None = None
    homes: frozenset[UUID] = frozenset()
    town: frozenset[UUID] | None = frozenset()
    stands_for: frozenset[UUID] = frozenset()
    reach: frozenset[str] = frozenset()
    consultations: frozenset[str] = frozenset()
    lawsuits: frozenset[str] = frozenset()
    suggestions: frozenset[str] = frozenset()
    now: datetime | None = None
    whole: bool = False
    reason: str = ""

    def settings(self) -> dict[str, str]:
        """The settings of the transaction."""
        return {
            "role": WHOLE_ROLE if self.whole else SEEING,
            "fengqiao.user": _text(self.user),
            "fengqiao.home": _text(self.home),
            "fengqiao.homes": _line(self.homes),
            "fengqiao.everywhere": "on" if self.town is None else "",
            "fengqiao.town": _line(self.town or ()),
            "fengqiao.stands_for": _line(self.stands_for),
            "fengqiao.reach": _line(self.reach),
            "fengqiao.consultations": _line(self.consultations),
            "fengqiao.lawsuits": _line(self.lawsuits),
            "fengqiao.suggestions": _line(self.suggestions),
            "fengqiao.now": "" if self.now is None else self.now.isoformat(),
        }


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _line(values: Any) -> str:
    return ",".join(sorted(map(str, values)))


NOBODY: Final = Sight()
outside = NOBODY  # who looks where nothing was said
_sight: ContextVar[Sight] = ContextVar("sight")
_up: WeakSet[Engine] = WeakSet()
_held: ContextVar[frozenset[UUID]] = ContextVar("held", default=frozenset())


def seen() -> Sight:
    """Who is looking now; where nobody said, nobody is."""
    return _sight.get(outside)


@contextmanager
def seeing(sight: Sight) -> Iterator[None]:
    """Meanwhile it is `sight` that looks."""
    token = _sight.set(sight)
    try:
        yield
    finally:
        _sight.reset(token)


@contextmanager
def whole(reason: str) -> Iterator[None]:
    """Meanwhile every row is seen, for a `reason` that stands in the list of the tests."""
    with seeing(Sight(whole=True, reason=reason)):
        yield


def hold(dispute_id: UUID) -> None:
    """Let a dispute be seen until the transaction ends: it was the caller's to change.

    A deed may take it out of the caller's own sight, and PostgreSQL asks that of the changed row.
    """
    _held.set(_held.get() | {dispute_id})


@contextmanager
def holding() -> Iterator[None]:
    """What is held meanwhile is let go at the end."""
    token = _held.set(frozenset())
    try:
        yield
    finally:
        _held.reset(token)


def guard(engine: Engine) -> None:
    """Have every statement of a PostgreSQL engine go through the wall, once it is up."""
    if engine.dialect.name != "postgresql":
        return
    event.listen(engine, "begin", _leave)
    event.listen(engine, "rollback_savepoint", _leave)  # it takes the settings back as well
    event.listen(engine, "before_cursor_execute", _enter)


def _leave(connection: Connection, *_: Any) -> None:
    connection.info.pop(ENTERED, None)


def _enter(connection: Connection, _: Any, __: str, ___: Any, context: Any, ____: bool) -> None:
    """Tell who is looking, when it is another than the transaction knows."""
    now = (seen(), _held.get())
    if connection.info.get(ENTERED) == now or context.execution_options.get(AS_LOGIN):
        return
    if connection.engine not in _up and not _is_up(connection):
        return  # tables of an older revision, or none: a migration comes first
    settings = now[0].settings() | {"fengqiao.held": _line(now[1])}
    statement = f"SELECT {', '.join(['set_config(%s, %s, true)'] * len(settings))}"
    _ask(connection, statement, [part for pair in settings.items() for part in pair])
    connection.info[ENTERED] = now


def _is_up(connection: Connection) -> bool:
    up = bool(_ask(connection, "SELECT to_regprocedure('wall_share()') IS NOT NULL", []))
    if up:
        _up.add(connection.engine)
    return up


def _ask(connection: Connection, statement: str, values: list[str]) -> Any:
    """Ask beside the statement that is being sent; the first value of the answer."""
    try:
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(statement, values)
            found = cursor.fetchone()
            return found and found[0]
    except connection.dialect.loaded_dbapi.Error as failure:
        raise sa.exc.DBAPIError.instance(
            statement,
            None,
            failure,
            connection.dialect.loaded_dbapi.Error,
            hide_parameters=True,
            dialect=connection.dialect,
        ) from failure


# The policy of `dispute` asks these, and theirs ask it: as functions they end the circle. They run
# as the owner and answer of the one who is looking alone. The migration holds the same statements.
_FUNCTION: Final = (
    "CREATE FUNCTION wall_{name}() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER "
    "SET search_path TO 'public', 'pg_temp' AS $$ SELECT array_agg(dispute_id) FROM {name} "
    "WHERE {condition} AND ended_at IS NULL {until}$$"
)
_MOVE: Final = (
    "CREATE FUNCTION wall_{name}() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER "
    "SET search_path TO 'public', 'pg_temp' AS $$ SELECT array_agg(dispute_id) FROM handover "
    "WHERE {unit} = nullif(current_setting('fengqiao.home', true), '')::uuid "
    "AND kind <> 'dispatch' {which}$$"
)
_ME: Final = "user_id = nullif(current_setting('fengqiao.user', true), '')::uuid"
_HOME: Final = "organisation_id = nullif(current_setting('fengqiao.home', true), '')::uuid"
_NOW: Final = "nullif(current_setting('fengqiao.now', true), '')::timestamptz"
FUNCTIONS: Final = {
    "share": _FUNCTION.format(
        name="share", condition=_HOME, until=f"AND (until IS NULL OR until > {_NOW}) "
    ),
    "named": _FUNCTION.format(name="named", condition=_ME, until=""),
    "glass": _FUNCTION.format(name="glass", condition=_ME, until=f"AND until > {_NOW} "),
    "handed": _MOVE.format(
        name="handed", unit="from_organisation_id", which="AND state <> 'withdrawn' "
    ),
    "incoming": _MOVE.format(
        name="incoming", unit="to_organisation_id", which="AND state = 'open' "
    ),
}


def made_with(table: Any, name: str | None = None) -> None:
    """Make the function over `table`, or one of several, when the table is made by itself."""
    text = FUNCTIONS[name or table.name]
    ddl = DDL(text)  # type: ignore[no-untyped-call]  # the package leaves it untyped
    event.listen(table, "after_create", ddl.execute_if(dialect="postgresql"))
