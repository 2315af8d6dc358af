"""Users 用户, their roles 角色, and the sessions they are signed in with."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.vocabulary import Role
from models.base import Base, Identified, word
from models.organisation import Organisation


class User(Identified):
    """A person who works with the service. The failure counter is the account's lock.

    `password_set_at` is when its owner chose the password; without it somebody else did.
    `second_factor_sealed` is the secret of the second factor 动态口令, which counts from
    `second_factor_at` on; `second_factor_step` is the stretch of 30 seconds whose code was used
    last.
    """

    __tablename__ = "user_account"

    username: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    password_set_at: Mapped[datetime | None]
    second_factor_sealed: Mapped[bytes | None]
    second_factor_at: Mapped[datetime | None]
    second_factor_step: Mapped[int] = mapped_column(default=0)
    email: Mapped[str | None] = mapped_column(sa.String(200))
    phone_sealed: Mapped[bytes | None]
    active: Mapped[bool] = mapped_column(default=True)
    failure_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    invite_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    invite_expires_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    grants: Mapped[list["UserRole"]] = relationship(cascade="all, delete-orphan")


class UserRole(Base):
    """One role of one user."""

    __tablename__ = "user_role"

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(word(Role, "role"), primary_key=True)


class UserSession(Identified):
    """One sign-in on one device: only its token's hash is kept; ending it is no delete."""

    __tablename__ = "user_session"

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(sa.String(45))
    device: Mapped[str | None] = mapped_column(sa.String(60))

    user: Mapped[User] = relationship()
