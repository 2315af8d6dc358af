"""A scope turned into SQL: the one place where rows are narrowed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import Session

from config.access import Reach
from config.vocabulary import DisputeStatus
from models import Dispute, DisputeAssist, db
from service.rules.access import CREATED_FOR, Scope, Standing


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


def in_full(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """The condition on `dispute` that says what `scope` reaches in full; nothing is false.

    It asks what `rules.access.covers` asks of one dispute.
    """
    return sa.or_(sa.false(), *_ways_in_full(scope, now))


def ways_to(scope: Scope, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions one of which makes a dispute `visible`, each the business of one index."""
    return [sa.true()] if Reach.BRIEF in scope.reach else _ways_in_full(scope, now)


def _ways_in_full(scope: Scope, now: datetime) -> list[ColumnElement[bool]]:
    if Reach.TOWN in scope.reach and scope.restricted_town:
        return [sa.true()]
    open_class = Dispute.restricted.is_(False)
    mine = Dispute.registered_by == scope.actor.user_id
    home = scope.actor.organisation_id
    undispatched = (
        mine & (Dispute.status == DisputeStatus.REGISTERED) & Dispute.first_dispatched_at.is_(None)
    )
    fresh = mine & open_class & (Dispute.registered_at > now - CREATED_FOR)
    conditions: dict[Reach, list[ColumnElement[bool]]] = {
        Reach.TOWN: [open_class],
        Reach.ASSIGNED: [Dispute.mediator_id == scope.actor.user_id],
        Reach.SENT: [mine],
        Reach.CREATED: [undispatched, fresh],
        Reach.UNDISPATCHED: [undispatched],
        Reach.LEAD: [open_class & (Dispute.organisation_id == home)],
        Reach.WAITING: [_waiting(home, open_class)],
        Reach.ORGANISATION: [open_class & way for way in _in_organisation(home)],
    }
    return [way for reach in conditions if reach in scope.reach for way in conditions[reach]]


def _waiting(organisation_id: UUID, open_class: ColumnElement[bool]) -> ColumnElement[bool]:
    return sa.and_(
        open_class,
        Dispute.status == DisputeStatus.DISPATCHED,
        Dispute.mediator_id.is_(None),
        Dispute.organisation_id == organisation_id,
    )


def _in_organisation(organisation_id: UUID) -> list[ColumnElement[bool]]:
    assisted = sa.select(DisputeAssist.dispute_id).where(
        DisputeAssist.organisation_id == organisation_id
    )
    return [
        Dispute.organisation_id == organisation_id,
        Dispute.registered_at_organisation_id == organisation_id,
        Dispute.id.in_(assisted),
    ]


def standing(session: Session, dispute: Dispute) -> Standing:
    """How `dispute` stands to the question who may reach it."""
    assist = session.scalars(
        sa.select(DisputeAssist.organisation_id).where(DisputeAssist.dispute_id == dispute.id)
    )
    return standing_with(dispute, assist)


def standing_with(dispute: Dispute, assist: Iterable[UUID]) -> Standing:
    """The same, for who knows already which units assist; it asks the database nothing."""
    return Standing(
        status=dispute.status,
        dispatched_before=dispute.first_dispatched_at is not None,
        restricted=dispute.restricted,
        registered_by=dispute.registered_by,
        registered_at=dispute.registered_at,
        registered_at_organisation_id=dispute.registered_at_organisation_id,
        organisation_id=dispute.organisation_id,
        assist_ids=frozenset(assist),
        mediator_id=dispute.mediator_id,
    )
