"""The ways to split a figure 指标: a column, how its keys are read, and what they are called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from config import words
from config.policy import Policy
from models import Organisation, db

UNSET: Final = "unset"  # the key of what has no value; `none` is a channel
NONE: Final = {UNSET: "没有填写"}


def _unnamed(_: Policy) -> Mapping[str, str]:
    return {UNSET: "未填或不显示"}


@dataclass(frozen=True, slots=True)
class Group:
    """One way to split: `read` makes a value of a key, ValueError for what is none.

    `names` stand in the office's order; a key without one goes by itself.
    """

    column: ColumnElement[Any]
    read: Callable[[str], Any] = str
    names: Callable[[Policy], Mapping[str, str]] = _unnamed

    def has(self, key: str) -> ColumnElement[bool]:
        """The rows of one group; ValueError for a key that is none."""
        return self.column.is_(None) if key == UNSET else self.column == self.read(key)


def key_of(value: Any) -> str:
    """The key of a group as other programs write it."""
    return UNSET if value is None else str(value)


def by_word(column: InstrumentedAttribute[Any], vocabulary: type[StrEnum]) -> Group:
    """Split by a word of a vocabulary."""
    return Group(column.expression, vocabulary, lambda _: words.labels(vocabulary) | NONE)


def by_category(column: InstrumentedAttribute[Any]) -> Group:
    """Split by the office's categories 类别."""
    return Group(column.expression, names=_categories)


def by_unit(column: InstrumentedAttribute[Any]) -> Group:
    """Split by organisation 单位."""
    return Group(column.expression, UUID, _units)


def _categories(policy: Policy) -> Mapping[str, str]:
    return {each.code: each.name for each in policy.categories.all} | {UNSET: "未分类别"}


def _units(_: Policy) -> Mapping[str, str]:
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name).order_by(
            Organisation.position, Organisation.name
        )
    )
    return {str(key): name for key, name in rows} | {UNSET: "尚未分派"}
