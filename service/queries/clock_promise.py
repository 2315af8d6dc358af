"""What a stored clock 期限 is counted from: the rule it was made under, its start, its changes."""

from collections.abc import Iterable
from typing import Any

from config import basis
from config.clock import ClockRule, Clocks
from config.vocabulary import TimeUnit
from models import Clock
from service.rules.clock import Change, Run


def run_of(clock: Clock, changes: Iterable[Any], clocks: Clocks) -> Run:
    """What a stored clock is counted from: the rule it was made under, its start, its changes."""
    told = [
        Change(
            each.kind,
            each.state,
            each.ground,
            length=each.length,
            from_on=each.from_on,
            until_on=each.until_on,
        )
        for each in changes
    ]
    return Run(
        rule=rule_of(clock, clocks),
        start_on=clock.start_on,
        start_at=clock.start_at,
        changes=tuple(told),
        stopped_on=clock.stopped_on,
        ended=clock.ended,
        stated_on=clock.raw_due_on if clock.stated else None,
    )


def rule_of(clock: Clock, clocks: Clocks) -> ClockRule:
    """The rule a clock was made under; of one carried over only what the catalogue says today."""
    made, today = clock.made_under, clocks.by_id.get(clock.rule)
    return ClockRule(
        id=clock.rule,
        name=str(made.get("name") or (today.name if today else clock.rule)),
        trigger=str(made.get("trigger") or (today.trigger if today else "")),
        length=clock.length or 0,
        unit=clock.unit or TimeUnit.NATURAL_DAY,
        basis=basis.read(made["basis"]) if "basis" in made else today.basis if today else (),
        extension=int(made.get("extension", 0)),
        extension_times=int(made.get("extension_times", 0)),
        kind=clock.kind,
        extends=tuple(made.get("extends", ())),
        pauses=tuple(made.get("pauses", ())),
        provisional=bool(made.get("provisional", False)),
        stated=clock.stated,
    )
