"""Figures of what is counted of a month 诉源治理: 万人成讼率 beside the people, 民转刑."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Select

from config.policy import Policy
from models import Litigation, db
from service.queries.metric.group import Group, key_of
from service.queries.metric.measure import Measure, Rows, filled, within
from service.queries.metric.question import GroupView, MetricView, Question

CASES: Final = sa.func.coalesce(sa.func.sum(Litigation.civil + Litigation.administrative), 0)
CRIMES: Final = sa.func.coalesce(sa.func.sum(Litigation.turned_criminal), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefLitigation:
    """What the court counted in one month, as somebody told it."""

    id: UUID
    month: date
    civil: int
    administrative: int
    settled_before: int
    turned_criminal: int
    source: str
    counted: bool


def _brief(row: Any, _: date) -> BriefLitigation:
    return filled(BriefLitigation, row)


MONTHS: Final = Rows(
    source=Litigation,
    id=Litigation.id,
    brief=(
        Litigation.id,
        Litigation.month,
        Litigation.civil,
        Litigation.administrative,
        Litigation.settled_before,
        Litigation.turned_criminal,
        Litigation.source,
    ),
    make=_brief,
    groups=MappingProxyType({"month": Group(Litigation.month.expression, date.fromisoformat)}),
)


def _months(
    measure: Measure, question: Question, counted: Any, people: int | None
) -> tuple[GroupView, ...]:
    asked = cast("Select[Any]", sa.select(Litigation.month, counted))
    query = measure.narrowed(question, asked).group_by(Litigation.month)
    return tuple(
        GroupView(question.metric, key_of(month), key_of(month)[:7], int(count), people)
        for month, count in db.session.execute(query.order_by(Litigation.month))
    )


def _summed(counted: Any, *, of_people: bool) -> Measure:
    """What the court counted of the months, all together; beside the people of the town or not."""

    def told(question: Question, by: str | None, policy: Policy) -> MetricView:
        total = db.session.scalar(measure.narrowed(question, sa.select(counted))) or 0
        people = policy.population.people if of_people else None
        groups = None if by is None else _months(measure, question, counted, people)
        return MetricView(question.metric, question.period, int(total), people, groups)

    measure = Measure(
        rows=MONTHS,
        when=within(Litigation.month, Litigation.latest.expression),
        day=Litigation.month,
        told=told,
    )
    return measure


MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        "litigation_per_10k": _summed(CASES, of_people=True),
        "escalated_to_crime": _summed(CRIMES, of_people=False),
    }
)
