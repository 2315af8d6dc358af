"""Clocks 期限 of a dispute: what starts them, meets them, ends them, and what its row says of them.

Whoever calls holds the dispute's row locked. Nothing here flushes: a step is one new version.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.clock import ClockRule
from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    ClockEnd,
    ClockKind,
    DisputeStatus,
    Step,
    TimeUnit,
)
from models import Clock, ClockChange, Dispute, Episode, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import load
from service.operations.event import record
from service.queries.clock import NOT_FOUND, run_of
from service.rules import clock as rules
from service.rules import deadlines
from service.rules import dispute as dispute_rules
from service.rules.access import Actor
from service.rules.clock import Run
from service.rules.deadlines import Deadline
from service.rules.routing import RouteAnswer

DISPATCH: Final = "SLA.DISPATCH"
# a clock the routing answer started: it follows the facts when they are corrected
FACTS: Final = "facts"
TWICE: Final = "这个期限已经在计时"
ENDED: Final = "已办结的纠纷只登记当事人的救济期限"
BY_STEPS: Final = "这个期限由办理步骤来结束，不能直接停"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A term somebody enters: of a rule with its start, or the date another office wrote down."""

    rule: str
    start_on: date | None = None
    start_at: datetime | None = None
    due_on: date | None = None


# -- what happens to a dispute -------------------------------------------------------------------


def opening(dispute: Dispute, answer: RouteAnswer, *, desk: Desk, now: datetime) -> list[Clock]:
    """The clocks of a dispute that has just come in, its row told of them; none is stored yet.

    The row has to be stored before them.
    """
    values = registered(dispute.id, dispute.status, answer, desk=desk, now=now)
    clocks = [Clock(**each) for each in values]
    _tell(dispute, clocks, desk=desk, now=now)
    return clocks


def registered(
    dispute_id: UUID,
    status: DisputeStatus,
    answer: RouteAnswer,
    *,
    desk: Desk,
    now: datetime,
) -> list[dict[str, Any]]:
    """The same as rows for a bulk insert, by whatever way it came in.

    What still has to be sent on is promised to be from today; the parties' own terms, and the
    law's for the acceptance, run from where the facts say.
    """
    today, clocks = desk.today(now), desk.policy.clocks
    made = [_of_facts(dispute_id, 1, each, desk) for each in _followed(answer, desk)]
    if status is DisputeStatus.REGISTERED and DISPATCH in clocks:
        made.append(_counted(dispute_id, 1, clocks[DISPATCH], today, desk))
    return made


def told(rows: Iterable[Mapping[str, Any]], *, desk: Desk, now: datetime) -> dict[str, Any]:
    """What the row of a dispute says of such clocks, as columns for the same bulk insert."""
    row = Dispute()
    _tell(row, [Clock(**each) for each in rows], desk=desk, now=now)
    columns = "due_on due_rule due_provisional due_paused remedy_on remedy_rule".split()
    return {name: getattr(row, name) for name in columns}


def follow(
    session: Session, dispute: Dispute, step: Step, answer: Any, *, desk: Desk, now: datetime
) -> dict[str, str]:
    """What `step` does to the clocks of its dispute; what its event says of the promise.

    `answer` gives the rules' answer for the dispute as it is now, and is asked where it matters.
    """
    today, clocks = desk.today(now), desk.policy.clocks
    met = rules.met_by(step, clocks)
    for each in running(session, dispute):
        end = ClockEnd.MET if each.rule in met else rules.ended_by(step, each.kind)
        if end is not None:
            _stop(session, each, end, today, desk=desk, now=now)
    promise = _handle(session, dispute, answer(), desk, today) if step is Step.ACCEPT else None
    for rule in rules.starts_on(step, clocks, today, channel=dispute.channel):
        start(session, dispute, rule.id, start_on=today, desk=desk, now=now)
    if step is Step.REOPEN:
        rerouted(session, dispute, answer(), desk=desk, now=now)
    settle(session, dispute, desk=desk, now=now)
    if promise is None:
        return {}
    return {"due_rule": promise.rule, "due_on": promise.due_on.isoformat()}


