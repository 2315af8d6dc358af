"""Pages of a list: by key, never by offset, so page one and page ten thousand cost the same."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from service.errors import Invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, where to go on, and the total when it was asked for."""

    items: Sequence[T]
    next_cursor: str | None
    total: int | None = None


def encode_cursor(values: Sequence[Any]) -> str:
    """The place after which the next page begins, opaque to the caller."""
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """The values of a cursor; Invalid at `cursor` when it was not made here."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as refusal:
        raise Invalid({"cursor": ["翻页标记不对，请从第一页重新打开"]}) from refusal
    if not isinstance(values, list) or len(values) != length:
        raise Invalid({"cursor": ["翻页标记不对，请从第一页重新打开"]})
    return values


def beyond(
    columns: Sequence[Any], values: Sequence[Any], *, descending: bool
) -> ColumnElement[bool]:
    """Rows that come after `values` in the order of `columns`."""
    here, there = sa.tuple_(*columns), sa.tuple_(*values)
    return here < there if descending else here > there
