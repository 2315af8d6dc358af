"""Look at what a new password 密码 is held against: whose it is, and which came before."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from models import Organisation, PastPassword, User, db


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose password it is, and what everybody knows of them."""

    user_id: UUID
    username: str
    name: str
    unit: str


def owner(user_id: UUID) -> Owner:
    """The owner of an account that exists."""
    return Owner(*db.session.execute(_owners().where(User.id == user_id)).one())


def owner_named(username: str) -> Owner | None:
    """The owner of the account of that name."""
    found = db.session.execute(_owners().where(User.username == username)).first()
    return Owner(*found) if found else None


def latest(user_id: UUID, count: int) -> list[str]:
    """The hashes of the account's `count` latest passwords, the newest first."""
    query = (
        sa.select(PastPassword.password_hash)
        .where(PastPassword.user_id == user_id)
        .order_by(PastPassword.set_at.desc(), PastPassword.id)
        .limit(count)
    )
    return list(db.session.scalars(query))


def _owners() -> sa.Select[UUID, str, str, str]:
    return sa.select(User.id, User.username, User.name, Organisation.name).join(
        Organisation, Organisation.id == User.organisation_id
    )
