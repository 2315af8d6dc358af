"""Figures 指标 of the registers of the yearly plan, over the rows somebody reaches.

What was late is told by the clocks that ran, as they were promised.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from config.clock_subject import ClockSubject
from config.plan_register import Count, Register, Registers
from config.vocabulary import ClockEnd
from models import Clock, PlanEntry, db
from service.desk import Desk
from service.queries.plan_entry import register, row_of
from service.rules import access
from service.rules import plan_count as counts
from service.rules.access import Actor
from service.rules.plan_count import Fact, Figure
from service.rules.plan_entry import Owed
from service.rules.statistics import Period

Which = Callable[[Fact], bool]
# a clock that was stopped so was never missed
NEVER_OWED: Final = (ClockEnd.MISTAKEN, ClockEnd.REPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """One figure of a register; `on_target` is None without a target, or of nothing."""

    count: Count
    numerator: Decimal
    denominator: Decimal | None
    value: Fraction | None
    on_target: bool | None


def facts(told: Register) -> list[Fact]:
    """Every row of a register as figures see it, whoever asks.

    What is of citizens stays sealed: nothing counts by it.
    """
    mine = (PlanEntry.register == told.id, PlanEntry.voided_at.is_(None))
    ids = sa.select(PlanEntry.id).where(*mine)
    owed: dict[UUID, list[Owed]] = defaultdict(list)
    ran = db.session.execute(
        sa.select(
            Clock.subject_id, Clock.rule, Clock.due_on, Clock.provisional, Clock.stopped_on
        ).where(
            Clock.subject == ClockSubject.PLAN_ENTRY,
            Clock.subject_id.in_(ids),
            sa.or_(Clock.ended.is_(None), Clock.ended.not_in(NEVER_OWED)),
        )
    )
    for entry_id, rule, due_on, provisional, met_on in ran:
        if entry_id is not None:
            owed[entry_id].append(Owed(rule, due_on, provisional, met_on))
    found = db.session.scalars(
        sa.select(PlanEntry).where(*mine).order_by(PlanEntry.on_date, PlanEntry.id)
    )
    return [
        Fact(
            id=each.id,
            organisation_id=each.organisation_id,
            row=row_of(each, told, None),
            owed=owed[each.id],
        )
        for each in found
    ]


Look = Callable[[Register], Sequence[Fact]]


def once() -> Look:
    """`facts` that reads each register a single time."""
    known: dict[str, list[Fact]] = {}

    def look(told: Register) -> Sequence[Fact]:
        if told.id not in known:
            known[told.id] = facts(told)
        return known[told.id]

    return look


def figure(
    registers: Registers,
    count_id: str,
    period: Period,
    *,
    mine: Which,
    near: Which,
    today: date,
    look: Look,
) -> Figure:
    """One figure of a period over the rows that are `mine`, with the rows behind it.

    People are counted where they belong, by whatever unit of their town, which is `near`, their
    rows were written down. `look` is where the rows come from: `once`, for who asks one figure of
    many units.
    """
    _, count = registers.counts[count_id]
    return _counted(registers, count, look, period, which=(mine, near), today=today)


def figures(
    register_id: str, period: Period, *, actor: Actor, desk: Desk, now: datetime
) -> list[Figure]:
    """Every figure of a register in a period, as far as somebody lists its rows."""
    told, today = register(register_id, desk), desk.today(now)
    scope = access.scope(actor, "plan_entry.list", desk.policy.access)
    look = once()

    def mine(fact: Fact) -> bool:
        return access.is_reached(scope, fact.organisation_id)

    def near(fact: Fact) -> bool:
        return access.is_of_town(actor, fact.organisation_id)

    return [
        _counted(desk.policy.registers, each, look, period, which=(mine, near), today=today)
        for each in told.counts.values()
    ]


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


def _counted(
    registers: Registers,
    count: Count,
    look: Look,
    period: Period,
    *,
    which: tuple[Which, Which],
    today: date,
) -> Figure:
    mine, near = which
    told, _ = registers.counts[count.id]
    if not count.people:
        return counts.counted(count, filter(mine, look(told)), period, today=today)
    people = filter(near, look(registers[count.people]))
    rows = list(filter(near, look(told)))
    return counts.counted(count, rows, period, people=people, among=mine, today=today)
