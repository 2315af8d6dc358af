"""A scope turned into SQL: the one place where rows are narrowed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session

from config.access import Reach
from config.vocabulary import DisputeStatus, HandoverKind, HandoverState
from models import Dispute, Glass, Handover, Named, Share, db
from service.rules.access import CREATED_FOR, Actor, Scope, Standing

# written out, or the indexes of what units hand over would not be found to fit
HANDED_OVER: Final = Handover.kind != sa.literal_column(f"'{HandoverKind.DISPATCH}'")
# the same, or what waits at a unit would be looked for among all it ever had
WAITING: Final = Dispute.status == sa.literal_column(f"'{DisputeStatus.DISPATCHED}'")
# asked with every dispute, built once
_MOVES: Final = sa.select(
    Handover.from_organisation_id, Handover.to_organisation_id, Handover.state
).where(Handover.dispute_id == sa.bindparam("wanted"), HANDED_OVER)


@dataclass(frozen=True, slots=True)
class Within:
    """Rows that meet all the `conditions` and one of the `ways`, each served by its own index."""

    conditions: Sequence[ColumnElement[bool]]
    ways: Sequence[ColumnElement[bool]] = (sa.true(),)

    @property
    def every(self) -> list[ColumnElement[bool]]:
        """All of it as conditions."""
        return [sa.or_(sa.false(), *self.ways), *self.conditions]

    def first(
        self, columns: Sequence[Any], *, descending: bool, limit: int, offset: int = 0
    ) -> Select[*tuple[Any, ...]]:
        """`columns` of the first rows, in their order; the last one tells one row from another.

        Every way is walked along its own index and only as far as the page goes: an OR over them
        makes a database sort all that somebody may see.
        """
        arms = [
            _ordered(sa.select(*columns).where(way, *self.conditions), columns, descending)
            for way in self.ways or [sa.false()]
        ]
        if len(arms) == 1:
            return arms[0].limit(limit).offset(offset)
        begun = (sa.select(arm.limit(limit + offset).subquery()) for arm in arms)
        found = sa.union(*begun).subquery()
        return _ordered(sa.select(found), list(found.c), descending).limit(limit).offset(offset)

    def along(self, *index: ColumnElement[bool]) -> "Within":
        """The same rows, found along the index of one condition, whatever others there are.

        SQLite guesses which index serves best, and knows nothing of how many rows lie behind it.
        """
        return Within([*map(asked_of_each, self.every), *index])


def asked_of_each(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition such that SQLite asks it of each row and does not begin with its own."""
    if db.engine.dialect.name == "postgresql":
        return condition
    return sa.case((condition, 1), else_=0) == 1


def _ordered(
    query: Select[*tuple[Any, ...]], columns: Sequence[Any], descending: bool
) -> Select[*tuple[Any, ...]]:
    return query.order_by(*(each.desc() if descending else each.asc() for each in columns))


