"""The row of a clock as it starts, and what clocks say on the row of their dispute; no database."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID, uuid4

from config.clock import ClockRule
from config.vocabulary import ClockKind, Step
from models import Clock, Dispute
from service.desk import Desk
from service.rules import deadlines
from service.rules import dispute as dispute_rules
from service.rules import ladder as ladders
from service.rules.calendar import ONE_DAY
from service.rules.deadlines import Deadline
from service.rules.ladder import Moment
from service.rules.routing import RouteAnswer

# a clock the routing answer started: it follows the facts when they are corrected
FACTS: Final = "facts"


def followed(answer: RouteAnswer, desk: Desk) -> list[Deadline]:
    """The terms of an answer that run by themselves: the parties' own, the law's to accept."""
    clocks = desk.policy.clocks
    return [
        each
        for each in answer.deadlines
        if clocks[each.rule].kind is ClockKind.REMEDY or Step.ACCEPT in clocks[each.rule].met_by
    ]


def of_facts(dispute_id: UUID, episode: int, promise: Deadline, desk: Desk) -> dict[str, Any]:
    """The row of a clock that follows from the facts."""
    rule = desk.policy.clocks[promise.rule]
    made = counted(dispute_id, episode, rule, promise.start_on, desk)
    return made | {"made_under": made["made_under"] | {"from": FACTS}}


def counted(
    dispute_id: UUID | None, episode: int, rule: ClockRule, begun: date | datetime, desk: Desk
) -> dict[str, Any]:
    """The row of a clock that starts then: promise, rule and what it was counted with.

    Without a dispute it is another subject's, which whoever asks adds.
    """
    hours = isinstance(begun, datetime)
    start_on = desk.today(begun) if isinstance(begun, datetime) else begun
    row = {
        "id": uuid4(),
        "dispute_id": dispute_id,
        "episode": episode,
        "rule": rule.id,
        "kind": rule.kind,
        "stated": False,
        "length": rule.length,
        "unit": rule.unit,
        "made_under": made_under(rule, start_on, desk),
        "start_on": start_on,
        "start_at": begun if hours else None,
        "version": 1,
    }
    if isinstance(begun, datetime):
        due_at = deadlines.deadline_at(rule, begun).due_at
        day = desk.today(due_at)
        return row | {
            "raw_due_on": day,
            "due_on": day,
            "due_at": due_at,
            "provisional": rule.provisional,
        }
    found = deadlines.deadline(rule, begun, desk.calendar)
    return row | {
        "raw_due_on": found.raw_due_on,
        "due_on": found.due_on,
        "due_at": None,
        "provisional": found.provisional,
    }


def tell(dispute: Dispute, clocks: Sequence[Clock], *, desk: Desk, now: datetime) -> None:
    """What binds next, and which of the parties' own terms runs out next.

    What is paused is told of only when nothing else binds.
    """
    today, policy = desk.today(now), desk.policy
    binding = [each for each in clocks if dispute_rules.binds(each.rule, each.kind, policy)]
    due = min(
        binding,
        key=lambda each: (each.paused_from is not None, each.due_on, str(each.id)),
        default=None,
    )
    dispute.due_on = due.due_on if due else None
    dispute.due_rule = due.rule if due else None
    dispute.due_provisional = bool(due and due.provisional)
    dispute.due_paused = bool(due and due.paused_from is not None)
    dispute.remedy_on, dispute.remedy_rule = next_remedy(clocks, today)
    dispute.next_on = next_day(dispute.due_on, dispute.remedy_on)


def next_day(due_on: date | None, remedy_on: date | None) -> date | None:
    """The first of what binds and what the parties may lose."""
    return min((each for each in (due_on, remedy_on) if each is not None), default=None)


def next_remedy(clocks: Sequence[Clock], today: date) -> tuple[date, str] | tuple[None, None]:
    """Which of the parties' own terms runs out next, and by which rule."""
    left = [each for each in clocks if each.kind is ClockKind.REMEDY and each.due_on >= today]
    found = min(left, key=lambda each: (each.due_on, str(each.id)), default=None)
    return (found.due_on, found.rule) if found else (None, None)


def has_run_out(clock: Clock, desk: Desk, now: datetime) -> bool:
    """Whether it is the parties' own and over: it warns nobody any more."""
    return clock.kind is ClockKind.REMEDY and clock.due_on < desk.today(now)


def next_step(clock: Clock, told: Collection[str], desk: Desk, now: datetime) -> datetime | None:
    """When its ladder 预警 has to be looked at next; None when it has not to be any more.

    The parties' own time is looked at once more when it has run out: the row of its dispute names
    the next one from then on.
    """
    following = next_moment(clock, told, desk, now)
    if following is not None:
        return following.at
    if clock.kind is not ClockKind.REMEDY or _warns_nobody(clock, desk, now):
        return None
    over = clock.due_on + ONE_DAY
    return datetime.combine(over, time.min, desk.zone).astimezone(UTC)


def next_moment(clock: Clock, told: Collection[str], desk: Desk, now: datetime) -> Moment | None:
    """The step of its ladder 预警 to tell next; while it is paused nobody is warned."""
    if _warns_nobody(clock, desk, now):
        return None
    return ladders.next_moment(moments(clock, desk), told, now)


def _warns_nobody(clock: Clock, desk: Desk, now: datetime) -> bool:
    return clock.paused_from is not None or has_run_out(clock, desk, now)


def moments(clock: Clock, desk: Desk) -> tuple[Moment, ...]:
    """The steps of a clock's ladder 预警 as it is due now."""
    ladder, zone = desk.policy.ladder, desk.zone
    if clock.start_at is not None and clock.due_at is not None:
        return ladders.steps_at(clock.start_at, clock.due_at, ladder)
    return ladders.steps(
        clock.kind,
        clock.start_on,
        clock.due_on,
        desk.calendar,
        ladder,
        zone=zone,
        rule=clock.rule,
        raw_due_on=clock.raw_due_on,
    )


def made_under(rule: ClockRule, on: date, desk: Desk) -> dict[str, Any]:
    """The rule as it was then, and the version of the calendar it was counted with."""
    return {
        "name": rule.name,
        "trigger": rule.trigger,
        "extension": rule.extension,
        "extension_times": rule.extension_times,
        "extends": list(rule.extends),
        "pauses": list(rule.pauses),
        "provisional": rule.provisional,
        "basis": [each.as_dict() for each in deadlines.in_force(rule.basis, on)],
        "calendar": desk.calendar.version,
    }
