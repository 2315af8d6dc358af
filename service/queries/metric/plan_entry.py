"""Figures of the registers 工作台账 of the yearly plan: counted row by row, as their data says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.plan_register import SHIPPED, Count
from config.policy import Policy
from models import Organisation, PlanEntry, db
from service.queries import plan_register as registers
from service.queries.metric.group import by_unit
from service.queries.metric.measure import Measure, Rows, filled, unit_name
from service.queries.metric.question import GroupView, MetricView, Question
from service.queries.plan_register import Look
from service.rules import access
from service.rules.plan_count import Fact, Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefEntry:
    """One row behind a figure: number, day, stage, unit; no word of it."""

    id: UUID
    register: str
    number: str
    on_date: date
    stage: str
    organisation_id: UUID
    organisation: str
    ended_on: date | None
    counted: bool


def _brief(row: Any, _: date) -> BriefEntry:
    return filled(BriefEntry, row)


ENTRIES: Final = Rows(
    source=PlanEntry,
    id=PlanEntry.id,
    brief=(
        PlanEntry.id,
        PlanEntry.register,
        PlanEntry.number,
        PlanEntry.on_date,
        PlanEntry.stage,
        PlanEntry.ended_on,
        PlanEntry.organisation_id,
        unit_name(PlanEntry.organisation_id).label("organisation"),
    ),
    make=_brief,
    groups=MappingProxyType({"organisation": by_unit(PlanEntry.organisation_id)}),
    unit=PlanEntry.organisation_id,
)


def _counted(
    count: Count, question: Question, look: Look | None = None, *, unit: UUID | None = None
) -> Figure:
    """The figure over the rows that a question reaches; of one unit where one is named."""

    def mine(fact: Fact) -> bool:
        asked = question.narrowed.get("organisation")
        reached = question.scope is None or access.is_reached(question.scope, fact.organisation_id)
        named = asked is None or str(fact.organisation_id) == asked
        return reached and named and unit in (None, fact.organisation_id)

    def near(fact: Fact) -> bool:
        scope = question.scope
        return scope is None or access.is_of_town(scope.actor, fact.organisation_id)

    return registers.figure(
        SHIPPED,
        count.id,
        question.period,
        mine=mine,
        near=near,
        today=question.today,
        look=look or registers.once(),
    )


def _rows(count: Count, question: Question) -> ColumnElement[bool]:
    return PlanEntry.id.in_([each.id for each in _counted(count, question).rows])


def _hits(count: Count, question: Question) -> ColumnElement[bool]:
    return PlanEntry.id.in_(_counted(count, question).hits)


def _told(count: Count, question: Question, by: str | None, _: Policy) -> MetricView:
    look = registers.once()
    found = _counted(count, question, look)
    groups = None if by is None else _groups(count, question, found, look)
    return MetricView(question.metric, question.period, *_pair(found), groups)


def _groups(count: Count, question: Question, found: Figure, look: Look) -> tuple[GroupView, ...]:
    units = {each.organisation_id for each in found.rows}
    named = db.session.execute(
        sa.select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(units))
        .order_by(Organisation.position, Organisation.name)
    )
    return tuple(
        GroupView(
            question.metric,
            str(unit),
            name,
            *_pair(_counted(count, question, look, unit=unit)),
        )
        for unit, name in named
    )


def _pair(found: Figure) -> tuple[int, int | None]:
    """Both as whole numbers: a part of a whole stays what it is when both are counted smaller."""
    if found.denominator is None:
        exact = Fraction(found.numerator)
        return exact.numerator, exact.denominator if exact.denominator > 1 else None
    scale = 1 if all(each == int(each) for each in (found.numerator, found.denominator)) else 100
    return int(found.numerator * scale), int(found.denominator * scale)


MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        name: Measure(
            rows=ENTRIES,
            when=partial(_rows, count),
            day=PlanEntry.on_date,
            hits_of=partial(_hits, count),
            told=partial(_told, count),
        )
        for name, (_, count) in SHIPPED.counts.items()
    }
)
