"""Look at guidance 指导记录: what a justice office told which committee, and what is still open."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.access import Reach
from models import Guidance, Organisation, db
from service.desk import Desk
from service.queries.access import of_town
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules.access import Actor, Scope

KEYS = (Guidance.guided_on, Guidance.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceView:
    """One entry of the log, opened."""

    id: UUID
    organisation_id: UUID
    organisation: str
    committee_id: UUID
    committee: str
    guided_on: date
    guided_by: str
    topic: str
    finding: str
    follow_up: str | None
    follow_up_on: date | None
    done_on: date | None


def page(
    *,
    actor: Actor,
    desk: Desk,
    open_only: bool = False,
    limit: int = 25,
    cursor: str | None = None,
) -> Page[GuidanceView]:
    """The log the caller may read, newest first; `open_only`: what is still to be put right."""
    scope = access.require(actor, "guidance.read", desk.policy.access)
    committee = aliased(Organisation)
    query = (
        sa.select(Guidance, Organisation.name, committee.name)
        .join(Organisation, Organisation.id == Guidance.organisation_id)
        .join(committee, committee.id == Guidance.committee_id)
        .where(_reached(scope))
    )
    if open_only:
        query = query.where(Guidance.follow_up_on.is_not(None), Guidance.done_on.is_(None))
    if cursor:
        place = read_cursor(cursor, as_day, as_id)
        query = query.where(beyond(KEYS, place, descending=True))
    ordered = query.order_by(*(key.desc() for key in KEYS))
    found = db.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1][0]
        following = encode_cursor([last.guided_on.isoformat(), str(last.id)])
    return Page([_view(*row, desk) for row in found[:limit]], following)


def _reached(scope: Scope) -> sa.ColumnElement[bool]:
    actor = scope.actor
    if Reach.TOWN in scope.reach:
        return of_town(actor, Guidance.organisation_id)
    if Reach.ORGANISATION in scope.reach:
        mine = (Guidance.organisation_id, Guidance.committee_id)
        return sa.or_(*(each.in_(actor.homes) for each in mine))
    return sa.false()


def _view(row: Any, office: str, committee: str, desk: Desk) -> GuidanceView:
    key = desk.keyring.field_key(row.sealed_key, f"guidance:{row.id}")
    return GuidanceView(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation=office,
        committee_id=row.committee_id,
        committee=committee,
        guided_on=row.guided_on,
        guided_by=row.guided_by,
        topic=row.topic,
        finding=key.open(row.finding_sealed, f"guidance.finding:{row.id}"),
        follow_up=key.open_optional(row.follow_up_sealed, f"guidance.follow_up:{row.id}"),
        follow_up_on=row.follow_up_on,
        done_on=row.done_on,
    )
