"""What another platform 外部平台 reads back of the disputes it sent: stage, unit and dates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Outcome
from models import Dispute, Organisation, db
from service.desk import Desk
from service.errors import NotFound
from service.queries import sight
from service.queries.access import visible
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformView:
    """One dispute as its platform sees it; a restricted one says number and status only."""

    id: UUID
    number: str
    source_reference: str | None
    status: DisputeStatus
    restricted: bool
    outcome: Outcome | None
    organisation: str | None
    registered_on: date
    accepted_on: date | None
    closed_on: date | None
    due_on: date | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a platform may narrow its list to."""

    source_reference: str | None = None
    status: DisputeStatus | None = None
    registered_from: date | None = None
    registered_to: date | None = None


def reference_source(actor: Actor, reference: str | None) -> str:
    """What a platform's own number is found by: its account and the number."""
    return f"{actor.user_id}:{reference}"


def reference_indexes(actor: Actor, reference: str | None, desk: Desk) -> tuple[bytes, ...]:
    """The blind index of a platform's own number, under every index key, newest first."""
    return desk.keyring.indexes("platform", reference_source(actor, reference))


@sight.whole("what was just sent")
def sent(dispute_id: UUID, *, actor: Actor) -> PlatformView:
    """What the platform has just sent, whether or not its token lets it read; NotFound of others'.

    The answer to a sending is no reading: who sent it knows it.
    """
    return _one(dispute_id, Dispute.registered_by == actor.user_id)


def one(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> PlatformView:
    """One dispute that the platform sent; NotFound otherwise."""
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    return _one(dispute_id, visible(scope, now))


def page(
    filters: Filters,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[PlatformView]:
    """What the platform sent, newest first."""
    scope = access.scope(actor, "dispute.list", desk.policy.access)
    narrowed = [visible(scope, now), *_conditions(filters, actor, desk)]
    order = (Dispute.registered_at, Dispute.id)
    query = _query().where(*narrowed).order_by(*(column.desc() for column in order))
    if cursor:
        place = read_cursor(cursor, as_instant, as_id)
        query = query.where(beyond(order, place, descending=True))
    found = db.session.execute(query.add_columns(Dispute.registered_at).limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor([last.registered_at.isoformat(), str(last.id)])
    total = None
    if count:
        counted = sa.select(sa.func.count()).select_from(Dispute).where(*narrowed)
        total = db.session.scalar(counted)
    return Page(_views(found[:limit]), following, total)


def _one(dispute_id: UUID, theirs: sa.ColumnElement[bool]) -> PlatformView:
    row = db.session.execute(_query().where(Dispute.id == dispute_id, theirs)).first()
    if row is None:
        raise NotFound("没有找到这件纠纷")
    return _views([row])[0]


@sight.whole("the number a merged one leads to")
def _views(rows: Sequence[Any]) -> list[PlatformView]:
    """What was merged 并案 goes on in another, and is told as that one stands."""
    wanted = {row.merged_into_id for row in rows if row.merged_into_id}
    leading = _query().where(Dispute.id.in_(wanted))
    by_id = {row.id: _view(row) for row in db.session.execute(leading)} if wanted else {}
    shown = [(_view(row), by_id.get(row.merged_into_id)) for row in rows]
    return [_as(mine, where) if where else mine for mine, where in shown]


def _as(mine: PlatformView, where: PlatformView) -> PlatformView:
    return replace(
        where,
        id=mine.id,
        number=mine.number,
        source_reference=mine.source_reference,
        registered_on=mine.registered_on,
        version=mine.version,
    )


def _query() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Dispute.id,
        Dispute.number,
        Dispute.source_reference,
        Dispute.status,
        Dispute.restricted,
        Dispute.outcome,
        Organisation.name.label("organisation"),
        Dispute.registered_on,
        Dispute.accepted_on,
        Dispute.closed_on,
        Dispute.due_on,
        Dispute.due_paused,
        Dispute.version,
        Dispute.merged_into_id,
    ).outerjoin(Organisation, Organisation.id == Dispute.organisation_id)


def _conditions(filters: Filters, actor: Actor, desk: Desk) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.source_reference:
        known = reference_indexes(actor, filters.source_reference, desk)
        first = Dispute.platform_index.in_(known)
        group = sa.select(Dispute.visit_group).where(first, Dispute.visit_group.is_not(None))
        found.append(sa.or_(first, Dispute.visit_group.in_(group)))
    if filters.status:
        found.append(Dispute.status == filters.status)
    if filters.registered_from:
        found.append(Dispute.registered_on >= filters.registered_from)
    if filters.registered_to:
        found.append(Dispute.registered_on <= filters.registered_to)
    return found


def _view(row: Any) -> PlatformView:
    return PlatformView(
        id=row.id,
        number=row.number,
        source_reference=row.source_reference,
        status=row.status,
        restricted=row.restricted,
        outcome=row.outcome,
        organisation=row.organisation,
        registered_on=row.registered_on,
        accepted_on=row.accepted_on,
        closed_on=row.closed_on,
        due_on=None if row.due_paused else row.due_on,
        version=row.version,
    )
