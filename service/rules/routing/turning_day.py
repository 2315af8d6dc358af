"""The day a date fact turns on 转折日: the last on which a term is over, the first it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from config.facts import FACTS
from config.routing import Derived
from service.rules.routing.situation import Bench, derive, due, sources
from service.rules.routing.truth import Situation

_FURTHEST = 16 * 366  # days; no term of a claim is longer


@dataclass(frozen=True, slots=True)
class Turn:
    """With this day for the fact a term is over, or is not; so it is on every day to its `side`."""

    fact: str
    day: date
    side: str


def turning_days(row: Derived, situation: Situation, bench: Bench) -> Iterator[Turn]:
    """The two days between which the term of `row` turns, for each fact it is worked out from."""
    on = next((day for name in row.on if isinstance(day := situation.get(name), date)), None)
    if on is None:
        return
    for name in (name for names in sources(row, bench.rulebook)[:-1] for name in names):
        last = _last_late(row, name, on, situation, bench) if name in FACTS else None
        if last is not None:
            yield Turn(name, last, "earlier")
            yield Turn(name, last + timedelta(days=1), "later")
    found = due(row.clock, situation, bench)
    for name in row.on if found else ():
        if found and name in FACTS:
            yield Turn(name, found.due_on, "earlier")
            yield Turn(name, found.due_on + timedelta(days=1), "later")


def _last_late(
    row: Derived, name: str, on: date, situation: Situation, bench: Bench
) -> date | None:
    """The last day on which the term counted from it is over by `on`, found by halving."""

    def late(days: int) -> bool:
        moved = {**situation, name: on - timedelta(days=days)}
        return derive(row, moved, bench) is True

    if late(0) or not late(_FURTHEST):
        return None
    near, far = 0, _FURTHEST
    while far - near > 1:
        middle = (near + far) // 2
        near, far = (near, middle) if late(middle) else (middle, far)
    return on - timedelta(days=far)
