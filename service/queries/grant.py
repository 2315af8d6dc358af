"""Look at grants 授权: what waits for a second person, and what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from models import Grant, Organisation, User, db


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