def rerouted(
    session: Session, dispute: Dispute, answer: RouteAnswer, *, desk: Desk, now: datetime
) -> None:
    """The facts say otherwise: the terms that follow from them do too; what they were is kept."""
    today = desk.today(now)
    wanted = {(each.rule, each.start_on): each for each in _followed(answer, desk)}
    ran = _all(session, dispute)
    for each in ran:
        if each.stopped_at is None and each.made_under.get("from") == FACTS:
            if wanted.pop((each.rule, each.start_on), None) is None:
                _stop(session, each, ClockEnd.REPLACED, today, desk=desk, now=now)
    used = {
        (each.rule, each.start_on)
        for each in ran
        if each.ended not in (None, ClockEnd.MISTAKEN, ClockEnd.REPLACED)
    }
    begun = {each.rule for each in ran if each.stopped_at is None}
    episode = _episode(session, dispute)
    for place, promise in wanted.items():
        if place not in used and promise.rule not in begun:
            session.add(Clock(**_of_facts(dispute.id, episode, promise, desk)))
    settle(session, dispute, desk=desk, now=now)


def start(
    session: Session,
    dispute: Dispute,
    rule_id: str,
    *,
    start_on: date | None = None,
    start_at: datetime | None = None,
    desk: Desk,
    now: datetime,
) -> Clock:
    """Start a clock of a rule, from a day or for hours from an instant; one of it runs at most."""
    rule = desk.policy.clocks[rule_id]
    for each in running(session, dispute):
        if each.rule == rule_id:
            return each
    begun: date | datetime = start_on or desk.today(now)
    if rule.unit is TimeUnit.HOUR:
        begun = start_at or now
    made = Clock(**_counted(dispute.id, _episode(session, dispute), rule, begun, desk))
    session.add(made)
    return made


def state(
    session: Session, dispute: Dispute, rule_id: str, due_on: date, start_on: date, *, desk: Desk
) -> Clock:
    """Keep a date that another office wrote down 交办单位要求的期限; it is never counted."""
    rule = desk.policy.clocks[rule_id]
    made = Clock(
        id=uuid4(),
        dispute_id=dispute.id,
        episode=_episode(session, dispute),
        rule=rule_id,
        kind=rule.kind,
        stated=True,
        made_under=_made_under(rule, start_on, desk),
        start_on=start_on,
        raw_due_on=due_on,
        due_on=due_on,
        provisional=False,
    )
    session.add(made)
    return made


def settle(session: Session, dispute: Dispute, *, desk: Desk, now: datetime) -> None:
    """Write what the dispute's row says of its running clocks; nothing else writes it."""
    _tell(dispute, running(session, dispute), desk=desk, now=now)


def recount(session: Session, clock: Clock, *, desk: Desk) -> None:
    """Write the date of a clock as its rule, start, changes and the calendar have it now.

    While a pause lasts the date it had until then stays.
    """
    run = _run(session, clock, desk)
    if run.is_paused or run.rule.unit is TimeUnit.HOUR:
        return
    promise = rules.promised(run, desk.calendar)
    if promise is not None:
        clock.raw_due_on, clock.due_on = promise.raw_due_on, promise.due_on
        clock.provisional = promise.provisional if not clock.stated else clock.provisional


# -- deeds of people -----------------------------------------------------------------------------