def visible(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """The condition on `dispute` that says what `scope` reaches, if only as brief rows."""
    return sa.or_(sa.false(), *ways_to(scope, now))


def known(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """The condition that says what it reaches in full or sealed; nothing is false.

    It asks what `rules.access.covers` asks of one dispute.
    """
    return sa.or_(sa.false(), *_ways_known(scope, now))


def in_full(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """The condition that says what it reaches with its content, as `rules.access.opens` says."""
    return known(scope.opened, now)


def ways_to(scope: Scope, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions one of which makes a dispute `visible`, each the business of one index."""
    if Reach.BRIEF not in scope.reach:
        return _ways_known(scope, now)
    beside = [] if scope.actor.town is None else _ways_known(scope, now)
    return [*_in_town(scope.actor), *beside]


def of_town(actor: Actor, column: Any) -> ColumnElement[bool]:
    """The condition that an organisation is of the actor's town, as `rules.access` asks it."""
    found: ColumnElement[bool] = sa.true() if actor.town is None else column.in_(actor.town)
    return found


def within(scope: Scope, column: Any) -> ColumnElement[bool]:
    """The condition that what an organisation has in hand is in reach, as `is_reached` asks it."""
    ways: list[ColumnElement[bool]] = [sa.false()]
    if Reach.TOWN in scope.reach:
        ways.append(of_town(scope.actor, column))
    if Reach.ORGANISATION in scope.reach:
        ways.append(column.in_(scope.actor.homes))
    return sa.or_(*ways)


def in_town(actor: Actor) -> ColumnElement[bool]:
    """The condition that a dispute is of the actor's town: led there, or registered there."""
    return sa.or_(*_in_town(actor))


def in_force(share: type[Share], now: datetime | sa.BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition on `share` that says it is neither ended nor run out."""
    return share.ended_at.is_(None) & (share.until.is_(None) | (share.until > now))


def _ways_known(scope: Scope, now: datetime) -> list[ColumnElement[bool]]:
    if scope.actor.town is None and {Reach.TOWN, Reach.SEALED} <= scope.reach:
        return [sa.true()]
    return [
        way for reach, ways in _WAYS.items() if reach in scope.reach for way in ways(scope, now)
    ]


def _waiting(organisation_id: UUID, open_class: ColumnElement[bool]) -> ColumnElement[bool]:
    return sa.and_(
        open_class,
        WAITING,
        Dispute.mediator_id.is_(None),
        Dispute.organisation_id == organisation_id,
    )


def _in_town(actor: Actor) -> list[ColumnElement[bool]]:
    return [sa.true()] if actor.town is None else _at(actor.town)


def _at(organisation_ids: Collection[UUID]) -> list[ColumnElement[bool]]:
    """Led by one of the organisations, or registered at one."""
    columns = (Dispute.organisation_id, Dispute.registered_at_organisation_id)
    return [_one_of(column, organisation_ids) for column in columns]


def _one_of(column: Any, ids: Collection[UUID]) -> ColumnElement[bool]:
    """One id is asked for as such: then an index gives its rows in their order."""
    found: ColumnElement[bool] = column == next(iter(ids)) if len(ids) == 1 else column.in_(ids)
    return found


def _shared(organisation_id: UUID, now: datetime) -> sa.Select[UUID]:
    return sa.select(Share.dispute_id).where(
        Share.organisation_id == organisation_id, in_force(Share, now)
    )


def _incoming(organisation_id: UUID) -> sa.Select[UUID]:
    return sa.select(Handover.dispute_id).where(
        Handover.to_organisation_id == organisation_id,
        Handover.state == HandoverState.OPEN,
        HANDED_OVER,
    )


def _handed(organisation_id: UUID) -> sa.Select[UUID]:
    return sa.select(Handover.dispute_id).where(
        Handover.from_organisation_id == organisation_id,
        Handover.state != HandoverState.WITHDRAWN,
        HANDED_OVER,
    )


def _named(actor: Actor) -> sa.Select[UUID]:
    return sa.select(Named.dispute_id).where(
        Named.user_id == actor.user_id, Named.ended_at.is_(None)
    )


def _behind_glass(actor: Actor, now: datetime) -> sa.Select[UUID]:
    return sa.select(Glass.dispute_id).where(
        Glass.user_id == actor.user_id, Glass.ended_at.is_(None), Glass.until > now
    )


def _home(scope: Scope) -> UUID:
    return scope.actor.organisation_id


def _mine(scope: Scope) -> ColumnElement[bool]:
    return Dispute.registered_by == scope.actor.user_id


def _undispatched(scope: Scope, _: datetime) -> list[ColumnElement[bool]]:
    registered = Dispute.status == DisputeStatus.REGISTERED
    return [_mine(scope) & registered & Dispute.first_dispatched_at.is_(None)]


def _created(scope: Scope, now: datetime) -> list[ColumnElement[bool]]:
    fresh = _mine(scope) & _OPEN & (Dispute.registered_at > now - CREATED_FOR)
    return [*_undispatched(scope, now), fresh]


def _assigned(scope: Scope, _: datetime) -> list[ColumnElement[bool]]:
    others = sorted(scope.actor.stands_for)
    return [
        Dispute.mediator_id == scope.actor.user_id,
        *(_OPEN & (Dispute.mediator_id == each) for each in others),
    ]


# only those of what is reached are built: most requests ask this, and most reach little
_OPEN: Final = Dispute.restricted.is_(False)
_CLOSED: Final = Dispute.restricted.is_(True)
_WAYS: Final[Mapping[Reach, Callable[[Scope, datetime], list[ColumnElement[bool]]]]] = {
    Reach.TOWN: lambda scope, _: [_OPEN & way for way in _in_town(scope.actor)],
    Reach.SEALED: lambda scope, _: [_CLOSED & way for way in _in_town(scope.actor)],
    Reach.NAMED: lambda scope, _: [_CLOSED & Dispute.id.in_(_named(scope.actor))],
    Reach.GLASS: lambda scope, now: [_CLOSED & Dispute.id.in_(_behind_glass(scope.actor, now))],
    Reach.SHARED: lambda scope, now: [_OPEN & Dispute.id.in_(_shared(_home(scope), now))],
    Reach.ASSIGNED: _assigned,
    Reach.SENT: lambda scope, _: [_mine(scope)],
    Reach.CREATED: _created,
    Reach.UNDISPATCHED: _undispatched,
    Reach.LEAD: lambda scope, _: [_OPEN & (Dispute.organisation_id == _home(scope))],
    Reach.WAITING: lambda scope, _: [_waiting(_home(scope), _OPEN)],
    Reach.ORGANISATION: lambda scope, _: [_OPEN & way for way in _at(scope.actor.homes)],
    Reach.INCOMING: lambda scope, _: [_OPEN & Dispute.id.in_(_incoming(_home(scope)))],
    Reach.HANDED: lambda scope, _: [Dispute.id.in_(_handed(_home(scope)))],
}


def standing(session: Session, dispute: Dispute, now: datetime) -> Standing:
    """How `dispute` stands to the question who may reach it."""
    shared = session.scalars(
        sa.select(Share.organisation_id).where(Share.dispute_id == dispute.id, in_force(Share, now))
    )
    return standing_with(session, dispute, shared, now)


def standing_with(
    session: Session, dispute: Dispute, shared: Iterable[UUID], now: datetime
) -> Standing:
    """The same, for who knows already with whom it is shared.

    One that is open to read, and never was with a unit, asks nothing more.
    """
    named: Iterable[UUID] = ()
    glass: Iterable[UUID] = ()
    if dispute.restricted:
        named = session.scalars(
            sa.select(Named.user_id).where(Named.dispute_id == dispute.id, Named.ended_at.is_(None))
        )
        glass = session.scalars(
            sa.select(Glass.user_id).where(
                Glass.dispute_id == dispute.id, Glass.ended_at.is_(None), Glass.until > now
            )
        )
    moves = _moves(session, dispute) if dispute.first_dispatched_at is not None else []
    return Standing(
        status=dispute.status,
        dispatched_before=dispute.first_dispatched_at is not None,
        restricted=dispute.restricted,
        registered_by=dispute.registered_by,
        registered_at=dispute.registered_at,
        registered_at_organisation_id=dispute.registered_at_organisation_id,
        organisation_id=dispute.organisation_id,
        mediator_id=dispute.mediator_id,
        shared_with=frozenset(shared),
        named=frozenset(named),
        glass=frozenset(glass),
        handed_by=frozenset(
            each.from_organisation_id for each in moves if each.state is not HandoverState.WITHDRAWN
        ),
        incoming_at=next(
            (each.to_organisation_id for each in moves if each.state is HandoverState.OPEN), None
        ),
    )


def _moves(session: Session, dispute: Dispute) -> Sequence[Any]:
    """From which unit to which it was handed over; the centre's dispatches are none of these."""
    return session.connection().execute(_MOVES, {"wanted": dispute.id}).all()
