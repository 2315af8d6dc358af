"""Clocks 期限 of what is no dispute: letters, lawsuits, duties and the like; ADR 31.

Whoever calls holds the row of the subject locked, has asked for the right, and writes the event.
Nothing here flushes: a step is one new version. Days, working days and months only, never hours.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.clock import ClockRule
from config.clock_subject import ClockSubject
from config.vocabulary import ClockEnd, TimeUnit
from models import Clock, ClockStep, Lawsuit, Linkage, PlanEntry, Suggestion
from service.desk import Desk
from service.operations import clock_promise as promises
from service.operations import notice

ROUND: Final = 1  # they have no episodes 办理轮次
# whose row carries `due_on`, `due_rule` and `due_provisional`: a published calendar moves these too
HOLDERS: Final[Mapping[ClockSubject, type[Any]]] = {
    ClockSubject.SUGGESTION: Suggestion,
    ClockSubject.LAWSUIT: Lawsuit,
    ClockSubject.INQUIRY: Linkage,
    ClockSubject.COURT_AID: Linkage,
    ClockSubject.ENFORCEMENT_CHECK: Linkage,
    ClockSubject.OBLIGATION: Linkage,
    ClockSubject.PLAN_ENTRY: PlanEntry,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Whose term it is; `organisation_id` is the unit that answers."""

    subject: ClockSubject
    id: UUID
    organisation_id: UUID | None


@dataclass(frozen=True, slots=True)
class Promise:
    """What binds next, as the row of a subject says it."""

    due_on: date
    rule: str
    provisional: bool


def start(
    session: Session, owed: Owed, rule_id: str, *, start_on: date, desk: Desk, now: datetime
) -> Clock:
    """Start a clock of a rule from a day; the one that runs of it already is answered.

    Raises ValueError for a rule in hours, one of other subjects, one whose date others state.
    """
    rule = _rule(owed, rule_id, desk)
    if rule.unit is TimeUnit.HOUR or rule.stated:
        raise ValueError(f"期限 {rule_id} 不能这样起算")
    for each in running(session, owed.subject, owed.id):
        if each.rule == rule_id:
            return each
    return _keep(session, owed, promises.counted(None, ROUND, rule, start_on, desk), desk, now)


def state(
    session: Session,
    owed: Owed,
    rule_id: str,
    due_on: date,
    start_on: date,
    *,
    desk: Desk,
    now: datetime,
) -> Clock:
    """Keep the date that the letter itself states: it is never counted, rolled nor provisional.

    What ran of the rule until then is replaced by it.
    """
    rule = _rule(owed, rule_id, desk)
    for each in running(session, owed.subject, owed.id):
        if each.rule == rule_id:
            if each.stated and each.due_on == due_on:
                return each
            _stop(session, each, ClockEnd.REPLACED, desk.today(now), now)
    row = {
        "id": uuid4(),
        "dispute_id": None,
        "episode": ROUND,
        "rule": rule_id,
        "kind": rule.kind,
        "stated": True,
        "length": None,
        "unit": None,
        "made_under": promises.made_under(rule, start_on, desk),
        "start_on": start_on,
        "start_at": None,
        "raw_due_on": due_on,
        "due_on": due_on,
        "due_at": None,
        "provisional": False,
        "version": 1,
    }
    return _keep(session, owed, row, desk, now)


def stop(
    session: Session,
    owed: Owed,
    ended: ClockEnd,
    on: date,
    *,
    rules: Collection[str] | None = None,
    desk: Desk,
    now: datetime,
) -> None:
    """Stop its running clocks, all of them or those of some `rules`; nobody is warned any more.

    `on` is the day it was met or ended: a date after `due_on` is late for ever. Raises ValueError
    for a day to come.
    """
    if on > desk.today(now):
        raise ValueError("期限不能停在将来的日子")
    for each in running(session, owed.subject, owed.id):
        if rules is None or each.rule in rules:
            _stop(session, each, ended, on, now)


def assign(session: Session, owed: Owed) -> None:
    """What it owes is owed by another unit now: whoever was told before reads it no longer."""
    for each in running(session, owed.subject, owed.id):
        each.organisation_id = owed.organisation_id
    notice.subject_assigned(session, owed.id, owed.organisation_id)


