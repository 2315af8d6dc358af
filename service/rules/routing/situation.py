"""The situation 案情 the rules are judged on: the facts, the dates, and what the clocks say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from config.clock import Clocks
from config.routing import Derived, Rulebook, Start
from service.rules.calendar import WorkCalendar
from service.rules.deadlines import Deadline, deadline
from service.rules.routing.request import RoutingRequest
from service.rules.routing.truth import Situation, holds


@dataclass(frozen=True, slots=True)
class Bench:
    """What a question is judged with: the rulebook, the terms, the calendar."""

    rulebook: Rulebook
    clocks: Clocks
    calendar: WorkCalendar


def situate(request: RoutingRequest, bench: Bench) -> dict[str, object]:
    """Everything known about a dispute by name. The word "unknown" says nothing."""
    known: dict[str, object] = {
        "category": request.category,
        "people_count": request.people_count,
        "registered_on": request.registered_on,
        "accepted_on": request.accepted_on,
    }
    known.update((name, value) for name, value in request.facts.items() if value != "unknown")
    return worked_out(known, bench)


def worked_out(known: Situation, bench: Bench) -> dict[str, object]:
    """A situation with what the clocks say of it."""
    told = dict(known)
    for row in bench.rulebook.derived:
        told[row.name] = derive(row, told, bench)
    return told


def sources(row: Derived, rulebook: Rulebook) -> tuple[tuple[str, ...], ...]:
    """What a derived fact is worked out from: what starts its clock, and what is compared with it.

    Each is a row of names of which the first known one counts.
    """
    starts = (start.first for start in rulebook.starts if start.clock == row.clock)
    return (*starts, row.on)


def deadlines_of(ids: Iterable[str], situation: Situation, bench: Bench) -> tuple[Deadline, ...]:
    """The due dates of these clocks, where the start is known and the term in force on it."""
    found = (due(rule_id, situation, bench) for rule_id in dict.fromkeys(ids))
    return tuple(row for row in found if row is not None)


def due(rule_id: str, situation: Situation, bench: Bench) -> Deadline | None:
    """The due date of one clock, or None when its start is unknown or the term not in force."""
    rule = bench.clocks[rule_id]
    start = _start_of(rule_id, situation, bench)
    if start is None or not rule.is_in_force(start):
        return None
    return deadline(rule, start, bench.calendar)


def _start_of(rule_id: str, situation: Situation, bench: Bench) -> date | None:
    rows = (row for row in bench.rulebook.starts if row.clock == rule_id)
    starts = (_started(row, situation, bench) for row in rows if holds(row.when, situation))
    return next((start for start in starts if start is not None), None)


def _started(row: Start, situation: Situation, bench: Bench) -> date | None:
    if row.after is not None:
        before = due(row.after, situation, bench)
        return before.due_on if before else None
    first = _first(row.first, situation)
    waited = [_first([name], situation) for name in row.not_before]
    if first is None or None in waited:
        return None
    later = [_first([name], situation) for name in row.restarted_by]
    return max(day for day in [first, *waited, *later] if day is not None)


def _first(names: Iterable[str], situation: Situation) -> date | None:
    days = (situation.get(name) for name in names)
    return next((day for day in days if isinstance(day, date)), None)


def derive(row: Derived, situation: Situation, bench: Bench) -> bool | None:
    """A fact worked out from a clock; None while its start or the day compared is unknown."""
    found = due(row.clock, situation, bench)
    on = _first(row.on, situation)
    if found is None or on is None:
        return None
    if row.within is None:
        return on > found.due_on
    return found.due_on - timedelta(days=row.within) <= on <= found.due_on
