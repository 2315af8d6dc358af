"""Terms somebody enters 添加期限: the parties' own, the law's, dates other offices wrote down."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from config.clock import ClockRule
from config.vocabulary import ClockEnd, ClockKind, TimeUnit
from models import Clock, Dispute, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid
from service.operations import clock as clocks
from service.operations import load
from service.rules import dispute as rules
from service.rules.access import Actor

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
        if dispute.status in rules.ENDED and rule.kind is not ClockKind.REMEDY:
            raise Conflict(ENDED)
        if any(each.rule == rule.id for each in clocks.running(session, dispute)):
            raise Conflict(TWICE)
        made = _entered(session, dispute, entry, rule, desk=desk, now=now)
        clocks.settle(session, dispute, desk=desk, now=now)
        detail = {"rule": rule.id, "due_on": made.due_on.isoformat()}
        clocks.kept(session, dispute, "clock-enter", detail, actor=actor, now=now)
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
        clock = clocks.running_one(session, dispute, clock_id)
        if not may_stop(clock.rule, clock.kind, desk):
            raise Conflict(BY_STEPS)
        if on is not None and not clock.start_on <= on <= today:
            raise Invalid({"on": ["日期应在起算日和今天之间"]})
        clocks.stop_one(session, clock, ended, on or today, desk=desk, now=now)
        clocks.settle(session, dispute, desk=desk, now=now)
        detail = {"rule": clock.rule, "ended": ended.value, "on": (on or today).isoformat()}
        clocks.kept(session, dispute, "clock-stop", detail, actor=actor, now=now)


def may_stop(rule_id: str, kind: ClockKind, desk: Desk) -> bool:
    """Whether people say themselves that it is met: no step of ours does, nor hides lateness so."""
    if kind in (ClockKind.OUTSIDE, ClockKind.REMEDY):
        return True
    known = desk.policy.clocks.by_id.get(rule_id)
    by_steps = known is None or known.met_by or known.id in desk.policy.handling.clocks
    return kind is ClockKind.STATUTORY and not by_steps


def may_enter(rule: ClockRule, desk: Desk) -> bool:
    """Whether people enter a term of that rule: it is of disputes, no promise of ours, nor begun
    by a step.
    """
    if rule.subjects or rule.kind is ClockKind.INTERNAL:
        return False
    return rule.id not in desk.policy.handling.clocks


def _enterable(entry: Entry, desk: Desk) -> ClockRule:
    """The rule of an entry that people may make, with what it needs; Invalid at the field."""
    rule = desk.policy.clocks.by_id.get(entry.rule)
    if rule is None or not may_enter(rule, desk):
        raise Invalid({"rule": ["没有这个期限，或者它由办理步骤自动开始"]})
    return rule


def _entered(
    session: Session, dispute: Dispute, entry: Entry, rule: ClockRule, *, desk: Desk, now: datetime
) -> Clock:
    if wrong := _faults(entry, rule, desk=desk, now=now):
        raise Invalid(wrong)
    begun = desk.today(entry.start_at) if entry.start_at else entry.start_on
    if entry.due_on is not None:
        begun = begun or desk.today(now)
        return clocks.state(session, dispute, rule.id, entry.due_on, begun, desk=desk)
    return clocks.start(
        session, dispute, rule.id, start_on=begun, start_at=entry.start_at, desk=desk, now=now
    )


def _faults(entry: Entry, rule: ClockRule, *, desk: Desk, now: datetime) -> dict[str, list[str]]:
    """What is missing, wrong or of no use in an entry of that rule, each at its field.

    What is not used is refused: who types it believes that it counts.
    """
    today = desk.today(now)
    if entry.start_on is not None and entry.start_on > today:
        return {"start_on": ["起算的日期不能晚于今天"]}
    if rule.stated:
        return _faults_of_stated(entry, entry.start_on or today)
    if entry.due_on is not None:
        return {"due_on": ["这个期限的到期日由起算推算，不用填写"]}
    in_hours = rule.unit is TimeUnit.HOUR
    return _faults_in_hours(entry, now) if in_hours else _faults_in_days(entry, rule)


def _faults_in_days(entry: Entry, rule: ClockRule) -> dict[str, list[str]]:
    if entry.start_at is not None:
        return {"start_at": ["这个期限不以小时计，请填写起算的日期"]}
    if entry.start_on is None:
        return {"start_on": ["请填写起算的日期"]}
    if not rule.is_in_force(entry.start_on):
        return {"start_on": ["这一天还没有、或者不再适用这个期限"]}
    return {}


def _faults_in_hours(entry: Entry, now: datetime) -> dict[str, list[str]]:
    if entry.start_at is None:
        return {"start_at": ["这个期限以小时计，请填写起算的时刻"]}
    if entry.start_on is not None:
        return {"start_on": ["这个期限以小时计，只填写起算的时刻"]}
    return {"start_at": ["起算的时刻不能晚于现在"]} if entry.start_at > now else {}


def _faults_of_stated(entry: Entry, begun: date) -> dict[str, list[str]]:
    if entry.start_at is not None:
        return {"start_at": ["这个期限按写明的日期，不用填写时刻"]}
    if entry.due_on is None:
        return {"due_on": ["请填写交办材料写明的日期"]}
    if entry.due_on < begun:
        return {"due_on": ["到期日不能早于收到交办的日期"]}
    return {}
