"""Look at events 事件: the timeline of one thing."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from models import Dispute, Event, Organisation, User, db
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.queries import dispute as disputes
from service.queries.dispute import Opened
from service.queries.page import Page, as_number, encode_cursor, read_cursor
from service.rules.access import Actor

# what of a detail speaks of the matter itself: old and new values, parties, why it failed
TOLD_OF_CONTENT: Final = frozenset(
    {"before", "after", "parties", "reasons", "rule", "system", "number"}
)


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
    """The events of a dispute the viewer may see, oldest first; NotFound when they may not.

    Of a sealed one no reason is told and no old or new value.
    """
    opened = disputes.opened(dispute_id, actor=actor, desk=desk, now=now)
    return of_opened(opened, limit=limit, cursor=cursor)


def of_opened(opened: Opened, *, limit: int = 100, cursor: str | None = None) -> Page[EventView]:
    """As `of_dispute`, of a dispute that was opened for the viewer."""
    page = of_subject("dispute", opened.view.id, limit=limit, cursor=cursor, key=opened.key)
    if opened.key is not None:
        return page
    return replace(page, items=[replace(e, reason=None, detail=_cut(e.detail)) for e in page.items])


def of_merged(opened: Opened, *, desk: Desk, limit: int = 100) -> list[tuple[str, EventView]]:
    """What happened to the disputes that went into one, each with its number, until they did."""
    if opened.key is None:
        return []
    found = db.session.execute(
        sa.select(Dispute.id, Dispute.number, Dispute.sealed_key)
        .where(Dispute.merged_into_id == opened.view.id)
        .order_by(Dispute.number)
    ).all()
    return [
        (row.number, view)
        for row in found
        for view in of_subject(
            "dispute",
            row.id,
            limit=limit,
            key=desk.keyring.field_key(row.sealed_key, f"dispute:{row.id}"),
        ).items
        if not (view.action == "merge" and view.detail.get("side") == "gone")
    ]


def _cut(detail: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name not in TOLD_OF_CONTENT}


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
    """The units and people there are, by their ids as the details of events hold them."""
    units = sa.select(Organisation.id, Organisation.name).where(Organisation.active)
    people = sa.select(User.id, User.name).where(User.active)
    found = db.session.execute(units.union_all(people))
    return {str(each): name for each, name in found}


def _reason(event: Event, key: FieldKey | None) -> str | None:
    if key is None or event.reason_sealed is None:
        return event.reason
    return key.open(event.reason_sealed, f"event.reason:{event.subject_id}")
