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
from models import Dispute, Lawsuit, Organisation, db
from service.desk import Desk
from service.errors import NotFound
from service.queries import sight
from service.queries.access import of_town, visible
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import access, identity
from service.rules import lawsuit as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class AgencyView:
    """The agency that answers 被告或被申请人."""

    id: UUID
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkedDispute:
    """The dispute behind a case; `id` is None for who may not open it."""

    id: UUID | None
    number: str


@dataclass(frozen=True, slots=True)
class PreviousCase:
    """The case at the earlier instance."""

    id: UUID
    case_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LawsuitRow:
    """One row of a list; it names no plaintiff."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LawsuitView(LawsuitRow):
    """One case as this viewer may see it."""

    act: str
    decision_served_on: date | None
    plaintiffs: list[str]
    dispute: LinkedDispute | None
    previous: PreviousCase | None
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


def one(lawsuit_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> LawsuitView:
    """The case as the viewer may see it; NotFound when they may not."""
    if not access.may(actor, "lawsuit.read", desk.policy.access):
        raise NotFound("没有找到这个案件")
    lawsuit = db.session.scalar(
        sa.select(Lawsuit)
        .where(Lawsuit.id == lawsuit_id, of_town(actor, Lawsuit.organisation_id))
        .options(joinedload(Lawsuit.organisation))
        .execution_options(populate_existing=True)
    )
    if lawsuit is None:
        raise NotFound("没有找到这个案件")
    return LawsuitView(
        **_shared(lawsuit),
        act=lawsuit.act,
        decision_served_on=lawsuit.decision_served_on,
        plaintiffs=_plaintiffs(lawsuit, desk),
        dispute=_dispute(lawsuit, actor=actor, desk=desk, now=now),
        previous=_previous(lawsuit),
        recorded_at=lawsuit.recorded_at,
        steps=open_steps(lawsuit.status, actor=actor, desk=desk),
        version=lawsuit.version,
    )


def page(
    filters: Filters,
    *,
    actor: Actor,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[LawsuitRow]:
    """A page of the cases of the actor's town under `filters`, latest served first.

    The door asked who may list.
    """
    conditions = [of_town(actor, Lawsuit.organisation_id), *_conditions(filters)]
    keys = (Lawsuit.served_on, Lawsuit.id)
    query = sa.select(Lawsuit).where(*conditions).options(joinedload(Lawsuit.organisation))
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_day, as_id), descending=True))
    ordered = query.order_by(*(key.desc() for key in keys))
    found = db.session.scalars(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor([last.served_on.isoformat(), str(last.id)])
    total = None
    if count:
        counted = sa.select(sa.func.count()).select_from(Lawsuit).where(*conditions)
        total = db.session.scalar(counted)
    return Page([LawsuitRow(**_shared(each)) for each in found[:limit]], following, total)


def open_steps(status: LawsuitStatus, *, actor: Actor, desk: Desk) -> list[LawsuitStep]:
    """The steps that are legal now and this viewer's to take."""
    policy = desk.policy.access
    return [
        step
        for step in rules.steps_from(status)
        if access.may(actor, f"lawsuit.{step.value}", policy)
    ]


def _shared(lawsuit: Lawsuit) -> dict[str, Any]:
    return {
        "id": lawsuit.id,
        "procedure": lawsuit.procedure,
        "instance": lawsuit.instance,
        "court": lawsuit.court,
        "case_number": lawsuit.case_number,
        "cause": lawsuit.cause,
        "organisation": _agency(lawsuit.organisation),
        "served_on": lawsuit.served_on,
        "status": lawsuit.status,
        "outcome": lawsuit.outcome,
        "withdrawal_cause": lawsuit.withdrawal_cause,
        "decided_on": lawsuit.decided_on,
    }


def _agency(organisation: Organisation) -> AgencyView:
    return AgencyView(organisation.id, organisation.kind.value, organisation.name)


def _plaintiffs(lawsuit: Lawsuit, desk: Desk) -> list[str]:
    key = desk.keyring.field_key(lawsuit.sealed_key, f"lawsuit:{lawsuit.id}")
    names = key.open(lawsuit.plaintiffs_sealed, f"lawsuit.plaintiffs:{lawsuit.id}")
    return [identity.mask_name(name) for name in names.split("\n")]


@sight.whole("the dispute behind a lawsuit")
def _dispute(lawsuit: Lawsuit, *, actor: Actor, desk: Desk, now: datetime) -> LinkedDispute | None:
    if lawsuit.dispute_id is None:
        return None
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    number, may_open = db.session.execute(
        sa.select(Dispute.number, sa.case((visible(scope, now), 1), else_=0)).where(
            Dispute.id == lawsuit.dispute_id
        )
    ).one()
    return LinkedDispute(lawsuit.dispute_id if may_open else None, number)


def _previous(lawsuit: Lawsuit) -> PreviousCase | None:
    if lawsuit.previous_id is None:
        return None
    earlier = db.session.get_one(Lawsuit, lawsuit.previous_id)
    return PreviousCase(earlier.id, earlier.case_number)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
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
    return conditions


def of_dispute(dispute_id: UUID) -> list[LawsuitRow]:
    """The cases that grew out of a dispute, latest served first."""
    found = db.session.scalars(
        sa.select(Lawsuit)
        .where(Lawsuit.dispute_id == dispute_id)
        .options(joinedload(Lawsuit.organisation))
        .order_by(Lawsuit.served_on.desc(), Lawsuit.id)
    )
    return [LawsuitRow(**_shared(each)) for each in found]
