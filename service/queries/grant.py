"""Look at grants 授权: what waits for a second person, and what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.vocabulary import Role
from models import Grant, Organisation, User, UserRole, db
from service.rules import grant as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """A change of roles: for whom, what, asked by whom, decided or not."""

    id: UUID
    user_id: UUID
    name: str
    username: str
    roles: list[str]
    organisation: str
    reason: str | None
    asked_by_id: UUID
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    agreed: bool | None


_ASKER, _DECIDER = aliased(User, name="asker"), aliased(User, name="decider")
_VIEWS = (
    sa.select(Grant, User.name, User.username, Organisation.name, _ASKER.name, _DECIDER.name)
    .join(User, User.id == Grant.user_id)
    .join(Organisation, Organisation.id == Grant.organisation_id)
    .join(_ASKER, _ASKER.id == Grant.asked_by)
    .outerjoin(_DECIDER, _DECIDER.id == Grant.decided_by)
)


def waiting() -> list[GrantView]:
    """What waits, the longest first."""
    query = _VIEWS.where(Grant.decided_at.is_(None)).order_by(Grant.asked_at, Grant.id)
    return [_view(row) for row in db.session.execute(query)]


def awaiting(actor: Actor) -> frozenset[UUID]:
    """What waits that this one may decide as the second person."""
    asked = sa.select(Grant.id, Grant.asked_by).where(
        Grant.decided_at.is_(None), Grant.asked_by != actor.user_id, Grant.user_id != actor.user_id
    )
    found = db.session.execute(asked).all()
    held: dict[UUID, set[Role]] = {}
    askers = sa.select(UserRole).where(UserRole.user_id.in_({row.asked_by for row in found}))
    for each in db.session.scalars(askers):
        held.setdefault(each.user_id, set()).add(each.role)
    return frozenset(
        row.id for row in found if rules.may_decide(actor.roles, held.get(row.asked_by, ()))
    )


def decided(limit: int = 50) -> list[GrantView]:
    """What was decided, the newest first."""
    query = _VIEWS.where(Grant.decided_at.is_not(None))
    query = query.order_by(Grant.decided_at.desc(), Grant.id).limit(limit)
    return [_view(row) for row in db.session.execute(query)]


def of_user(user_id: UUID) -> GrantView | None:
    """What waits for one account."""
    found = _VIEWS.where(Grant.user_id == user_id, Grant.decided_at.is_(None))
    row = db.session.execute(found).first()
    return None if row is None else _view(row)


def _view(row: sa.Row[*tuple[Any, ...]]) -> GrantView:
    grant, name, username, organisation, asker, decider = row
    return GrantView(
        id=grant.id,
        user_id=grant.user_id,
        name=name,
        username=username,
        roles=grant.roles,
        organisation=organisation,
        reason=grant.reason,
        asked_by_id=grant.asked_by,
        asked_by=asker,
        asked_at=grant.asked_at,
        decided_by=decider,
        decided_at=grant.decided_at,
        agreed=grant.agreed,
    )
