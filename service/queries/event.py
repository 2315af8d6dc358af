"""Look at events 事件: the timeline of one thing."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import Role
from models import Event, Organisation, User, UserRole, db
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.queries.mediation import field_key
from service.queries.page import Page, as_number, encode_cursor, read_cursor
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing that happened, by whom; the system's own deeds have no actor."""

    happened_at: datetime
    actor: str | None
    organisation: str | None
    action: str
    from_status: str | None
    to_status: str | None
    reason: str | None
    detail: dict[str, Any]
    version: int | None


def of_dispute(
    dispute_id: UUID,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    limit: int = 100,
    cursor: str | None = None,
) -> Page[EventView]:
    """The events of a dispute the viewer may see, oldest first; NotFound when they may not."""
    key = field_key(dispute_id, actor=actor, desk=desk, now=now)
    return of_subject("dispute", dispute_id, limit=limit, cursor=cursor, key=key)


def _closed(view: EventView) -> EventView:
    """Of a sealed dispute: not under which number others keep it, which tells what it is about."""
    if not view.action.startswith("outside-"):
        return view
    told = {name: value for name, value in view.detail.items() if name != "number"}
    return replace(view, detail=told)


def of_subject(
    subject: str,
    subject_id: UUID,
    *,
    limit: int = 100,
    cursor: str | None = None,
    key: FieldKey | None = None,
) -> Page[EventView]:
    """The events of one thing, oldest first. The caller must have been allowed to see the thing."""
    query = (
        sa.select(Event, User.name, Organisation.name)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(Organisation, Organisation.id == Event.organisation_id)
        .where(Event.subject == subject, Event.subject_id == subject_id)
        .order_by(Event.id)
        .limit(limit + 1)
    )
    if cursor:
        (place,) = read_cursor(cursor, as_number)
        query = query.where(Event.id > place)
    found = db.session.execute(query).all()
    views = [
        EventView(
            event.happened_at,
            name,
            organisation,
            event.action,
            event.from_status,
            event.to_status,
            _reason(event, key),
            event.detail,
            event.version,
        )
        for event, name, organisation in found[:limit]
    ]
    following = encode_cursor([found[limit - 1][0].id]) if len(found) > limit else None
    if subject == "dispute" and key is None:
        views = [_closed(each) for each in views]
    return Page(views, following)


def names() -> dict[str, str]:
    """The units and mediators there are, by their ids as the details of events hold them."""
    units = sa.select(Organisation.id, Organisation.name).where(Organisation.active)
    mediators = (
        sa.select(User.id, User.name)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.MEDIATOR, User.active)
    )
    found = db.session.execute(units.union_all(mediators))
    return {str(each): name for each, name in found}


def _reason(event: Event, key: FieldKey | None) -> str | None:
    if key is None or event.reason_sealed is None:
        return event.reason
    return key.open(event.reason_sealed, f"event.reason:{event.subject_id}")
