"""Look at links 关联: which disputes people tied together, and how often they decided what."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Select
from sqlalchemy.orm import aliased

from config.vocabulary import Danger, DisputeStatus, LinkRelation, MatchReason, Outcome
from models import Dispute, Link, Organisation, User, db
from service.desk import Desk
from service.errors import NotFound
from service.queries import sight
from service.queries.access import in_full
from service.rules import access
from service.rules.access import Actor

TIED = (LinkRelation.LINKED, LinkRelation.SAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """Another dispute and what somebody decided about the two.

    What the viewer may not read in full shows number, unit, relation and reasons only.
    """

    number: str
    organisation: str | None
    relation: LinkRelation
    reasons: tuple[MatchReason, ...]
    id: UUID | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SameView:
    """A dispute said to be the same as another, as far as the viewer may read it.

    Of one they may not read nothing is told but that there is one. `is_later`: it was registered
    after the one it is said to be the same as.
    """

    id: UUID
    number: str
    status: DisputeStatus
    outcome: Outcome | None
    organisation_id: UUID | None
    organisation: str | None
    restricted: bool
    registered_on: date
    danger: Danger
    is_later: bool


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[LinkView]:
    """What a dispute is tied to, the same ones first; NotFound when the viewer may not see it."""
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    seen = sa.select(Dispute.id).where(Dispute.id == dispute_id, in_full(scope, now))
    if db.session.scalar(seen) is None:
        raise NotFound("没有找到这件纠纷")
    return of_opened(dispute_id, actor=actor, desk=desk, now=now)


@sight.whole("duplicates")
def of_opened(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[LinkView]:
    """As `of_dispute`, of a dispute that was opened for the viewer."""
    found = db.session.execute(_tied([dispute_id], TIED, actor=actor, desk=desk, now=now)).all()
    found = sorted(found, key=lambda row: (row.relation is not LinkRelation.SAME, row.number))
    return [_view(row) for row in found]


@sight.whole("duplicates")
def same_as(
    dispute_ids: Collection[UUID], *, actor: Actor, desk: Desk, now: datetime
) -> Mapping[UUID, list[SameView | None]]:
    """For each dispute those it is said to be the same as and that still stand, oldest first.

    None is one the viewer may not read; a restricted one of those is not told at all. One
    statement for all.
    """
    told: dict[UUID, list[SameView | None]] = {}
    query = _tied(dispute_ids, (LinkRelation.SAME,), actor=actor, desk=desk, now=now)
    standing = query.where(Dispute.outcome.is_distinct_from(Outcome.MISTAKEN))
    ordered = standing.order_by(Dispute.registered_at, Dispute.id)
    for row in db.session.execute(ordered) if dispute_ids else ():
        told.setdefault(row.mine, []).append(_same_view(row))
    return told


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decided about two disputes, and when."""

    relation: LinkRelation
    by: str
    at: datetime


def decided(dispute_id: UUID, others: Collection[UUID]) -> dict[UUID, Decided]:
    """What was decided about a dispute and each of the others, 不是同一件 too.

    All of them are the viewer's to read.
    """
    pair = ((Link.dispute_id, Link.other_id), (Link.other_id, Link.dispute_id))
    found: dict[UUID, Decided] = {}
    for mine, other in pair if others else ():
        asked = sa.select(other, Link.relation, User.name, Link.decided_at)
        rows = db.session.execute(
            asked.join(User, User.id == Link.decided_by).where(
                mine == dispute_id, other.in_(others)
            )
        )
        found |= {row[0]: Decided(row[1], row[2], row[3]) for row in rows}
    return found


@sight.whole("figures")
def counts(first_on: date, last_on: date, *, desk: Desk) -> dict[LinkRelation, int]:
    """How many decisions of each kind stand from those days, both included."""
    begin = datetime.combine(first_on, time(), desk.zone)
    end = datetime.combine(last_on + timedelta(days=1), time(), desk.zone)
    found = db.session.execute(
        sa.select(Link.relation, sa.func.count())
        .where(Link.decided_at >= begin, Link.decided_at < end)
        .group_by(Link.relation)
    ).all()
    return dict.fromkeys(LinkRelation, 0) | {row[0]: row[1] for row in found}


def _tied(
    dispute_ids: Collection[UUID],
    relations: Iterable[LinkRelation],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> Select[Any]:
    """The other disputes of links in either direction; restricted ones for their readers only."""
    full = in_full(access.scope(actor, "dispute.read", desk.policy.access), now)
    ends = ((Link.dispute_id, Link.other_id), (Link.other_id, Link.dispute_id))
    tied = sa.union_all(
        *(
            sa.select(mine.label("mine"), other.label("other"), Link.relation, Link.reasons).where(
                mine.in_(dispute_ids), Link.relation.in_(tuple(relations))
            )
            for mine, other in ends
        )
    ).subquery()
    own = aliased(Dispute)
    later = sa.tuple_(Dispute.registered_at, Dispute.number) > sa.tuple_(
        own.registered_at, own.number
    )
    return (
        sa.select(
            tied.c.mine,
            tied.c.relation,
            tied.c.reasons,
            Dispute.id,
            Dispute.number,
            Dispute.category,
            Dispute.status,
            Dispute.outcome,
            Dispute.organisation_id,
            Dispute.restricted,
            Dispute.registered_on,
            Dispute.danger,
            sa.case((later, 1), else_=0).label("is_later"),
            sa.func.coalesce(Organisation.name, Dispute.office_text).label("organisation"),
            sa.case((full, 1), else_=0).label("full"),
        )
        .select_from(tied)
        .join(Dispute, Dispute.id == tied.c.other)
        .join(own, own.id == tied.c.mine)
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(sa.or_(Dispute.restricted.is_(False), full), Dispute.merged_into_id.is_(None))
    )


def _same_view(row: Any) -> SameView | None:
    if not row.full:
        return None
    return SameView(
        id=row.id,
        number=row.number,
        status=row.status,
        outcome=row.outcome,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        restricted=row.restricted,
        registered_on=row.registered_on,
        danger=row.danger,
        is_later=bool(row.is_later),
    )


def _view(row: Any) -> LinkView:
    return LinkView(
        number=row.number,
        organisation=row.organisation,
        relation=row.relation,
        reasons=tuple(MatchReason(code) for code in row.reasons),
        id=row.id if row.full else None,
        category=row.category if row.full else None,
    )
