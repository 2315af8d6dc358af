"""Look at lawsuits 行政复议与行政诉讼: one in full, a page of rows; plaintiffs always masked."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
    WithdrawalCause,
)
from models import (
    Hearing,
    Lawsuit,
    LawsuitDuty,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.queries import lawsuit_link as links
from service.queries import lawsuit_part as parts
from service.queries.access import of_town
from service.queries.clock_subject import SubjectClock
from service.queries.lawsuit_link import ChainedCase, LinkedDispute, LinkedLetter, PreviousCase
from service.queries.lawsuit_part import AgencyView, CheckView, DutyView, HearingView, ReviewView
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import lawsuit as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class LawsuitRow:
    """One row of a list; it names no plaintiff.

    `unperformed` counts its duties that ran out undone.
    """

    id: UUID
    procedure: LawsuitProcedure
    instance: LawsuitInstance
    court: str
    case_number: str | None
    cause: str
    organisation: AgencyView
    served_on: date
    status: LawsuitStatus
    outcome: LawsuitOutcome | None
    withdrawal_cause: WithdrawalCause | None
    decided_on: date | None
    due_on: date | None
    due_rule: str | None
    due_provisional: bool
    overdue: bool
    answered_late: bool | None
    breach: bool
    unperformed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LawsuitView(LawsuitRow):
    """One case as this viewer may see it."""

    act: str
    decision_served_on: date | None
    plaintiffs: list[str]
    dispute: LinkedDispute | None
    suggestions: list[LinkedLetter]
    previous: PreviousCase | None
    chain: list[ChainedCase]
    simplified: bool
    must_attend: list[str]
    head_must_attend: bool
    answered_on: date | None
    heard_on: date | None
    head_attended: bool | None
    lost: bool
    checks: list[CheckView]
    mediated_before: bool | None
    clocks: list[SubjectClock]
    hearings: list[HearingView]
    duties: list[DutyView]
    case_review: ReviewView | None
    performed_on: date | None
    closed_on: date | None
    recorded_at: datetime
    steps: list[LawsuitStep]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None narrows nothing. Both dates are inclusive."""

    status: LawsuitStatus | None = None
    procedure: LawsuitProcedure | None = None
    organisation: UUID | None = None
    outcome: LawsuitOutcome | None = None
    served_from: date | None = None
    served_to: date | None = None
    unperformed: bool | None = None
    breach: bool | None = None
    overdue: bool | None = None


def one(lawsuit_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> LawsuitView:
    """The case as the viewer may see it; NotFound when they may not."""
    if not access.may(actor, "lawsuit.read", desk.policy.access):
        raise NotFound("没有找到这个案件")
    today = desk.today(now)
    row = db.session.execute(
        _rows(today)
        .where(Lawsuit.id == lawsuit_id, of_town(actor, Lawsuit.organisation_id))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("没有找到这个案件")
    lawsuit: Lawsuit = row[0]
    key = desk.keyring.field_key(lawsuit.sealed_key, f"lawsuit:{lawsuit.id}")
    data = desk.policy.lawsuits
    return LawsuitView(
        **_shared(row, today),
        act=lawsuit.act,
        decision_served_on=lawsuit.decision_served_on,
        plaintiffs=parts.plaintiffs(lawsuit, key),
        dispute=links.dispute(lawsuit, actor=actor, desk=desk, now=now),
        suggestions=links.suggestions(
            lawsuit, access.scope(actor, "suggestion.read", desk.policy.access)
        ),
        previous=links.previous(lawsuit),
        chain=links.chain(lawsuit),
        simplified=lawsuit.simplified,
        must_attend=lawsuit.must_attend,
        head_must_attend=rules.must_attend(lawsuit.must_attend, data),
        answered_on=lawsuit.answered_on,
        heard_on=lawsuit.heard_on,
        head_attended=lawsuit.head_attended,
        lost=rules.is_lost(lawsuit.outcome),
        checks=parts.checks(lawsuit, desk),
        mediated_before=links.was_mediated_before(lawsuit),
        clocks=parts.clocks(lawsuit, desk, now),
        hearings=parts.hearings(lawsuit, key, desk),
        duties=parts.duties(lawsuit, key, today),
        case_review=parts.review(lawsuit, key, today),
        performed_on=lawsuit.performed_on,
        closed_on=lawsuit.closed_on,
        recorded_at=lawsuit.recorded_at,
        steps=open_steps(lawsuit, actor=actor, desk=desk),
        version=lawsuit.version,
    )


def named(lawsuit_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[str]:
    """The plaintiffs in full, as the papers to the court name them (ADR 11): for who answers it.

    Its opening is written down. NotFound when the viewer may not see the case.
    """
    one(lawsuit_id, actor=actor, desk=desk, now=now)
    access.require(actor, "lawsuit.answer", desk.policy.access)
    lawsuit = db.session.get_one(Lawsuit, lawsuit_id)
    key = desk.keyring.field_key(lawsuit.sealed_key, f"lawsuit:{lawsuit.id}")
    return key.open(lawsuit.plaintiffs_sealed, f"lawsuit.plaintiffs:{lawsuit.id}").split("\n")


def page(
    filters: Filters,
    *,
    actor: Actor,
    today: date,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[LawsuitRow]:
    """A page of the cases of the actor's town under `filters`, latest served first.

    The door asked who may list.
    """
    conditions = [of_town(actor, Lawsuit.organisation_id), *_conditions(filters, today)]
    keys = (Lawsuit.served_on, Lawsuit.id)
    query = _rows(today).where(*conditions)
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_day, as_id), descending=True))
    ordered = query.order_by(*(key.desc() for key in keys))
    found = db.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1][0]
        following = encode_cursor([last.served_on.isoformat(), str(last.id)])
    total = None
    if count:
        counted = sa.select(sa.func.count()).select_from(Lawsuit).where(*conditions)
        total = db.session.scalar(counted)
    return Page([LawsuitRow(**_shared(each, today)) for each in found[:limit]], following, total)


