"""Look at sessions 会话: where an account is signed in now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from config.policy import SignInPolicy
from models import UserSession, db
from service.gateways.keyring import token_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """One running session; `current` is the one that asks."""

    id: UUID
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str | None
    device: str | None
    current: bool


def running(
    user_id: UUID, *, policy: SignInPolicy, now: datetime, token: str = ""
) -> list[SessionView]:
    """The sessions of an account that have neither ended nor idled out, the newest first."""
    query = (
        sa.select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            UserSession.seen_at > now - policy.idle,
        )
        .order_by(UserSession.started_at.desc(), UserSession.id)
    )
    asked = token_hash(token)
    return [
        SessionView(
            id=each.id,
            started_at=each.started_at,
            seen_at=each.seen_at,
            expires_at=each.expires_at,
            address=each.address,
            device=each.device,
            current=each.token_hash == asked,
        )
        for each in db.session.scalars(query)
    ]
