"""Figures 指标 of the registers of a plan: rows, rates, sums, and hours person by person; exact."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from config.plan_register import Count, CountKind, EntryState, Over, Where
from service.rules.plan_entry import Owed, Row
from service.rules.statistics import Period

ONE_DAY: Final = timedelta(days=1)
NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A row as figures see it: what it says, what it owes, whose it is."""

    id: UUID
    organisation_id: UUID
    row: Row
    owed: Sequence[Owed]


@dataclass(frozen=True, slots=True)
class PersonTotal:
    """What somebody's rows add up to; `fact` is their own row in the register of people."""

    fact: Fact
    name: str
    total: Decimal
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was counted: the number or its part, the whole of a rate, the rows and those that hit.

    `strangers` are rows about people who are in no register: nothing is lost without being told.
    """

    count: Count
    numerator: Decimal
    denominator: Decimal | None
    rows: tuple[Fact, ...]
    hits: frozenset[UUID]
    people: tuple[PersonTotal, ...] = ()
    strangers: tuple[Fact, ...] = ()

    @property
    def value(self) -> Fraction | None:
        """The number itself; a part of nothing is None."""
        if self.denominator is None:
            return Fraction(self.numerator)
        return Fraction(self.numerator) / Fraction(self.denominator) if self.denominator else None

    @property
    def on_target(self) -> bool | None:
        """Whether it is as the plan wants it; None without a target, or of nothing."""
        return is_on_target(self.count, self.value)


def is_on_target(count: Count, value: Fraction | None) -> bool | None:
    """Whether a value is as the plan wants it; None without a target, or of nothing."""
    if value is None or (count.least is None and count.most is None):
        return None
    enough = count.least is None or value >= Fraction(count.least)
    return enough and (count.most is None or value <= Fraction(count.most))


def everything(_: Fact) -> bool:
    """Every row."""
    return True


def counted(
    count: Count,
    facts: Iterable[Fact],
    period: Period,
    *,
    people: Iterable[Fact] = (),
    among: Callable[[Fact], bool] = everything,
    today: date,
) -> Figure:
    """One figure of a period over the rows of its register.

    Where it counts people, `people` are all the rows of their register, and those `among` whom it
    counts are told with what all their rows add up to.
    """
    as_of = _as_of(count.over, period, today)
    rows = [
        each
        for each in facts
        if is_in(each, count.over, period, as_of) and matches(each, count.where, as_of)
    ]
    match count.kind:
        case CountKind.RATE:
            hits = [each for each in rows if matches(each, count.hits, as_of)]
            return _figure(count, len(hits), len(rows), rows, hits)
        case CountKind.SUM:
            return _figure(count, _sum(rows, count.column), None, rows, rows)
        case CountKind.SHARE:
            whole = _sum(rows, count.beside)
            return _figure(count, _sum(rows, count.column), whole, rows, rows)
        case CountKind.DISTINCT:
            found = {each.row.values[count.column] for each in rows if _has(each, count.column)}
            return _figure(count, len(found), None, rows, rows)
        case CountKind.PERSON:
            last = _as_of(Over.STANDING, period, today)
            there = [each for each in people if is_in(each, Over.STANDING, period, last)]
            return _by_person(count, rows, there, among)
        case CountKind.COUNT:
            return _figure(count, len(rows), None, rows, rows)


def is_in(fact: Fact, over: Over, period: Period, as_of: date) -> bool:
    """Whether a row is one of those that a figure is over; what was a mistake never is."""
    row = fact.row
    if row.voided:
        return False
    if over is Over.STARTED:
        return period.start_on <= row.on_date < period.end_on
    if over is Over.ENDED:
        return row.ended_on is not None and period.start_on <= row.ended_on < period.end_on
    return row.on_date <= as_of and (row.ended_on is None or row.ended_on > as_of)


def matches(fact: Fact, where: Where, as_of: date) -> bool:
    """Whether a row is as a figure asks, as it stood at the end of a day."""
    row = fact.row
    told = {name for name, each in row.taken.items() if each.on is not None and each.on <= as_of}
    ended = row.ended_on is not None and row.ended_on <= as_of
    state = EntryState.ENDED if ended else EntryState.OPEN
    return (
        all(row.values.get(name, False) in wanted for name, wanted in where.values.items())
        and all(name in row.values for name in where.filled)
        and set(where.taken) <= told
        and not set(where.untaken) & told
        and where.state in (None, state)
        and where.late in (None, any(each.is_late(as_of) for each in fact.owed))
        and where.overdue in (None, any(each.is_over(as_of) for each in fact.owed))
        and where.gaps in (None, bool(row.gaps))
    )


def totals(
    rows: Iterable[Fact], people: Sequence[Fact], column: str, each: Decimal
) -> tuple[tuple[PersonTotal, ...], tuple[Fact, ...]]:
    """What the rows of each person add up to, and the rows of people who are in no register.

    Somebody is known by name; who shares a name with a colleague, by the unit besides.
    """
    shared = Counter(person.row.person for person in people)
    keys = {_key(person, shared): person for person in people}
    sums: dict[tuple[str | None, UUID | None], Decimal] = defaultdict(lambda: NOTHING)
    strangers: list[Fact] = []
    for fact in rows:
        key = _key(fact, shared)
        if key in keys:
            sums[key] += _of(fact, column)
        else:
            strangers.append(fact)
    found = tuple(
        PersonTotal(person, person.row.person or "", sums[key], sums[key] >= each)
        for key, person in keys.items()
    )
    return found, tuple(strangers)


def _by_person(
    count: Count,
    rows: Sequence[Fact],
    people: Sequence[Fact],
    among: Callable[[Fact], bool],
) -> Figure:
    everybody, strange = totals(rows, people, count.column, count.each)
    found = tuple(each for each in everybody if among(each.fact))
    strangers = tuple(filter(among, strange))
    reached = [each.fact for each in found if each.reached]
    return Figure(
        count=count,
        numerator=Decimal(len(reached)),
        denominator=Decimal(len(found)),
        rows=tuple(each.fact for each in found),
        hits=frozenset(each.id for each in reached),
        people=found,
        strangers=strangers,
    )


def _key(fact: Fact, shared: Mapping[str | None, int]) -> tuple[str | None, UUID | None]:
    name = fact.row.person
    return name, fact.organisation_id if shared[name] > 1 else None


def _figure(
    count: Count,
    numerator: Decimal | int,
    denominator: Decimal | int | None,
    rows: Sequence[Fact],
    hits: Sequence[Fact],
) -> Figure:
    return Figure(
        count=count,
        numerator=Decimal(numerator),
        denominator=None if denominator is None else Decimal(denominator),
        rows=tuple(rows),
        hits=frozenset(each.id for each in hits),
    )


def _sum(rows: Iterable[Fact], column: str) -> Decimal:
    return sum((_of(each, column) for each in rows), NOTHING)


def _of(fact: Fact, column: str) -> Decimal:
    value = fact.row.values.get(column)
    return value if isinstance(value, Decimal) else NOTHING


def _has(fact: Fact, column: str) -> bool:
    return column in fact.row.values


def _as_of(over: Over, period: Period, today: date) -> date:
    """What is there at the end of a period is judged by its last day, all else by today."""
    return min(today, period.end_on - ONE_DAY) if over is Over.STANDING else today
