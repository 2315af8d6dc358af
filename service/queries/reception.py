"""Look at reception days 接访日程: a month of the town, and one with what was brought to it.

A count is of the rows its viewer may know of: a window counts what it registered itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.vocabulary import DisputeStatus
from models import Dispute, Organisation, Reception, ReceptionVisit, User, db
from service.desk import Desk
from service.errors import NotFound
from service.queries.access import in_full, known, of_town, visible
from service.rules import access
from service.rules.access import Actor

NOT_FOUND: Final = "没有找到这次接访"
READ: Final = "reception.read"
Leader, Planner = aliased(User), aliased(User)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionRow:
    """One reception; `visits` are those the viewer may know of."""

    id: UUID
    leader_id: UUID
    leader: str
    on: date
    starts_at: datetime
    ends_at: datetime
    place: str
    planned_by: str
    called_off_at: datetime | None
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """A dispute that was brought; `category` None: restricted. `opens`: the viewer may read it."""

    id: UUID
    dispute_id: UUID
    number: str
    category: str | None
    status: DisputeStatus
    restricted: bool
    organisation: str | None
    noted_by: str
    noted_at: datetime
    opens: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionView:
    """One reception with its visits, in the order they were noted."""

    row: ReceptionRow
    visits: Sequence[VisitRow]
    may_plan: bool
    may_note: bool


def month(first: date, *, actor: Actor, desk: Desk, now: datetime) -> list[ReceptionRow]:
    """The receptions of the town in the month of `first`, in their order."""
    following = (first + timedelta(days=31)).replace(day=1)
    asked = _rows(actor, desk, now).where(Reception.on_date >= first, Reception.on_date < following)
    return [_row(each) for each in db.session.execute(asked)]


def one(reception_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> ReceptionView:
    """One of them; NotFound where the town has none."""
    asked = _rows(actor, desk, now).where(Reception.id == reception_id)
    found = db.session.execute(asked).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    policy = desk.policy.access
    scope, notes = (access.scope(actor, name, policy) for name in (READ, "reception.note"))
    reads = access.scope(actor, "dispute.read", policy)
    standing = found.Reception.called_off_at is None
    visits = db.session.execute(
        sa.select(
            ReceptionVisit,
            Dispute.number,
            Dispute.category,
            Dispute.status,
            Dispute.restricted,
            sa.func.coalesce(Organisation.name, Dispute.office_text).label("unit"),
            User.name.label("noter"),
            sa.case((known(reads, now), 1), else_=0).label("reads"),
            sa.case((in_full(reads, now), 1), else_=0).label("opens"),
            sa.case((known(notes, now), 1), else_=0).label("notes"),
        )
        .join(Dispute, Dispute.id == ReceptionVisit.dispute_id)
        .join(User, User.id == ReceptionVisit.noted_by)
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(
            ReceptionVisit.reception_id == reception_id,
            ReceptionVisit.withdrawn_at.is_(None),
            visible(scope, now),
        )
        .order_by(ReceptionVisit.noted_at, ReceptionVisit.id)
    ).all()
    return ReceptionView(
        row=_row(found),
        visits=[_visit(each) for each in visits],
        may_plan=standing and access.may(actor, "reception.plan", policy),
        may_note=standing and access.may(actor, "reception.note", policy),
    )


def _rows(actor: Actor, desk: Desk, now: datetime) -> sa.Select[Any]:
    scope = access.require(actor, READ, desk.policy.access)
    visits = (
        sa.select(sa.func.count())
        .select_from(ReceptionVisit)
        .join(Dispute, Dispute.id == ReceptionVisit.dispute_id)
        .where(
            ReceptionVisit.reception_id == Reception.id,
            ReceptionVisit.withdrawn_at.is_(None),
            visible(scope, now),
        )
        .correlate(Reception)
        .scalar_subquery()
    )
    return (
        sa.select(
            Reception,
            Leader.name.label("leader"),
            Planner.name.label("planner"),
            visits.label("visits"),
        )
        .join(Leader, Leader.id == Reception.leader_id)
        .join(Planner, Planner.id == Reception.planned_by)
        .where(of_town(actor, Reception.organisation_id))
        .order_by(Reception.on_date, Reception.starts_at, Reception.id)
        .execution_options(populate_existing=True)
    )


def _row(found: Any) -> ReceptionRow:
    row: Reception = found.Reception
    return ReceptionRow(
        id=row.id,
        leader_id=row.leader_id,
        leader=found.leader,
        on=row.on_date,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        planned_by=found.planner,
        called_off_at=row.called_off_at,
        visits=found.visits,
    )


def _visit(found: Any) -> VisitRow:
    row: ReceptionVisit = found.ReceptionVisit
    return VisitRow(
        id=row.id,
        dispute_id=row.dispute_id,
        number=found.number,
        category=None if found.restricted and not found.opens else found.category,
        status=found.status,
        restricted=found.restricted,
        organisation=found.unit,
        noted_by=found.noter,
        noted_at=row.noted_at,
        opens=bool(found.reads),
        may_withdraw=bool(found.notes),
    )
