"""Look at subscriptions 周报订阅: who gets the Monday letter."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from config.weekly import Letter
from models import Subscription, User, db
from service.desk import Desk
from service.errors import Forbidden
from service.rules import access
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """One standing order for the letter."""

    id: UUID
    user_id: UUID
    name: str
    kind: Letter
    email: str
    active: bool


def visible_to(actor: Actor, desk: Desk) -> list[SubscriptionView]:
    """Every order for who manages them, one's own for a reader; Forbidden for the rest."""
    policy = desk.policy.access
    query = sa.select(Subscription).join(User, User.id == Subscription.user_id)
    if not access.may(actor, "subscription.manage", policy):
        if not access.may(actor, "subscription.read", policy):
            raise Forbidden
        query = query.where(Subscription.user_id == actor.user_id)
    rows = db.session.scalars(
        query.options(joinedload(Subscription.user)).order_by(User.name, Subscription.id)
    )
    return [_view(row) for row in rows]


def addresses(desk: Desk, kind: Letter = Letter.WEEK) -> list[str]:
    """Where a letter of this kind goes now: active orders of who may still read it, each once."""
    rows = db.session.scalars(
        sa.select(Subscription)
        .join(User, User.id == Subscription.user_id)
        .where(Subscription.active, User.active, Subscription.kind == kind)
        .options(joinedload(Subscription.user).selectinload(User.grants))
        .order_by(Subscription.email)
    )
    readers = (row.email for row in rows if may_read(row.user, desk))
    return list({address.casefold(): address for address in readers}.values())


def may_read(user: User, desk: Desk) -> bool:
    """Whether the policy lets the user read the letter."""
    policy = desk.policy.access
    return any(policy.reach(grant.role, "report.read") for grant in user.grants)


def _view(row: Subscription) -> SubscriptionView:
    return SubscriptionView(row.id, row.user_id, row.user.name, row.kind, row.email, row.active)