def enter(
    dispute_id: UUID, entry: Entry, *, version: int, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Enter a term 添加期限: of the parties, of the law, or a date another office wrote down.

    Raises Invalid at the field, Conflict when it runs already or the dispute has ended.
    """
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, "clock.enter", version=version, actor=actor, desk=desk, now=now
        )
        rule = _enterable(entry, desk)
        if dispute.status in dispute_rules.ENDED and rule.kind is not ClockKind.REMEDY:
            raise Conflict(ENDED)
        if any(each.rule == rule.id for each in running(session, dispute)):
            raise Conflict(TWICE)
        made = _entered(session, dispute, entry, rule, desk, now)
        settle(session, dispute, desk=desk, now=now)
        detail = {"rule": rule.id, "due_on": made.due_on.isoformat()}
        kept(session, dispute, "clock-enter", detail, actor=actor, now=now)
        return made.id


def stop(
    dispute_id: UUID,
    clock_id: UUID,
    ended: ClockEnd,
    on: date | None = None,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Say that a term was met on a day, or that another one takes its place.

    What the steps of the handling meet is stopped by them alone: nobody hides lateness so.
    """
    if ended not in (ClockEnd.MET, ClockEnd.REPLACED):
        raise Invalid({"ended": ["请选择已经办到，或者改用另一期限"]})
    today = desk.today(now)
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, "clock.enter", version=version, actor=actor, desk=desk, now=now
        )
        clock = running_one(session, dispute, clock_id)
        known = desk.policy.clocks.by_id.get(clock.rule)
        by_steps = bool(known and (known.met_by or known.starts_on == (Step.ACCEPT,)))
        if clock.kind not in (ClockKind.OUTSIDE, ClockKind.REMEDY) and (by_steps or clock.stated):
            raise Conflict(BY_STEPS)
        if clock.kind is ClockKind.INTERNAL:
            raise Conflict(BY_STEPS)
        if on is not None and not clock.start_on <= on <= today:
            raise Invalid({"on": ["日期应在起算日和今天之间"]})
        _stop(session, clock, ended, on or today, desk=desk, now=now)
        settle(session, dispute, desk=desk, now=now)
        detail = {"rule": clock.rule, "ended": ended.value, "on": (on or today).isoformat()}
        kept(session, dispute, "clock-stop", detail, actor=actor, now=now)


