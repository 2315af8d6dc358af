"""Clocks 期限 of a dispute: what starts them, meets them, ends them, and what its row says of them.

Whoever calls holds the dispute's row locked. Nothing here flushes: a step is one new version.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    ClockEnd,
    ClockKind,
    DisputeStatus,
    Step,
    TimeUnit,
)
from models import Clock, ClockChange, ClockStep, Dispute, Episode
from service.desk import Desk
from service.errors import Conflict, NotFound
from service.operations import clock_promise as promises
from service.operations import notice
from service.operations.event import record
from service.queries.clock import NOT_FOUND
from service.queries.clock_promise import run_of
from service.rules import clock as rules
from service.rules import dispute as dispute_rules
from service.rules.access import Actor
from service.rules.clock import Run
from service.rules.deadlines import Deadline
from service.rules.routing import RouteAnswer

DISPATCH: Final = "SLA.DISPATCH"
JOINT: Final = "SLA.JOINT"  # the term of one task of one co-unit: several of it may run


# -- what happens to a dispute -------------------------------------------------------------------


def opening(dispute: Dispute, answer: RouteAnswer, *, desk: Desk, now: datetime) -> list[Clock]:
    """The clocks of a dispute that has just come in, its row told of them; none is stored yet.

    The row has to be stored before them.
    """
    values = registered(dispute.id, DisputeStatus.REGISTERED, answer, desk=desk, now=now)
    clocks = [Clock(**each) for each in values]
    promises.tell(dispute, clocks, desk=desk, now=now)
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
    made = [
        promises.of_facts(dispute_id, 1, each, desk) for each in promises.followed(answer, desk)
    ]
    if status is DisputeStatus.REGISTERED and DISPATCH in clocks:
        made.append(promises.counted(dispute_id, 1, clocks[DISPATCH], today, desk))
    return [
        each | {"next_step_at": promises.next_step(Clock(**each), (), desk, now)} for each in made
    ]


def told(rows: Iterable[Mapping[str, Any]], *, desk: Desk, now: datetime) -> dict[str, Any]:
    """What the row of a dispute says of such clocks, as columns for the same bulk insert."""
    row = Dispute()
    promises.tell(row, [Clock(**each) for each in rows], desk=desk, now=now)
    columns = "due_on due_rule due_provisional due_paused remedy_on remedy_rule next_on".split()
    return {name: getattr(row, name) for name in columns}


def follow(
    session: Session,
    dispute: Dispute,
    step: Step,
    answer: Any,
    *,
    kept: Collection[tuple[str, date]] = (),
    desk: Desk,
    now: datetime,
) -> dict[str, str]:
    """What `step` does to the clocks of its dispute; what its event says of the promise.

    `answer` gives the rules' answer for the dispute as it is now, and is asked where it matters.
    Those `kept`, by rule and start, bind whatever step is taken.
    """
    today, clocks = desk.today(now), desk.policy.clocks
    met, accepting = rules.met_by(step, clocks), rules.met_by(Step.ACCEPT, clocks)
    for each in running(session, dispute):
        if (each.rule, each.start_on) in kept:
            continue
        end = rules.ended_by(step, each.kind, to_accept=each.rule in accepting)
        end = ClockEnd.MET if each.rule in met else end
        if end is not None:
            stop_one(session, each, end, today, desk=desk, now=now)
    promise = _handle(session, dispute, answer(), desk, today) if step is Step.ACCEPT else None
    for rule in rules.starts_on(step, clocks, today, channel=dispute.channel):
        start(session, dispute, rule.id, start_on=today, desk=desk, now=now)
    if step is Step.REOPEN:
        rerouted(session, dispute, answer(), desk=desk, now=now)
    settle(session, dispute, desk=desk, now=now)
    if promise is None:
        return {}
    return {"due_rule": promise.rule, "due_on": promise.due_on.isoformat()}


def handed(
    session: Session,
    dispute: Dispute,
    answer: Any,
    *,
    kept: Collection[tuple[str, date]] = (),
    desk: Desk,
    now: datetime,
) -> dict[str, str]:
    """Another unit took it over: the terms of the one before end, and those of its own begin.

    What binds whoever has it goes on, as when a unit hands it back. Answers as `follow`.
    """
    accepting = rules.met_by(Step.ACCEPT, desk.policy.clocks)
    for each in running(session, dispute):
        if (each.rule, each.start_on) in kept:
            continue
        if each.rule == JOINT:  # what the co-units owe, they owe the one who leads now
            continue
        if rules.ended_by(Step.RETURN, each.kind, to_accept=each.rule in accepting) is not None:
            stop_one(session, each, ClockEnd.REPLACED, desk.today(now), desk=desk, now=now)
    return follow(session, dispute, Step.ACCEPT, answer, kept=kept, desk=desk, now=now)


def rerouted(
    session: Session, dispute: Dispute, answer: RouteAnswer, *, desk: Desk, now: datetime
) -> None:
    """The facts say otherwise: the terms that follow from them do too; what they were is kept.

    What was accepted has no term for the acceptance any more, whatever is corrected.
    """
    today, accepts = desk.today(now), dispute.status in dispute_rules.WAITING
    wanted = {
        (each.rule, each.start_on): each
        for each in promises.followed(answer, desk)
        if accepts or desk.policy.clocks[each.rule].kind is ClockKind.REMEDY
    }
    ran = _all(session, dispute)
    for each in ran:
        follows = each.stopped_at is None and each.made_under.get("from") == promises.FACTS
        if follows and wanted.pop((each.rule, each.start_on), None) is None:
            stop_one(session, each, ClockEnd.REPLACED, today, desk=desk, now=now)
    used = {
        (each.rule, each.start_on)
        for each in ran
        if each.ended not in (None, ClockEnd.MISTAKEN, ClockEnd.REPLACED)
    }
    begun = {each.rule for each in ran if each.stopped_at is None}
    episode = _episode(session, dispute)
    for place, promise in wanted.items():
        if place not in used and promise.rule not in begun:
            session.add(Clock(**promises.of_facts(dispute.id, episode, promise, desk)))
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
    for each in running(session, dispute):
        if each.rule == rule_id:
            return each
    return start_another(
        session, dispute, rule_id, start_on=start_on, start_at=start_at, desk=desk, now=now
    )


def start_another(
    session: Session,
    dispute: Dispute,
    rule_id: str,
    *,
    start_on: date | None = None,
    start_at: datetime | None = None,
    desk: Desk,
    now: datetime,
) -> Clock:
    """The same, whether or not another one of the rule runs."""
    rule = desk.policy.clocks[rule_id]
    begun: date | datetime = start_on or desk.today(now)
    if rule.unit is TimeUnit.HOUR:
        begun = start_at or now
    made = Clock(**promises.counted(dispute.id, _episode(session, dispute), rule, begun, desk))
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
        made_under=promises.made_under(rule, start_on, desk),
        start_on=start_on,
        raw_due_on=due_on,
        due_on=due_on,
        provisional=False,
    )
    session.add(made)
    return made


def settle(session: Session, dispute: Dispute, *, desk: Desk, now: datetime) -> None:
    """Write what the dispute's row says of its running clocks, and when each is looked at next."""
    _settle(session, {dispute: running(session, dispute)}, desk=desk, now=now)


