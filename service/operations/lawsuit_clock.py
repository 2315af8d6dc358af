"""The terms 期限 of lawsuits and of the duties they leave; their rows say which comes next."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from config.clock_subject import ClockSubject
from config.lawsuit import Stage
from config.vocabulary import ClockEnd
from models import Lawsuit, LawsuitDuty
from service.desk import Desk
from service.operations import clock_subject
from service.operations.clock_subject import Owed
from service.rules import lawsuit as rules
from service.rules.lawsuit import Place

HEARING = "LIT.HEARING"
DUTY = "DUTY.DUE"


def started(session: Session, lawsuit: Lawsuit, stage: Stage, *, desk: Desk, now: datetime) -> None:
    """Start the term that the law sets for the case at a stage, where it sets one."""
    start_on = lawsuit.served_on if stage is Stage.ANSWER else lawsuit.decision_served_on
    rule = _rule(lawsuit, stage, desk)
    if rule is not None and start_on is not None:
        owed = _of(lawsuit)
        clock_subject.start(session, owed, rule, start_on=start_on, desk=desk, now=now)
    promised(session, lawsuit)


def answered(session: Session, lawsuit: Lawsuit, on: date, *, desk: Desk, now: datetime) -> bool:
    """Stop the term of the answer 答辩; whether it was late, which it stays for ever."""
    rule = _rule(lawsuit, Stage.ANSWER, desk)
    mine = clock_subject.running(session, ClockSubject.LAWSUIT, lawsuit.id)
    late = any(each.rule == rule and on > each.due_on for each in mine)
    if rule is not None:
        stopped(session, lawsuit, ClockEnd.MET, on, {rule}, desk=desk, now=now)
    return late


def planned(session: Session, lawsuit: Lawsuit, on: date, *, desk: Desk, now: datetime) -> None:
    """Keep the day of the hearing 开庭 as the summons states it."""
    today = desk.today(now)
    clock_subject.state(session, _of(lawsuit), HEARING, on, min(today, on), desk=desk, now=now)
    promised(session, lawsuit)


def stopped(
    session: Session,
    lawsuit: Lawsuit,
    ended: ClockEnd,
    on: date,
    only: Collection[str] | None = None,
    *,
    desk: Desk,
    now: datetime,
) -> None:
    """Stop its running terms, all or some of them."""
    clock_subject.stop(session, _of(lawsuit), ended, on, rules=only, desk=desk, now=now)
    promised(session, lawsuit)


def continued(session: Session, lawsuit: Lawsuit, on: date, *, desk: Desk, now: datetime) -> None:
    """It goes on at a later instance: the term to appeal was used; what it owes itself runs on.

    Who is not answered in time by the review organ sues before it has decided.
    """
    appeal = desk.policy.lawsuits.rules_of(Stage.APPEAL)
    stopped(session, lawsuit, ClockEnd.MET, on, appeal, desk=desk, now=now)


def promised(session: Session, lawsuit: Lawsuit) -> None:
    """Write on the row what binds next."""
    running = clock_subject.running(session, ClockSubject.LAWSUIT, lawsuit.id)
    promise = clock_subject.promise(running)
    lawsuit.due_on = promise.due_on if promise else None
    lawsuit.due_rule = promise.rule if promise else None
    lawsuit.due_provisional = promise.provisional if promise else False


def imposed(session: Session, duty: LawsuitDuty, *, desk: Desk, now: datetime) -> None:
    """Keep the day until which a duty 义务 is to be done, as its paper states it."""
    start_on = min(desk.today(now), duty.due_on)
    clock_subject.state(session, _duty(duty), DUTY, duty.due_on, start_on, desk=desk, now=now)


def performed(session: Session, duty: LawsuitDuty, on: date, *, desk: Desk, now: datetime) -> None:
    """Stop the term of a duty that was done."""
    clock_subject.stop(session, _duty(duty), ClockEnd.MET, on, desk=desk, now=now)


def _rule(lawsuit: Lawsuit, stage: Stage, desk: Desk) -> str | None:
    place = Place(procedure=lawsuit.procedure, instance=lawsuit.instance, act=lawsuit.act)
    simplified = lawsuit.simplified and stage is Stage.ANSWER
    data, outcome = desk.policy.lawsuits, lawsuit.outcome
    return rules.term_rule(data, stage, place, simplified=simplified, outcome=outcome)


def _of(lawsuit: Lawsuit) -> Owed:
    return Owed(
        subject=ClockSubject.LAWSUIT, id=lawsuit.id, organisation_id=lawsuit.organisation_id
    )


def _duty(duty: LawsuitDuty) -> Owed:
    return Owed(subject=ClockSubject.DUTY, id=duty.id, organisation_id=duty.organisation_id)
