"""Create accounts 账户, invite their owners, and let an invited owner set the first password."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import Role
from models import Organisation, User, UserRole, UserSession, transaction
from service.desk import Desk
from service.errors import Invalid, NotFound
from service.gateways.keyring import new_token, token_hash
from service.gateways.passwords import hash_password
from service.operations.event import record
from service.rules import access
from service.rules import user as rules
from service.rules.access import Actor

BAD_LINK = "链接无效或已过期，请向系统管理员要一个新的"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDraft:
    """An account to create. Without a password its owner comes in by an invitation."""

    username: str
    name: str
    organisation: UUID
    roles: Collection[Role]
    email: str | None = None
    phone: str | None = None
    password: str | None = None


def create(draft: UserDraft, *, actor: Actor | None, desk: Desk, now: datetime) -> UUID:
    """Create an account with its roles; Invalid names every wrong field.

    `actor` is None when the operator of the machine does it by a command.
    """
    if actor is not None:
        access.require(actor, "user.create", desk.policy.access)
    _check_words(draft)
    stored = hash_password(draft.password) if draft.password else None  # slow: before the lock
    user_id = uuid4()
    with transaction() as session:
        _check_stored(session, draft)
        session.add(
            User(
                id=user_id,
                username=draft.username,
                name=draft.name,
                organisation_id=draft.organisation,
                email=draft.email,
                phone_sealed=_sealed_phone(draft.phone, user_id, desk),
                password_hash=stored,
                grants=[UserRole(role=role) for role in sorted(set(draft.roles))],
            )
        )
        session.flush()  # the event refers to nobody before
        record(
            session,
            user_id,
            subject="user",
            action="create",
            actor=actor,
            now=now,
            detail={"roles": sorted(draft.roles)},
        )
    return user_id


def _sealed_phone(phone: str | None, user_id: UUID, desk: Desk) -> bytes | None:
    if phone is None:
        return None
    return desk.keyring.seal(phone.encode(), f"user.phone:{user_id}")


def invite(user_id: UUID, *, actor: Actor | None, desk: Desk, now: datetime) -> str:
    """The token of a one-time sign-in link; it replaces an earlier one and ends after a day."""
    if actor is not None:
        access.require(actor, "user.create", desk.policy.access)
    token = new_token()
    with transaction() as session:
        user = session.get(User, user_id, with_for_update=True)
        if user is None or not user.active:
            raise NotFound("没有这个账户")
        user.invite_hash = token_hash(token)
        user.invite_expires_at = now + desk.policy.sign_in.invite
        record(session, user_id, subject="user", action="invite", actor=actor, now=now)
    return token


def accept_invitation(token: str, password: str, *, now: datetime) -> str:
    """Set the password of the invited account, once; its username.

    Raises NotFound for a link that is unknown, used or too old, Invalid for a weak password. Every
    session of the account ends, and a lock is lifted.
    """
    with transaction() as session:
        username = _invited(session, token, now).username
    problem = rules.password_problem(password, username=username)
    if problem:
        raise Invalid({"password": [problem]})
    stored = hash_password(password)
    with transaction() as session:
        user = _invited(session, token, now)
        user.password_hash = stored
        user.invite_hash, user.invite_expires_at = None, None
        user.failure_count, user.locked_until = 0, None
        session.execute(
            sa.update(UserSession)
            .where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
            .values(ended_at=now)
        )
        record(session, user.id, subject="user", action="set-password", actor=None, now=now)
    return username


def _invited(session: Session, token: str, now: datetime) -> User:
    user = session.scalar(
        sa.select(User)
        .where(User.invite_hash == token_hash(token), User.invite_expires_at > now, User.active)
        .with_for_update()
    )
    if user is None:
        raise NotFound(BAD_LINK)
    return user


def _check_words(draft: UserDraft) -> None:
    found = {
        "username": rules.username_problem(draft.username),
        "name": None if draft.name else "请填写姓名",
        "roles": rules.roles_problem(draft.roles),
        "email": rules.email_problem(draft.email) if draft.email else None,
        "password": rules.password_problem(draft.password, username=draft.username)
        if draft.password
        else None,
    }
    problems = {field: [problem] for field, problem in found.items() if problem}
    if problems:
        raise Invalid(problems)


def _check_stored(session: Session, draft: UserDraft) -> None:
    problems: dict[str, list[str]] = {}
    if session.scalar(sa.select(User.id).where(User.username == draft.username)) is not None:
        problems["username"] = ["用户名已经有人使用"]
    unit = session.get(Organisation, draft.organisation)
    if unit is None or not unit.active:
        problems["organisation"] = ["没有这个单位"]
    if problems:
        raise Invalid(problems)
