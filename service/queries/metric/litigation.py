"""The figure of what the court counts of a month 万人成讼率, beside the people of the town."""

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


def _per_people(question: Question, by: str | None, policy: Policy) -> MetricView:
    """The cases the court counted, beside the people of the town."""
    total = db.session.scalar(PER_PEOPLE.narrowed(question, sa.select(CASES))) or 0
    groups = None if by is None else _months(question)
    people = policy.population.people
    return MetricView(question.metric, question.period, int(total), people, groups)


def _months(question: Question) -> tuple[GroupView, ...]:
    asked = cast("Select[Any]", sa.select(Litigation.month, CASES))
    query = PER_PEOPLE.narrowed(question, asked).group_by(Litigation.month)
    return tuple(
        GroupView(key_of(month), key_of(month)[:7], int(count), None)
        for month, count in db.session.execute(query.order_by(Litigation.month))
    )


PER_PEOPLE: Final = Measure(
    rows=MONTHS,
    when=within(Litigation.month, Litigation.latest.expression),
    day=Litigation.month,
    told=_per_people,
)
MEASURES: Final[Mapping[str, Measure]] = MappingProxyType({"litigation_per_10k": PER_PEOPLE})
