"""Look at notices 消息: one's own inbox, narrowed once more to what one may see by now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.vocabulary import DisputeStatus, NoticeKind
from models import Dispute, Notice, db
from service.desk import Desk
from service.errors import NotFound
from service.queries.access import in_full
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules.access import Actor

UNREAD, READ = "unread", "read"
MOST: Final = 100  # beyond that nobody reads the number any more


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice; of a dispute that is no longer the reader's to see only the number is left."""

    id: UUID
    told_at: datetime
    read_at: datetime | None
    number: str
    kind: NoticeKind | None
    dispute_id: UUID | None
    status: DisputeStatus | None


def unread(user_id: UUID) -> int:
    """How many notices wait to be read, up to `MOST`."""
    waiting = sa.select(1).where(Notice.user_id == user_id, Notice.read_at.is_(None)).limit(MOST)
    return db.session.scalar(sa.select(sa.func.count()).select_from(waiting.subquery())) or 0


def page(
    *, actor: Actor, desk: Desk, now: datetime, limit: int = 25, cursor: str | None = None
) -> Page[NoticeView]:
    """The inbox: what is unread first, each part newest first."""
    part: str = UNREAD
    place: list[Any] | None = None
    if cursor:
        part, *place = read_cursor(cursor, _as_part, as_instant, as_id)
    query = _query(actor, desk, now)
    found: list[Any] = []
    if part == UNREAD:
        found = _part(query, Notice.read_at.is_(None), place, limit + 1)
        place = None
    if len(found) <= limit:
        found += _part(query, Notice.read_at.is_not(None), place, limit + 1 - len(found))
    following = _cursor(found[limit - 1]) if len(found) > limit else None
    return Page([_view(row) for row in found[:limit]], following)


def one(notice_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> NoticeView:
    """One notice of the reader's own; NotFound otherwise."""
    row = db.session.execute(_query(actor, desk, now).where(Notice.id == notice_id)).first()
    if row is None:
        raise NotFound("没有这条消息")
    return _view(row)


def _query(actor: Actor, desk: Desk, now: datetime) -> sa.Select[*tuple[Any, ...]]:
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    seen = sa.case((in_full(scope, now), 1), else_=0).label("seen")
    return (
        sa.select(
            Notice.id,
            Notice.kind,
            Notice.told_at,
            Notice.read_at,
            Notice.dispute_id,
            Dispute.number,
            Dispute.status,
            seen,
        )
        .join(Dispute, Dispute.id == Notice.dispute_id)
        .where(Notice.user_id == actor.user_id)
    )


def _part(
    query: sa.Select[*tuple[Any, ...]],
    which: ColumnElement[bool],
    place: list[Any] | None,
    limit: int,
) -> list[Any]:
    columns = (Notice.told_at, Notice.id)
    query = query.where(which).order_by(*(column.desc() for column in columns)).limit(limit)
    if place is not None:
        query = query.where(beyond(columns, place, descending=True))
    return list(db.session.execute(query))


def _view(row: Any) -> NoticeView:
    if not row.seen:
        return NoticeView(row.id, row.told_at, row.read_at, row.number, None, None, None)
    return NoticeView(
        row.id, row.told_at, row.read_at, row.number, row.kind, row.dispute_id, row.status
    )


def _cursor(row: Any) -> str:
    part = UNREAD if row.read_at is None else READ
    return encode_cursor([part, row.told_at.isoformat(), str(row.id)])


def _as_part(value: Any) -> str:
    if value not in (UNREAD, READ):
        raise ValueError("no part of the inbox")
    return str(value)
