"""Look at users 用户: who a token belongs to, who may be named mediator."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from config.policy import SignInPolicy
from config.vocabulary import Role
from models import User, UserRole, UserSession, db
from service.gateways.keyring import token_hash
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user as the door knows them."""

    actor: Actor
    username: str
    organisation: str
    organisation_kind: str
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MediatorView:
    """A mediator who may be named."""

    id: UUID
    name: str
    organisation_id: UUID
    organisation: str


def by_token(token: str, *, policy: SignInPolicy, now: datetime) -> Caller | None:
    """The caller behind a session token; None when it ended, idled out, or the user may not."""
    found = db.session.scalar(
        sa.select(UserSession)
        .where(
            UserSession.token_hash == token_hash(token),
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            UserSession.seen_at > now - policy.idle,
        )
        .options(
            joinedload(UserSession.user).joinedload(User.organisation),
            joinedload(UserSession.user).selectinload(User.grants),
        )
    )
    if found is None or not found.user.active:
        return None
    user = found.user
    roles = frozenset(grant.role for grant in user.grants)
    actor = Actor(user.id, user.name, user.organisation_id, roles)
    return Caller(
        actor,
        user.username,
        user.organisation.name,
        user.organisation.kind.value,
        found.seen_at,
        found.expires_at,
    )


def mediators(organisation_id: UUID | None = None) -> list[MediatorView]:
    """Active mediators, of one organisation or of all."""
    query = (
        sa.select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == Role.MEDIATOR, User.active)
        .options(selectinload(User.organisation))
        .order_by(User.name, User.id)
    )
    if organisation_id is not None:
        query = query.where(User.organisation_id == organisation_id)
    return [
        MediatorView(user.id, user.name, user.organisation_id, user.organisation.name)
        for user in db.session.scalars(query)
    ]


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as the administrators see it."""

    id: UUID
    username: str
    name: str
    organisation: str
    roles: list[str]
    active: bool


def accounts() -> list[AccountView]:
    """Every account, by name."""
    found = db.session.scalars(
        sa.select(User)
        .options(selectinload(User.organisation), selectinload(User.grants))
        .order_by(User.username)
    )
    return [
        AccountView(
            user.id,
            user.username,
            user.name,
            user.organisation.name,
            sorted(grant.role.value for grant in user.grants),
            user.active,
        )
        for user in found
    ]


def invited(token: str, *, now: datetime) -> str | None:
    """Whose a one-time sign-in link is, by username; None when it is unknown, used or too old."""
    return db.session.scalar(
        sa.select(User.username).where(
            User.invite_hash == token_hash(token), User.invite_expires_at > now, User.active
        )
    )


def by_username(username: str) -> Actor | None:
    """The active user of that name, ready to act; None when there is none."""
    found = db.session.scalar(
        sa.select(User)
        .where(User.username == username, User.active)
        .options(selectinload(User.grants))
    )
    if found is None:
        return None
    roles = frozenset(grant.role for grant in found.grants)
    return Actor(found.id, found.name, found.organisation_id, roles)
