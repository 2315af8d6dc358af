"""The fields of a TOML row, each of the type it must have. Raises ValueError in Chinese."""

from collections.abc import Mapping
from datetime import date
from typing import Any

Row = Mapping[str, Any]


def text(row: Row, field: str) -> str:
    """A text that must be there (KeyError when it is not)."""
    if not isinstance(row[field], str):
        raise ValueError(f"的 {field} 应为文字")
    return str(row[field])


def maybe_text(row: Row, field: str) -> str | None:
    """A text, or None where the row has no such field."""
    return text(row, field) if field in row else None


def texts(row: Row, field: str) -> tuple[str, ...]:
    """A list of texts; an empty one where the row has no such field."""
    value = row.get(field, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"的 {field} 应为一列文字")
    return tuple(value)


def day(row: Row, field: str) -> date | None:
    """A date, or None where the row has no such field."""
    value = row.get(field)
    if value is not None and type(value) is not date:
        raise ValueError(f"的 {field} 应为日期，如 2026-09-22")
    return value


def whole(row: Row, field: str, most: int) -> int | None:
    """A number from 0 to `most`, or None where the row has no such field."""
    value = row.get(field)
    if value is not None and (type(value) is not int or not 0 <= value <= most):
        raise ValueError(f"的 {field} 应为 0 到 {most} 的整数")
    return value
