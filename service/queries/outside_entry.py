"""Look at outside entries 外部系统登记: of one dispute, of the same number, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Outcome, OutsideSystem, Source
from models import Dispute, OutsideEntry, User, db
from service.desk import Desk
from service.errors import NotFound
from service.queries import dispute_row
from service.queries.access import in_full, visible
from service.queries.dispute_row import DisputeRow
from service.queries.page import Page
from service.rules import access
from service.rules.access import Actor

S = DisputeStatus
ENTERED_WHILE: Final = (S.ACCEPTED, S.MEDIATING, S.AGREED)
ENTERED_AFTER: Final = (S.CLOSED, S.ARCHIVED)
# what came from a system with its number is there already
CAME_FROM: Final[Mapping[OutsideSystem, tuple[Source, ...]]] = MappingProxyType(
    {
        OutsideSystem.HOTLINE_12345: (Source.HOTLINE_12345,),
        OutsideSystem.MENGQITONG: (Source.MENGQITONG,),
        OutsideSystem.GRID: (Source.GRID,),
        OutsideSystem.POLICE: (Source.POLICE_110,),
        OutsideSystem.PETITION: (Source.PETITION,),
        OutsideSystem.COURT_MEDIATION: (Source.COURT_ASSIGNED, Source.COURT_ENTRUSTED),
    }
)


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry, and who noted it."""

    id: UUID
    system: OutsideSystem
    number: str
    entered_on: date
    entered_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Twin:
    """Another dispute with the same number in the same system; its id only for who may see it."""

    id: UUID | None
    number: str | None


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[EntryView]:
    """The entries of a dispute in the order of their days; NotFound when it is not to be seen."""
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    seen = sa.select(Dispute.id).where(Dispute.id == dispute_id, visible(scope, now))
    if db.session.scalar(seen) is None:
        raise NotFound("没有找到这件纠纷")
    return of_opened(dispute_id)


def of_opened(dispute_id: UUID) -> list[EntryView]:
    """As `of_dispute`, of a dispute that was opened for the viewer."""
    found = db.session.execute(
        sa.select(OutsideEntry, User.name)
        .join(User, User.id == OutsideEntry.entered_by)
        .where(OutsideEntry.dispute_id == dispute_id)
        .order_by(OutsideEntry.entered_on, OutsideEntry.recorded_at, OutsideEntry.id)
    )
    return [
        EntryView(entry.id, entry.system, entry.number, entry.entered_on, name, entry.recorded_at)
        for entry, name in found
    ]


def twins(
    dispute_id: UUID,
    system: OutsideSystem,
    number: str,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> list[Twin]:
    """Other disputes noted under the same number; those the viewer may not see are not named.

    A restricted one that they may not see does not exist for them.
    """
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    seen = sa.case((visible(scope, now), 1), else_=0)
    found = db.session.execute(
        sa.select(Dispute.id, Dispute.number, seen)
        .join(OutsideEntry, OutsideEntry.dispute_id == Dispute.id)
        .where(
            OutsideEntry.number == number,
            OutsideEntry.system == system,
            Dispute.id != dispute_id,
            Dispute.restricted.is_(False) | visible(scope, now),
        )
        .order_by(Dispute.number)
        .limit(10)
    )
    return [Twin(i, name) if shown else Twin(None, None) for i, name, shown in found]


def missing(
    system: OutsideSystem,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    ended: bool | None = None,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[DisputeRow]:
    """Disputes in handling or closed that the viewer may enter in `system` and nobody has yet.

    Oldest first. What was registered by mistake is entered nowhere; what came from the system
    with its number is there already.
    """
    policy = desk.policy.access
    enters = in_full(access.scope(actor, "dispute.outside_entry", policy), now)
    reads = in_full(access.scope(actor, "dispute.read", policy), now)
    wanted = {None: ENTERED_WHILE + ENTERED_AFTER, False: ENTERED_WHILE, True: ENTERED_AFTER}
    entered = sa.exists().where(
        OutsideEntry.dispute_id == Dispute.id, OutsideEntry.system == system
    )
    came = Dispute.source.in_(CAME_FROM.get(system, ())) & Dispute.source_reference.is_not(None)
    conditions = [
        enters,
        reads,
        Dispute.status.in_(wanted[ended]),
        sa.or_(Dispute.outcome.is_(None), Dispute.outcome != Outcome.MISTAKEN),
        ~entered,
        ~came,
    ]
    return dispute_row.rows(
        conditions,
        full=reads,
        today=desk.today(now),
        sort="oldest",
        limit=limit,
        cursor=cursor,
        count=count,
        reader=actor.user_id,
    )
