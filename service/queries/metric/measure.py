"""What there is to say of one figure 指标, and of the rows it counts."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from datetime import date
from functools import partial
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute

from config.access import Reach
from config.policy import Policy
from models import Organisation
from service.errors import Invalid
from service.queries import sight
from service.queries.metric.group import Group
from service.queries.metric.question import MetricView, Question
from service.rules import metric as rules
from service.rules.access import Scope
from service.rules.statistics import Period

Condition = Callable[[Question], ColumnElement[bool]]
ALL: Final = sa.true()
WHOLE: Final = partial(sight.whole, "figures")


class Brief(Protocol):
    """One row behind a figure, whatever else its noun tells of it."""

    @property
    def id(self) -> UUID:
        """The key of what the row is about."""

    @property
    def counted(self) -> bool:
        """Whether it is in the numerator; of a count every row is."""


B = TypeVar("B", bound=Brief)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of one kind: from where, whose, split how, told how in brief.

    `unit` leads or answers for a row; rows without are counts of the whole town and nobody's cases.
    `usable` are those of a unit's own rows that it counts. `seeing` opens the second wall: who may
    read a figure may not always read its rows in full. `make` gets a row with the columns `brief`,
    `counted` and `place_on`, the day by which it is listed; and today.
    """

    source: Any
    id: Any
    brief: tuple[Any, ...]
    make: Callable[[Any, date], Brief]
    groups: Mapping[str, Group]
    unit: Any = None
    exist: ColumnElement[bool] | None = None
    usable: ColumnElement[bool] = ALL
    seeing: Callable[[], AbstractContextManager[None]] = WHOLE

    def reached(self, scope: Scope | None) -> ColumnElement[bool]:
        """The whole town; or what one's own organisation leads, without what it may not count."""
        if scope is None or (Reach.TOWN in scope.reach and scope.actor.town is None):
            return ALL
        if self.unit is None:
            return ALL if Reach.TOWN in scope.reach else sa.false()
        if Reach.TOWN in scope.reach:
            return self._led_by(scope.actor.town or ())
        if Reach.ORGANISATION not in scope.reach:
            return sa.false()
        return self._led_by(scope.actor.homes) & self.usable

    def _led_by(self, organisation_ids: Collection[UUID]) -> ColumnElement[bool]:
        led: ColumnElement[bool] = self.unit.in_(organisation_ids)
        return led


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How one figure is counted: which rows, `hits` of them if it is a rate, by which `day`.

    `told` is for what is no count of rows; whoever asks for rows gets them all the same. `hits_of`
    is for those that count only as it is asked.
    """

    rows: Rows
    when: Condition
    day: Any
    hits: ColumnElement[bool] = ALL
    newest_first: bool = True
    hits_of: Condition | None = None
    told: Callable[[Question, str | None, Policy], MetricView] | None = None

    def counting(self, question: Question) -> ColumnElement[bool]:
        """Which of the rows are in the numerator."""
        return self.hits if self.hits_of is None else self.hits_of(question)

    def narrowed(self, question: Question, query: Select[Any]) -> Select[Any]:
        """`query` over exactly the rows of the figure, inside the scope."""
        query = query.select_from(self.rows.source)
        if self.rows.exist is not None:
            query = query.where(self.rows.exist)
        query = query.where(self.when(question), self.rows.reached(question.scope))
        for group, key in question.narrowed.items():
            rules.check_group(question.metric, group, group)
            query = query.where(self._has(group, key))
        return query

    def _has(self, group: str, key: str) -> ColumnElement[bool]:
        try:
            return self.rows.groups[group].has(key)
        except ValueError as refusal:
            raise Invalid({group: ["没有这个选项"]}) from refusal


def between(column: Any, period: Period) -> ColumnElement[bool]:
    """Days of the period."""
    return sa.and_(column >= period.start_on, column < period.end_on)


def within(column: Any, *conditions: ColumnElement[bool]) -> Condition:
    """Rows whose day is in the period asked for, and for which the conditions hold."""
    return lambda question: sa.and_(between(column, question.period), *conditions)


def unit_name(organisation_id: InstrumentedAttribute[Any]) -> Any:
    """The name of the organisation a row says."""
    name = sa.select(Organisation.name).where(Organisation.id == organisation_id)
    return name.correlate(organisation_id.class_).scalar_subquery()


def filled(shape: type[B], row: Any, **worked_out: Any) -> B:
    """`shape` with what stands in the columns of its names, but for what is worked out."""
    names = [each.name for each in fields(shape)]  # type: ignore[arg-type]  # every Brief is one
    read = {name: getattr(row, name) for name in names if name not in worked_out}
    return shape(**read | {"counted": bool(row.counted)} | worked_out)
