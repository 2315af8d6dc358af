"""A scope turned into SQL: the one place where rows are narrowed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from config.access import Reach
from config.vocabulary import DisputeStatus
from models import Dispute, DisputeAssist
from service.rules.access import CREATED_FOR, Scope, Standing


def visible(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """The condition on `dispute` that says what `scope` reaches, if only as brief rows."""
    return sa.true() if Reach.BRIEF in scope.reach else in_full(scope, now)


def in_full(scope: Scope, now: datetime) -> ColumnElement[bool]:
    """The condition on `dispute` that says what `scope` reaches in full; nothing is false.

    It asks what `rules.access.covers` asks of one dispute.
    """
    open_class = Dispute.restricted.is_(False)
    mine = Dispute.registered_by == scope.actor.user_id
    home = scope.actor.organisation_id
    undispatched = (
        mine & (Dispute.status == DisputeStatus.REGISTERED) & Dispute.first_dispatched_at.is_(None)
    )
    fresh = mine & open_class & (Dispute.registered_at > now - CREATED_FOR)
    conditions = {
        Reach.TOWN: sa.true() if scope.restricted_town else open_class,
        Reach.ASSIGNED: Dispute.mediator_id == scope.actor.user_id,
        Reach.SENT: mine,
        Reach.CREATED: undispatched | fresh,
        Reach.UNDISPATCHED: undispatched,
        Reach.LEAD: open_class & (Dispute.organisation_id == home),
        Reach.WAITING: _waiting(home, open_class),
        Reach.ORGANISATION: open_class & _in_organisation(home),
    }
    return sa.or_(sa.false(), *(conditions[reach] for reach in conditions if reach in scope.reach))


def _waiting(organisation_id: UUID, open_class: ColumnElement[bool]) -> ColumnElement[bool]:
    return sa.and_(
        open_class,
        Dispute.status == DisputeStatus.DISPATCHED,
        Dispute.mediator_id.is_(None),
        Dispute.organisation_id == organisation_id,
    )


def _in_organisation(organisation_id: UUID) -> ColumnElement[bool]:
    assisted = sa.select(DisputeAssist.dispute_id).where(
        DisputeAssist.organisation_id == organisation_id
    )
    return sa.or_(
        Dispute.organisation_id == organisation_id,
        Dispute.registered_at_organisation_id == organisation_id,
        Dispute.id.in_(assisted),
    )


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
