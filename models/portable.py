"""Kinds of columns 列的种类 by which a table of any revision is told, whatever the database."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from models.base import UTCDateTime
from models.dispute_text import Terms

TYPES: Final[dict[str, TypeEngine[Any]]] = {
    "words": Terms(),
    "instant": UTCDateTime(),
    "uuid": sa.Uuid(),
    "json": sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    ),
    "bytes": sa.LargeBinary(),
    "flag": sa.Boolean(),
    "day": sa.Date(),
    "number": sa.BigInteger(),
    "fraction": sa.Float(),
    "decimal": sa.Numeric(),
    "text": sa.Text(),
}
# the first that fits: some kinds are also of a wider one
_KNOWN: Final = (
    (Terms, "words"),
    (UTCDateTime, "instant"),
    (sa.Uuid, "uuid"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "bytes"),
    (sa.Boolean, "flag"),
    (sa.Date, "day"),
    (sa.Integer, "number"),
    (sa.Float, "fraction"),
    (sa.Numeric, "decimal"),
    (sa.String, "text"),
)


def kind(column: sa.Column[Any]) -> str:
    """The kind of a column; TypeError for one that nobody taught us to carry."""
    for known, name in _KNOWN:
        if isinstance(column.type, known):
            return name
    raise TypeError(f"no way to carry {column}")