def running(session: Session, subject: ClockSubject, subject_id: UUID) -> list[Clock]:
    """The clocks that run on it, those that are not stored yet among them; the earliest first."""
    stored = session.scalars(
        sa.select(Clock)
        .where(Clock.subject == subject, Clock.subject_id == subject_id)
        .order_by(Clock.start_on, Clock.id)
    )
    fresh = (each for each in session.new if isinstance(each, Clock))
    mine = [*stored, *(each for each in fresh if each.subject_id == subject_id)]
    return [each for each in mine if each.stopped_at is None]


def hold(session: Session, clock_ids: Collection[UUID]) -> None:
    """Lock the rows whose dates some clocks decide, kind by kind in the order of their ids.

    The clocks of a kind whose row carries no date are locked themselves.
    """
    mine = sa.select(Clock.subject, Clock.subject_id).where(Clock.id.in_(clock_ids)).distinct()
    found: dict[ClockSubject, list[UUID]] = {}
    for subject, subject_id in session.execute(mine):
        if subject is not None and subject_id is not None:
            found.setdefault(subject, []).append(subject_id)
    for subject in sorted(found):
        holder = HOLDERS.get(subject)
        if holder is not None:
            rows = sa.select(holder.id).where(holder.id.in_(found[subject])).order_by(holder.id)
            session.execute(rows.with_for_update())
    held = sa.select(Clock.id).where(Clock.id.in_(clock_ids)).order_by(Clock.id)
    session.execute(held.with_for_update())


def follow(
    session: Session,
    clock_ids: Collection[UUID],
    redated: Collection[UUID],
    *,
    desk: Desk,
    now: datetime,
) -> dict[UUID, int | None]:
    """What the rows say of clocks whose dates were written anew, and when each is looked at next.

    Nobody is warned any more of the date that the `redated` had. Answers the new version of each
    row that carries one.
    """
    clocks = session.scalars(sa.select(Clock).where(Clock.id.in_(clock_ids)).order_by(Clock.id))
    versions: dict[UUID, int | None] = {}
    rows: dict[UUID, Any] = {}
    for each in clocks.all():
        if each.subject is None or each.subject_id is None:
            continue
        told = sa.select(ClockStep.step).where(
            ClockStep.clock_id == each.id, ClockStep.due_on == each.due_on
        )
        each.next_step_at = promises.next_step(each, set(session.scalars(told)), desk, now)
        if each.id in redated:
            notice.subject_clock_over(session, each.subject_id, each.id, now=now)
        versions[each.subject_id] = None
        holder = HOLDERS.get(each.subject)
        row = session.get(holder, each.subject_id) if holder is not None else None
        if row is not None:
            rows[each.subject_id] = row
            said = promise(running(session, each.subject, each.subject_id))
            row.due_on = said.due_on if said else None
            row.due_rule = said.rule if said else None
            row.due_provisional = bool(said and said.provisional)
    session.flush()  # gives the new versions to the events
    return versions | {key: getattr(row, "version", None) for key, row in rows.items()}


def promise(clocks: Sequence[Clock]) -> Promise | None:
    """What its row says of them: the first of what still runs; None when nothing does."""
    binding = [each for each in clocks if each.stopped_at is None]
    due = min(binding, key=lambda each: (each.due_on, str(each.id)), default=None)
    return None if due is None else Promise(due.due_on, due.rule, due.provisional)


def _rule(owed: Owed, rule_id: str, desk: Desk) -> ClockRule:
    rule = desk.policy.clocks[rule_id]
    if rule.subjects and owed.subject not in rule.subjects:
        raise ValueError(f"期限 {rule_id} 不适用于 {owed.subject}")
    return rule


def _keep(session: Session, owed: Owed, row: Mapping[str, Any], desk: Desk, now: datetime) -> Clock:
    made = Clock(
        **row, subject=owed.subject, subject_id=owed.id, organisation_id=owed.organisation_id
    )
    made.next_step_at = promises.next_step(made, (), desk, now)
    session.add(made)
    return made


def _stop(session: Session, clock: Clock, ended: ClockEnd, on: date, now: datetime) -> None:
    clock.ended, clock.stopped_on, clock.stopped_at = ended, on, now
    clock.next_step_at = None
    if clock.subject_id is not None:
        notice.subject_clock_over(session, clock.subject_id, clock.id, now=now)