def case_of_duty(duty_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """The case of a duty; NotFound when the viewer may not open it."""
    found = db.session.scalar(sa.select(LawsuitDuty.lawsuit_id).where(LawsuitDuty.id == duty_id))
    if found is None:
        raise NotFound("没有找到这个案件")
    return one(found, actor=actor, desk=desk, now=now).id


def overdue_count(*, actor: Actor, today: date) -> int:
    """How many cases of the actor's town owe something that is overdue."""
    asked = sa.select(sa.func.count()).select_from(Lawsuit)
    mine = (of_town(actor, Lawsuit.organisation_id), _overdue(today))
    return db.session.scalar(asked.where(*mine)) or 0


def pending_count(*, actor: Actor) -> int:
    """How many cases of the actor's town wait for their decision."""
    asked = sa.select(sa.func.count()).select_from(Lawsuit)
    mine = (of_town(actor, Lawsuit.organisation_id), Lawsuit.status == LawsuitStatus.PENDING)
    return db.session.scalar(asked.where(*mine)) or 0


def unperformed_count(*, actor: Actor, today: date) -> int:
    """How many duties of the actor's town ran out undone."""
    asked = (
        sa.select(sa.func.count())
        .select_from(LawsuitDuty)
        .join(Lawsuit, Lawsuit.id == LawsuitDuty.lawsuit_id)
        .where(of_town(actor, Lawsuit.organisation_id), *_run_out(today))
    )
    return db.session.scalar(asked) or 0


def open_steps(lawsuit: Lawsuit, *, actor: Actor, desk: Desk) -> list[LawsuitStep]:
    """The steps that are legal now and this viewer's to take."""
    policy = desk.policy.access
    return [
        step
        for step in rules.steps_from(lawsuit.status, answered=lawsuit.answered_on is not None)
        if access.may(actor, f"lawsuit.{step.value}", policy)
    ]


def _rows(today: date) -> sa.Select[Any]:
    """Cases with what stands beside them: a breach, and how many duties ran out undone."""
    return sa.select(Lawsuit, _breach().label("breach"), _unperformed(today).label("left")).options(
        joinedload(Lawsuit.organisation)
    )


def _breach() -> ColumnElement[bool]:
    return sa.exists().where(Hearing.lawsuit_id == Lawsuit.id, Hearing.breach.is_not(None))


def _run_out(today: date) -> tuple[ColumnElement[bool], ...]:
    return (LawsuitDuty.done_on.is_(None), LawsuitDuty.due_on < today)


def _unperformed(today: date) -> Any:
    counted = sa.select(sa.func.count(LawsuitDuty.id)).where(
        LawsuitDuty.lawsuit_id == Lawsuit.id, *_run_out(today)
    )
    return counted.correlate(Lawsuit).scalar_subquery()


def _overdue(today: date) -> ColumnElement[bool]:
    """What the agency itself owes by a day that is over; a term to appeal binds nobody."""
    return sa.and_(
        Lawsuit.due_on < today, sa.func.coalesce(Lawsuit.due_rule, "").not_like("LIT.APPEAL%")
    )


def _shared(row: Any, today: date) -> dict[str, Any]:
    lawsuit: Lawsuit = row[0]
    binds = not (lawsuit.due_rule or "").startswith("LIT.APPEAL")
    return {
        "id": lawsuit.id,
        "procedure": lawsuit.procedure,
        "instance": lawsuit.instance,
        "court": lawsuit.court,
        "case_number": lawsuit.case_number,
        "cause": lawsuit.cause,
        "organisation": parts.agency(lawsuit.organisation),
        "served_on": lawsuit.served_on,
        "status": lawsuit.status,
        "outcome": lawsuit.outcome,
        "withdrawal_cause": lawsuit.withdrawal_cause,
        "decided_on": lawsuit.decided_on,
        "due_on": lawsuit.due_on,
        "due_rule": lawsuit.due_rule,
        "due_provisional": lawsuit.due_provisional,
        "overdue": binds and rules.is_late(None, lawsuit.due_on, today),
        "answered_late": lawsuit.answered_late,
        "breach": bool(row.breach),
        "unperformed": row.left,
    }


def _conditions(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    plain = (
        (Lawsuit.status, filters.status),
        (Lawsuit.procedure, filters.procedure),
        (Lawsuit.organisation_id, filters.organisation),
        (Lawsuit.outcome, filters.outcome),
    )
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in plain if value is not None
    ]
    if filters.served_from:
        conditions.append(Lawsuit.served_on >= filters.served_from)
    if filters.served_to:
        conditions.append(Lawsuit.served_on <= filters.served_to)
    wishes = (
        (filters.breach, _breach()),
        (filters.unperformed, _unperformed(today) > 0),
        (filters.overdue, sa.func.coalesce(_overdue(today), sa.false())),
    )
    conditions += [wish if wanted else ~wish for wanted, wish in wishes if wanted is not None]
    return conditions


def of_dispute(dispute_id: UUID, *, actor: Actor, today: date) -> list[LawsuitRow]:
    """The cases of the viewer's town that grew out of a dispute, latest served first."""
    found = db.session.execute(
        _rows(today)
        .where(Lawsuit.dispute_id == dispute_id, of_town(actor, Lawsuit.organisation_id))
        .order_by(Lawsuit.served_on.desc(), Lawsuit.id)
    )
    return [LawsuitRow(**_shared(each, today)) for each in found]
