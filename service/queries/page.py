"""Pages of a list: by key, never by offset, so page one and page ten thousand cost the same.

A cursor is sealed: where a page ends tells the time and the id of a row that may only be counted.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.engine import Engine

from models import db
from service.errors import Invalid
from service.gateways.keyring import CannotOpen, Keyring

T = TypeVar("T")
LONGEST: Final = 400
PLACE: Final = "cursor"
_keyrings: Final[WeakKeyDictionary[Engine, Keyring]] = WeakKeyDictionary()
FIRST_YEAR, LAST_YEAR = 1900, 2199
BEYOND_COUNTING: Final = 2**63


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, where to go on, and the total when it was asked for."""

    items: Sequence[T]
    next_cursor: str | None
    total: int | None = None


def seal_cursors(engine: Engine, keyring: Keyring) -> None:
    """Have the cursors of lists of this database sealed with `keyring`."""
    _keyrings[engine] = keyring


def encode_cursor(values: Sequence[Any]) -> str:
    """The place after which the next page begins, sealed; the same place, the same cursor."""
    told = json.dumps(list(values)).encode()
    sealed = _keyrings[db.engine].seal_alike(told, PLACE)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_cursor(cursor: str, *readers: Callable[[Any], Any]) -> list[Any]:
    """The place a cursor 翻页标记 names, each value read by its reader.

    A reader raises ValueError for what it does not take. Invalid at `cursor` for anything that
    was not made here.
    """
    try:
        return [read(value) for read, value in zip(readers, _unpacked(cursor), strict=True)]
    except ValueError as refusal:
        raise Invalid({"cursor": ["翻页标记不对，请从第一页重新打开"]}) from refusal


def as_instant(value: Any) -> datetime:
    """An instant with its zone, in the years both databases and UTC know."""
    instant = datetime.fromisoformat(as_text(value))
    if instant.tzinfo is None:
        raise ValueError("an instant must carry its zone")
    _must_be_near(instant)
    return instant


def as_day(value: Any) -> date:
    """A plain date in the same years."""
    day = date.fromisoformat(as_text(value))
    _must_be_near(day)
    return day


def as_id(value: Any) -> UUID:
    """The random id of a row."""
    return UUID(as_text(value))


def as_text(value: Any) -> str:
    """Words a database can be asked for: no NUL, no half of a character."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("not text")
    value.encode()
    return value


def as_number(value: Any) -> int:
    """A whole number from 0 to what eight bytes hold; neither true nor 1.0 is one."""
    if type(value) is not int or not 0 <= value < BEYOND_COUNTING:
        raise ValueError("not a whole number")
    return value


def beyond(
    columns: Sequence[Any], values: Sequence[Any], *, descending: bool
) -> ColumnElement[bool]:
    """Rows that come after `values` in the order of `columns`."""
    typed = (sa.literal(v, column.type) for column, v in zip(columns, values, strict=True))
    here, there = sa.tuple_(*columns), sa.tuple_(*typed)
    return here < there if descending else here > there


def _unpacked(cursor: str) -> list[Any]:
    if len(cursor) > LONGEST:
        raise ValueError("longer than any cursor made here")
    sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    try:
        values = json.loads(_keyrings[db.engine].open(sealed, PLACE))
    except CannotOpen as refusal:
        raise ValueError("not made here") from refusal
    if not isinstance(values, list):
        raise ValueError("not a list of values")
    return values


def _must_be_near(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("no year of the office")