def settle_all(session: Session, disputes: Sequence[Dispute], *, desk: Desk, now: datetime) -> None:
    """The same of many whose clocks are all stored, in as few questions as of one."""
    by_id = {each.id: each for each in disputes}
    run: dict[Dispute, list[Clock]] = {each: [] for each in disputes}
    stored = sa.select(Clock).where(Clock.dispute_id.in_(by_id), Clock.stopped_at.is_(None))
    for each in session.scalars(stored.order_by(Clock.start_on, Clock.id)):
        if each.dispute_id is not None:
            run[by_id[each.dispute_id]].append(each)
    _settle(session, run, desk=desk, now=now)


def _settle(
    session: Session, run: Mapping[Dispute, Sequence[Clock]], *, desk: Desk, now: datetime
) -> None:
    steps = sa.select(ClockStep.clock_id, ClockStep.due_on, ClockStep.step)
    told: dict[tuple[UUID, date], list[str]] = {}
    for row in session.execute(steps.where(ClockStep.dispute_id.in_([each.id for each in run]))):
        told.setdefault((row.clock_id, row.due_on), []).append(row.step)
    for dispute, clocks in run.items():
        promises.tell(dispute, clocks, desk=desk, now=now)
        for each in clocks:
            each.next_step_at = promises.next_step(each, told.get(_place(each), []), desk, now)
    warned = {
        dispute.id: {_place(each) for each in clocks if each.paused_from is None}
        for dispute, clocks in run.items()
    }
    notice.clocks_settled(session, warned, now=now)


def remedy_passed(session: Session, dispute: Dispute, *, desk: Desk, now: datetime) -> None:
    """One of the parties' own terms has run out: the row names the next one.

    That is the time's doing and nobody's deed: what was read of the dispute is not stale by it.
    """
    remedy_on, rule = promises.next_remedy(running(session, dispute), desk.today(now))
    session.execute(
        sa.update(Dispute)
        .where(Dispute.id == dispute.id)
        .values(
            remedy_on=remedy_on,
            remedy_rule=rule,
            next_on=promises.next_day(dispute.due_on, remedy_on),
        )
        .execution_options(synchronize_session=False)
    )


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


def withdrawn(session: Session, mine: sa.Select[UUID], *, desk: Desk, now: datetime) -> None:
    """Stop every clock of a batch of disputes that should never have come in; nobody handled them,
    so nothing of them was paused or asked for.
    """
    session.execute(
        sa.update(Clock)
        .where(Clock.dispute_id.in_(mine), Clock.stopped_at.is_(None))
        .values(
            ended=ClockEnd.MISTAKEN,
            stopped_on=desk.today(now),
            stopped_at=now,
            next_step_at=None,
            version=Clock.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


# -- what others here ask ------------------------------------------------------------------------


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


def stop_one(
    session: Session, clock: Clock, ended: ClockEnd, on: date, *, desk: Desk, now: datetime
) -> None:
    """Stop a clock: its pause ends with it, and what was asked for it waits no longer."""
    changes = changes_of(session, clock)
    for each in changes:
        lasts = each.state is ClockChangeState.GRANTED and each.until_on is None
        if each.kind is ClockChangeKind.PAUSE and lasts and each.from_on is not None:
            # the pause of one day at least: it ends the day it stops, or the day after it began
            each.until_on = max(on, each.from_on + timedelta(days=1))
        if each.state is ClockChangeState.ASKED and clock.dispute_id is not None:
            each.state, each.decided_at = ClockChangeState.DROPPED, now
            notice.change_settled(session, clock.dispute_id, each.id, now=now)
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
        stated, dispute.channel, today, desk.policy, desk.calendar, category=dispute.category
    )
    if promise is not None:
        rule = desk.policy.clocks[promise.rule]
        episode = _episode(session, dispute)
        session.add(Clock(**promises.counted(dispute.id, episode, rule, promise.start_on, desk)))
    return promise


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


def _place(clock: Clock) -> tuple[UUID, date]:
    return clock.id, clock.due_on
