"""Look at the restricted class 受限: who is named, who broke the glass, who asks to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.access import Reach
from models import Dispute, Glass, Named, Organisation, User, UserRole, db
from service.desk import Desk
from service.errors import Forbidden, NotFound
from service.queries import sight
from service.queries.access import known
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.queries.user import PERSON
from service.rules import access
from service.rules import restricted as rules
from service.rules.access import Actor
from service.rules.restricted import GlassState, GlassTimes

MOST: Final = 100  # beyond that nobody reads the number any more


@dataclass(frozen=True, slots=True)
class NamedView:
    """Somebody named 指定 for a dispute."""

    id: UUID
    person_id: UUID
    person: str
    organisation: str
    named_by: str
    named_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who may be named."""

    id: UUID
    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class GlassView:
    """One breaking of the glass 紧急查阅: of which dispute, at which unit, by whom; no content."""

    id: UUID
    number: str
    organisation: str | None
    asker_id: UUID
    asker: str
    asker_organisation: str
    asked_at: datetime
    state: GlassState
    decided_by: str | None
    decided_at: datetime | None
    until: datetime | None
    ended_at: datetime | None


def times(glass: Glass) -> GlassTimes:
    """The instants of a request, as the rules want them."""
    return GlassTimes(glass.asked_at, glass.decided_at, glass.until, glass.ended_at)


def named(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[NamedView]:
    """Who is and was named, newest first, for who names people.

    NotFound for a dispute they do not see, if only sealed; Forbidden where nobody is to be named.
    """
    policy = desk.policy.access
    sees, names = (access.scope(actor, f"dispute.{each}", policy) for each in ("read", "name"))
    theirs = sa.case((known(names, now), 1), else_=0)
    seen = sa.select(theirs).where(Dispute.id == dispute_id, known(sees, now))
    found = db.session.scalar(seen)
    if found is None:
        raise NotFound("没有找到这件纠纷")
    if not found:
        raise Forbidden("这件纠纷没有限制查阅，不用指定人员")
    return of_opened(dispute_id)


def of_opened(dispute_id: UUID) -> list[NamedView]:
    """As `named`, of a dispute that was opened for the viewer."""
    by = aliased(User)
    found = db.session.execute(
        sa.select(Named, User.name, Organisation.name, by.name)
        .join(User, User.id == Named.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .join(by, by.id == Named.named_by)
        .where(Named.dispute_id == dispute_id)
        .order_by(Named.named_at.desc(), Named.id)
    )
    return [
        NamedView(each.id, each.user_id, name, unit, namer, each.named_at, each.ended_at)
        for each, name, unit, namer in found
    ]


def nameable(*, actor: Actor, desk: Desk) -> list[PersonView]:
    """Everybody else who could be named, by unit and name."""
    roles = rules.readers(desk.policy.access)
    holders = sa.select(UserRole.user_id).where(UserRole.role.in_(sorted(roles)))
    found = db.session.execute(
        sa.select(User.id, User.name, Organisation.name.label("unit"))
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.active, PERSON, User.id.in_(holders), User.id != actor.user_id)
        .order_by(Organisation.position, Organisation.name, User.name, User.id)
    )
    return [PersonView(row.id, row.name, row.unit) for row in found]


def open_glass(
    dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> sa.Select[UUID] | None:
    """What asks for the glass through which the viewer looks at a dispute now.

    None when they have no role that breaks one.
    """
    if Reach.GLASS not in access.scope(actor, "dispute.read", desk.policy.access).reach:
        return None
    return (
        sa.select(Glass.id)
        .join(Dispute, Dispute.id == Glass.dispute_id)
        .where(
            Dispute.restricted.is_(True),
            Glass.dispute_id == dispute_id,
            Glass.user_id == actor.user_id,
            Glass.ended_at.is_(None),
            Glass.until > now,
        )
        .limit(1)
    )


def mine(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> GlassView | None:
    """What the viewer asked for last about a dispute, if they ever did."""
    query = _glasses().where(Glass.dispute_id == dispute_id, Glass.user_id == actor.user_id)
    row = db.session.execute(query.order_by(Glass.asked_at.desc()).limit(1)).first()
    return _view(row, desk, now) if row else None


@sight.whole("breaking the glass")
def glass(glass_id: UUID, *, desk: Desk, now: datetime) -> GlassView:
    """One request; NotFound when there is none. The caller must have been allowed to see it."""
    row = db.session.execute(_glasses().where(Glass.id == glass_id)).first()
    if row is None:
        raise NotFound("没有找到这次紧急查阅")
    return _view(row, desk, now)


@sight.whole("breaking the glass")
def glasses(
    *, desk: Desk, now: datetime, limit: int = 25, cursor: str | None = None
) -> Page[GlassView]:
    """Every request, newest first, for who decides and who audits."""
    columns = (Glass.asked_at, Glass.id)
    query = _glasses().order_by(*(each.desc() for each in columns)).limit(limit + 1)
    if cursor:
        query = query.where(
            beyond(columns, read_cursor(cursor, as_instant, as_id), descending=True)
        )
    found = db.session.execute(query).all()
    views = [_view(row, desk, now) for row in found[:limit]]
    last = views[-1] if len(found) > limit else None
    following = encode_cursor([last.asked_at.isoformat(), str(last.id)]) if last else None
    return Page(views, following)


@sight.whole("breaking the glass")
def running_count(*, actor: Actor, desk: Desk, now: datetime) -> int:
    """How many wait for the viewer's decision; for who decides nothing, how many wait or are open.

    Up to `MOST` are counted.
    """
    waits = _waits(desk, now)
    if access.may(actor, "glass.decide", desk.policy.access):
        asked = waits & (Glass.user_id != actor.user_id)
    else:
        asked = waits | (Glass.ended_at.is_(None) & (Glass.until > now))
    found = sa.select(Glass.id).where(asked).limit(MOST).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def _waits(desk: Desk, now: datetime) -> ColumnElement[bool]:
    since = now - desk.policy.restricted.glass_waits
    return Glass.decided_at.is_(None) & Glass.ended_at.is_(None) & (Glass.asked_at > since)


def _glasses() -> sa.Select[*tuple[Any, ...]]:
    asker, home, by = aliased(User), aliased(Organisation), aliased(User)
    here = aliased(Organisation)
    return (
        sa.select(
            Glass,
            Dispute.number,
            sa.func.coalesce(Organisation.name, here.name).label("unit"),
            asker.name.label("asker"),
            home.name.label("home"),
            by.name.label("decider"),
        )
        .join(Dispute, Dispute.id == Glass.dispute_id)
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .join(here, here.id == Dispute.registered_at_organisation_id)
        .join(asker, asker.id == Glass.user_id)
        .join(home, home.id == asker.organisation_id)
        .outerjoin(by, by.id == Glass.decided_by)
    )


def _view(row: Any, desk: Desk, now: datetime) -> GlassView:
    glass = row.Glass
    return GlassView(
        id=glass.id,
        number=row.number,
        organisation=row.unit,
        asker_id=glass.user_id,
        asker=row.asker,
        asker_organisation=row.home,
        asked_at=glass.asked_at,
        state=rules.glass_state(times(glass), now, desk.policy.restricted),
        decided_by=row.decider,
        decided_at=glass.decided_at,
        until=glass.until,
        ended_at=glass.ended_at,
    )