def kept(
    session: Session,
    dispute: Dispute,
    deed: str,
    detail: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Store a deed on the clocks of a dispute as a new version of it, and write it down."""
    flag_modified(dispute, "status")
    session.flush()  # gives the new version to the event
    record(
        session,
        dispute.id,
        subject="dispute",
        action=deed,
        actor=actor,
        now=now,
        detail=detail,
        version=dispute.version,
    )


# -- what others here ask ------------------------------------------------------------------------


def running(session: Session, dispute: Dispute) -> list[Clock]:
    """The clocks that run, those that are not stored yet among them."""
    return [each for each in _all(session, dispute) if each.stopped_at is None]


def running_one(session: Session, dispute: Dispute, clock_id: UUID) -> Clock:
    """One of them; NotFound when it is none of this dispute's, Conflict when it has stopped."""
    clock = session.get(Clock, clock_id)
    if clock is None or clock.dispute_id != dispute.id:
        raise NotFound(NOT_FOUND)
    if clock.stopped_at is not None:
        raise Conflict("这个期限已经停止计时")
    return clock


def changes_of(session: Session, clock: Clock) -> list[ClockChange]:
    """Its changes in their order, those that are not stored yet among them."""
    stored = session.scalars(
        sa.select(ClockChange)
        .where(ClockChange.clock_id == clock.id)
        .order_by(ClockChange.asked_at, ClockChange.id)
    )
    fresh = (each for each in session.new if isinstance(each, ClockChange))
    return [*stored, *(each for each in fresh if each.clock_id == clock.id)]


def _run(session: Session, clock: Clock, desk: Desk) -> Run:
    return run_of(clock, changes_of(session, clock), desk.policy.clocks)


def _all(session: Session, dispute: Dispute) -> list[Clock]:
    stored = session.scalars(
        sa.select(Clock).where(Clock.dispute_id == dispute.id).order_by(Clock.start_on, Clock.id)
    )
    fresh = (each for each in session.new if isinstance(each, Clock))
    return [*stored, *(each for each in fresh if each.dispute_id == dispute.id)]


def _stop(
    session: Session, clock: Clock, ended: ClockEnd, on: date, *, desk: Desk, now: datetime
) -> None:
    """Stop a clock: its pause ends with it, and what was asked for it waits no longer."""
    changes = changes_of(session, clock)
    for each in changes:
        lasts = each.state is ClockChangeState.GRANTED and each.until_on is None
        if each.kind is ClockChangeKind.PAUSE and lasts and each.from_on is not None:
            # the pause of one day at least: it ends the day it stops, or the day after it began
            each.until_on = max(on, each.from_on + timedelta(days=1))
        if each.state is ClockChangeState.ASKED:
            each.state, each.decided_at = ClockChangeState.DROPPED, now
    if clock.paused_from is not None:
        clock.paused_from = None
        recount(session, clock, desk=desk)
    clock.ended, clock.stopped_on, clock.stopped_at = ended, on, now
    clock.next_step_at = None


def _handle(
    session: Session, dispute: Dispute, answer: RouteAnswer, desk: Desk, today: date
) -> Deadline | None:
    """Start the term that binds the unit 办理期限: the nearest special one, else its channel's."""
    stated = answer.deadlines if answer.channel is dispute.channel else ()
    promise = dispute_rules.handling_deadline(
        stated, dispute.channel, today, desk.policy, desk.calendar
    )
    if promise is not None:
        rule = desk.policy.clocks[promise.rule]
        episode = _episode(session, dispute)
        session.add(Clock(**_counted(dispute.id, episode, rule, promise.start_on, desk)))
    return promise


def _followed(answer: RouteAnswer, desk: Desk) -> list[Deadline]:
    """The terms of an answer that run by themselves: the parties' own, the law's to accept."""
    clocks = desk.policy.clocks
    return [
        each
        for each in answer.deadlines
        if clocks[each.rule].kind is ClockKind.REMEDY or Step.ACCEPT in clocks[each.rule].met_by
    ]


def _of_facts(dispute_id: UUID, episode: int, promise: Deadline, desk: Desk) -> dict[str, Any]:
    rule = desk.policy.clocks[promise.rule]
    made = _counted(dispute_id, episode, rule, promise.start_on, desk)
    return made | {"made_under": made["made_under"] | {"from": FACTS}}


def _counted(
    dispute_id: UUID, episode: int, rule: ClockRule, begun: date | datetime, desk: Desk
) -> dict[str, Any]:
    """The row of a clock that starts then: promise, rule and what it was counted with."""
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
        "made_under": _made_under(rule, start_on, desk),
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


def _made_under(rule: ClockRule, on: date, desk: Desk) -> dict[str, Any]:
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


def _episode(session: Session, dispute: Dispute) -> int:
    newest = session.scalar(
        sa.select(sa.func.max(Episode.ordinal)).where(Episode.dispute_id == dispute.id)
    )
    fresh = [
        each.ordinal
        for each in session.new
        if isinstance(each, Episode) and each.dispute_id == dispute.id
    ]
    return max([newest or 1, *fresh])


def _tell(dispute: Dispute, clocks: Sequence[Clock], *, desk: Desk, now: datetime) -> None:
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
    open_ = [each for each in clocks if each.kind is ClockKind.REMEDY and each.due_on >= today]
    remedy = min(open_, key=lambda each: (each.due_on, str(each.id)), default=None)
    dispute.remedy_on = remedy.due_on if remedy else None
    dispute.remedy_rule = remedy.rule if remedy else None


def _enterable(entry: Entry, desk: Desk) -> ClockRule:
    """The rule of an entry that people may make, with what it needs; Invalid at the field."""
    rule = desk.policy.clocks.by_id.get(entry.rule)
    if rule is None or rule.kind is ClockKind.INTERNAL or rule.id in desk.policy.handling.clocks:
        raise Invalid({"rule": ["没有这个期限，或者它由办理步骤自动开始"]})
    return rule


def _entered(
    session: Session, dispute: Dispute, entry: Entry, rule: ClockRule, desk: Desk, now: datetime
) -> Clock:
    wrong, today = {}, desk.today(now)
    begun = entry.start_on
    if entry.start_at is not None:
        begun = desk.today(entry.start_at)
    if rule.stated:
        begun = begun or today
        if entry.due_on is None:
            wrong["due_on"] = ["请填写交办材料写明的日期"]
        elif entry.due_on < begun:
            wrong["due_on"] = ["到期日不能早于收到交办的日期"]
    elif rule.unit is TimeUnit.HOUR and entry.start_at is None:
        wrong["start_at"] = ["这个期限以小时计，请填写起算的时刻"]
    elif begun is None:
        wrong["start_on"] = ["请填写起算的日期"]
    elif not rule.is_in_force(begun):
        wrong["start_on"] = ["这一天还没有、或者不再适用这个期限"]
    if begun is not None and begun > today:
        wrong["start_on"] = ["起算的日期不能晚于今天"]
    if wrong:
        raise Invalid(wrong)
    if rule.stated and entry.due_on is not None and begun is not None:
        return state(session, dispute, rule.id, entry.due_on, begun, desk=desk)
    return start(
        session, dispute, rule.id, start_on=begun, start_at=entry.start_at, desk=desk, now=now
    )
