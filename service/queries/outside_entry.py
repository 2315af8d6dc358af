"""Look at outside entries 外部系统登记: of one dispute, of the same number, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from config.vocabulary import Outcome, OutsideSystem, Source
from models import Dispute, OutsideEntry, User, db
from service.desk import Desk
from service.errors import NotFound
from service.queries import dispute_row
from service.queries.access import Within, in_full
from service.queries.dispute_row import DisputeRow
from service.queries.page import as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import dispute as rules
from service.rules.access import Actor, Scope

LOOKED_AT: Final = 10_000
STRETCHES: Final = 5  # that one page goes on through as long as it finds nothing
PLACE: Final = (Dispute.registered_at, Dispute.id)
NEWEST: Final = (Dispute.registered_at.desc(), Dispute.id.desc())
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
    seen = sa.select(Dispute.id).where(Dispute.id == dispute_id, in_full(scope, now))
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
    seen = sa.case((in_full(scope, now), 1), else_=0)
    found = db.session.execute(
        sa.select(Dispute.id, Dispute.number, seen)
        .join(OutsideEntry, OutsideEntry.dispute_id == Dispute.id)
        .where(
            OutsideEntry.number == number,
            OutsideEntry.system == system,
            Dispute.id != dispute_id,
            Dispute.restricted.is_(False) | in_full(scope, now),
        )
        .order_by(Dispute.number)
        .limit(10)
    )
    return [Twin(i, name) if shown else Twin(None, None) for i, name, shown in found]


@dataclass(frozen=True, slots=True)
class Missing:
    """Disputes nobody has entered yet, newest first.

    `total` counts them among the newest `looked_at` disputes, among all when that is None.
    """

    items: Sequence[DisputeRow]
    next_cursor: str | None
    total: int
    looked_at: int | None


def missing(
    system: OutsideSystem,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    ended: bool | None = None,
    limit: int = 25,
    cursor: str | None = None,
    most: int = LOOKED_AT,
) -> Missing:
    """Disputes open or closed that the viewer may enter in `system` and nobody has yet.

    Newest first. What was registered by mistake is entered nowhere; what came from the system
    with its number is there already. However old the town is, one page looks at no more than the
    next `most` disputes that may be the viewer's to enter, and at `STRETCHES` times as many where
    all of those are entered; the cursor leads on from there.
    """
    policy = desk.policy.access
    scope = access.scope(actor, "dispute.outside_entry", policy)
    reads = in_full(access.scope(actor, "dispute.read", policy), now)
    conditions = [in_full(scope, now), reads, *_unentered(system, ended)]
    after = read_cursor(cursor, as_instant, as_id) if cursor else None
    top = _Stretch.of(scope, None, most)
    here = top if after is None else _Stretch.of(scope, after, most)
    places = here.first(conditions, limit + 1)
    for _ in range(1, STRETCHES):
        if places or here.floor is None:
            break
        here = _Stretch.of(scope, list(here.floor), most)
        places = here.first(conditions, limit + 1)
    shown = dispute_row.rows(
        Within([Dispute.id.in_([row.id for row in places[:limit]])]),
        full=reads,
        today=desk.today(now),
        limit=limit,
        reader=actor.user_id,
    )
    following = places[limit - 1] if len(places) > limit else here.floor
    return Missing(
        items=shown.items,
        next_cursor=encode_cursor([following[0].isoformat(), str(following[1])])
        if following
        else None,
        total=_counted(top, conditions),
        looked_at=most if top.floor else None,
    )


def _unentered(system: OutsideSystem, ended: bool | None) -> list[ColumnElement[bool]]:
    wanted = {None: rules.OPEN | rules.ENDED, False: rules.OPEN, True: rules.ENDED}
    entered = sa.exists().where(
        OutsideEntry.dispute_id == Dispute.id, OutsideEntry.system == system
    )
    came = Dispute.source.in_(CAME_FROM.get(system, ())) & Dispute.source_reference.is_not(None)
    return [
        Dispute.status.in_(sorted(wanted[ended])),
        sa.or_(Dispute.outcome.is_(None), Dispute.outcome != Outcome.MISTAKEN),
        Dispute.merged_into_id.is_(None),
        ~entered,
        ~came,
    ]


def _counted(stretch: "_Stretch", conditions: Sequence[ColumnElement[bool]]) -> int:
    places = stretch.places(conditions).order_by(None).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(places)) or 0


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The newest disputes after a place that may be somebody's, no more than `most` a reach.

    Each of the `parts` is read along an index. `floor` is the place down to which all of them are
    complete, None when they reach the oldest.
    """

    parts: Sequence[sa.Select[datetime, UUID]]
    floor: Any | None

    @classmethod
    def of(cls, scope: Scope, after: Sequence[Any] | None, most: int) -> "_Stretch":
        """The stretch of a scope after the place of a cursor."""
        beginning = [] if after is None else [beyond(PLACE, after, descending=True)]
        whole = [
            sa.select(*PLACE).where(part, *beginning).order_by(*NEWEST).limit(most)
            for part in _reached(scope)
        ]
        last = [db.session.execute(each.offset(most - 1).limit(1)).first() for each in whole]
        floors = [each for each in last if each is not None]
        return cls(whole, max(floors, key=tuple) if floors else None)

    def first(self, conditions: Sequence[ColumnElement[bool]], count: int) -> Sequence[Any]:
        """The first `count` of its `places`."""
        return db.session.execute(self.places(conditions).limit(count)).all()

    def places(self, conditions: Sequence[ColumnElement[bool]]) -> sa.Select[datetime, UUID]:
        """Where those under `conditions` stand, newest first."""
        parts = [sa.select(each.subquery()) for each in self.parts]
        near = sa.union(*parts).subquery() if len(parts) > 1 else parts[0].subquery()
        query = (
            sa.select(near.c.registered_at, near.c.id)
            .join(Dispute, Dispute.id == near.c.id)
            .where(*conditions)
            .order_by(near.c.registered_at.desc(), near.c.id.desc())
        )
        if self.floor is None:
            return query
        columns = (near.c.registered_at, near.c.id)
        return query.where(~beyond(columns, self.floor, descending=True))


def _reached(scope: Scope) -> list[ColumnElement[bool]]:
    """What each reach comes down to that an index knows; the whole town for any other."""
    mine = Dispute.registered_by == scope.actor.user_id
    known = {
        Reach.ASSIGNED: Dispute.mediator_id == scope.actor.user_id,
        Reach.LEAD: Dispute.organisation_id == scope.actor.organisation_id,
        Reach.CREATED: mine,
    }
    if not scope.reach <= known.keys():
        return [sa.true()]
    return [known[reach] for reach in sorted(scope.reach)] or [sa.false()]
