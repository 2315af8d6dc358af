"""Figures 指标 of the registers of the yearly plan, over exactly the rows somebody reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa

from config.plan_register import Count, Register
from models import PlanEntry, db
from service.desk import Desk
from service.queries.plan_entry import reached, register, row_of
from service.rules import access
from service.rules import plan_count as counts
from service.rules import plan_entry as rules
from service.rules.access import Actor, Scope
from service.rules.plan_count import Fact, Figure
from service.rules.statistics import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """One figure of a register; `on_target` is None without a target, or of nothing."""

    count: Count
    numerator: Decimal
    denominator: Decimal | None
    value: Fraction | None
    on_target: bool | None


def facts(told: Register, *, scope: Scope | None, desk: Desk) -> list[Fact]:
    """Every row of a register that a scope reaches, as figures see it; None is the whole town.

    What is of citizens stays sealed: nothing counts by it.
    """
    query = sa.select(PlanEntry).where(PlanEntry.register == told.id, PlanEntry.voided_at.is_(None))
    if scope is not None:
        query = query.where(reached(scope))
    found = db.session.scalars(query.order_by(PlanEntry.on_date, PlanEntry.id))
    return [_fact(each, told, desk) for each in found]


def figure(
    count_id: str, period: Period, *, scope: Scope | None, desk: Desk, today: date
) -> Figure:
    """One figure of a period, with the rows behind it."""
    told, count = desk.policy.registers.counts[count_id]
    rows = facts(told, scope=scope, desk=desk)
    people = (
        facts(desk.policy.registers[count.people], scope=scope, desk=desk) if count.people else ()
    )
    return counts.counted(count, rows, period, people=people, today=today)


def figures(
    register_id: str, period: Period, *, actor: Actor, desk: Desk, now: datetime
) -> list[Figure]:
    """Every figure of a register in a period, as far as somebody lists its rows."""
    told, today = register(register_id, desk), desk.today(now)
    scope = access.scope(actor, "plan_entry.list", desk.policy.access)
    rows = facts(told, scope=scope, desk=desk)
    found: list[Figure] = []
    for count in told.counts.values():
        people: Sequence[Fact] = ()
        if count.people:
            people = facts(desk.policy.registers[count.people], scope=scope, desk=desk)
        found.append(counts.counted(count, rows, period, people=people, today=today))
    return found


def year_of(year: int) -> Period:
    """A year as a period."""
    return Period(date(year, 1, 1), date(year + 1, 1, 1))


def view(found: Figure) -> CountView:
    """A figure without its rows."""
    return CountView(
        count=found.count,
        numerator=found.numerator,
        denominator=found.denominator,
        value=found.value,
        on_target=found.on_target,
    )


def _fact(entry: PlanEntry, told: Register, desk: Desk) -> Fact:
    row = row_of(entry, told, None)
    owed = rules.owed(row, clocks=desk.policy.clocks, calendar=desk.calendar)
    return Fact(id=entry.id, organisation_id=entry.organisation_id, row=row, owed=owed)
