"""What a merge 并案 changed, column by column, so that it can be undone 撤销并案.

Columns of bytes are left out: what is sealed is sealed again, never kept twice.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import inspect

from models.base import UTCDateTime

BETWEEN: Final = ":"
NOW: Final = "now"  # what names a row whose key itself changed
Before = dict[str, dict[str, dict[str, Any]]]


class Watch:
    """Remembers how rows stood when they were first looked at; tells what became otherwise."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[Any, dict[str, Any]]] = {}

    def look(self, *rows: Any) -> None:
        """Remember these as they stand, unless that was done before."""
        for row in rows:
            self._seen.setdefault((row.__tablename__, key_of(row)), (row, _told(row)))

    def before(self) -> Before:
        """By table and row: the columns that changed since, as they stood."""
        told: Before = {}
        for (table, key), (row, stood) in self._seen.items():
            now = _told(row)
            changed = {name: value for name, value in stood.items() if now[name] != value}
            if changed and key_of(row) != key:
                changed[NOW] = key_of(row)
            if changed:
                told.setdefault(table, {})[key] = changed
        return told


def put_back(row: Any, stood: Mapping[str, Any]) -> None:
    """Write into a row what it held before."""
    columns = row.__table__.c
    for name, value in stood.items():
        if name != NOW:
            setattr(row, name, as_stored(columns[name].type, value))


def key_of(row: Any) -> str:
    """What names a row within its table."""
    return BETWEEN.join(str(each) for each in inspect(row).mapper.primary_key_from_instance(row))


def _told(row: Any) -> dict[str, Any]:
    """The columns of a row as JSON may hold them."""
    left_out = inspect(row).mapper.version_id_col
    return {
        column.key: _plain(getattr(row, column.key))
        for column in row.__table__.c
        if column is not left_out and not isinstance(column.type, sa.LargeBinary)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value  # an instant is a date, too


def as_stored(kind: Any, value: Any) -> Any:
    """A value that JSON held, as a column of this kind takes it."""
    if value is None:
        return None
    if isinstance(kind, sa.Enum):
        return kind.enum_class(value) if kind.enum_class else value
    if isinstance(kind, sa.Uuid):
        return UUID(value)
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, sa.Date) else value
