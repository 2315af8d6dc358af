"""Signing in 登录 and out: a try is counted before the password is looked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import User, UserSession, transaction
from service.desk import Desk
from service.errors import SignInRefused
from service.gateways.keyring import new_token, token_hash
from service.gateways.passwords import verify_password
from service.operations.event import record
from service.queries.user import PERSON
from service.rules import user as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: its token is shown once and stored only as a hash."""

    token: str
    expires_at: datetime
    actor: Actor


def sign_in(username: str, password: str, *, desk: Desk, now: datetime) -> SignedIn:
    """Check the password and open a session; `SignInRefused` says the same for every cause.

    The try is taken from the account's allowance first, in one statement, so that parallel tries
    cannot exceed it; the slow hash runs outside of any transaction.
    """
    user, stored = _take_a_try(username, desk=desk, now=now)
    if not verify_password(password, stored) or user is None:
        _note_refusal(user, now=now)
        raise SignInRefused
    with transaction() as session:
        fresh = session.get_one(User, user.id, with_for_update=True)  # so sessions are counted
        fresh.failure_count, fresh.locked_until = 0, None
        return _open_session(session, fresh, desk=desk, now=now)


def sign_out(token: str, *, now: datetime) -> None:
    """End the session of `token`, if it has one."""
    with transaction() as session:
        user_id = session.scalar(
            sa.update(UserSession)
            .where(UserSession.token_hash == token_hash(token), UserSession.ended_at.is_(None))
            .values(ended_at=now)
            .returning(UserSession.user_id)
            .execution_options(synchronize_session=False)
        )
        if user_id is not None:
            record(session, user_id, subject="user", action="sign-out", actor=None, now=now)


def touch(token: str, *, now: datetime) -> None:
    """Note that the session was just used; the idle clock starts again."""
    with transaction() as session:
        session.execute(
            sa.update(UserSession)
            .where(UserSession.token_hash == token_hash(token))
            .values(seen_at=now)
        )


def _take_a_try(username: str, *, desk: Desk, now: datetime) -> tuple[User | None, str | None]:
    """The account and its hash when a try is left; the hash is None otherwise."""
    policy = desk.policy.sign_in
    lapsed = User.locked_until.is_not(None) & (User.locked_until <= now)
    count = sa.case((lapsed, 1), else_=User.failure_count + 1)
    if rules.username_problem(username):  # nobody has such a name, nor may the database see it
        return None, None
    with transaction() as session:
        user = session.scalar(sa.select(User).where(User.username == username, PERSON))
        if user is None:
            return None, None
        taken = session.execute(
            sa.update(User)
            .where(
                User.id == user.id,
                User.active,
                User.locked_until.is_(None) | (User.locked_until <= now),
            )
            .values(
                failure_count=count,
                locked_until=sa.case(
                    (count >= policy.failure_count, now + policy.lock), else_=None
                ),
            )
            .returning(User.password_hash)
            .execution_options(synchronize_session=False)
        ).first()
        session.expunge(user)
        return user, taken.password_hash if taken else None


def _note_refusal(user: User | None, *, now: datetime) -> None:
    if user is None:
        return
    with transaction() as session:
        record(session, user.id, subject="user", action="sign-in-refused", actor=None, now=now)


def _open_session(session: Session, user: User, *, desk: Desk, now: datetime) -> SignedIn:
    policy = desk.policy.sign_in
    token = new_token()
    _end_oldest(session, user, keep=policy.session_count - 1, idle=policy.idle, now=now)
    expires_at = now + policy.absolute
    session.add(
        UserSession(
            user_id=user.id,
            token_hash=token_hash(token),
            started_at=now,
            seen_at=now,
            expires_at=expires_at,
        )
    )
    actor = Actor(
        user.id, user.name, user.organisation_id, frozenset(grant.role for grant in user.grants)
    )
    record(session, user.id, subject="user", action="sign-in", actor=actor, now=now)
    return SignedIn(token, expires_at, actor)


def _end_oldest(session: Session, user: User, *, keep: int, idle: timedelta, now: datetime) -> None:
    running = session.scalars(
        sa.select(UserSession)
        .where(
            UserSession.user_id == user.id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now,
            UserSession.seen_at > now - idle,
        )
        .order_by(UserSession.started_at.desc(), UserSession.id)
        .offset(keep)
    )
    for old in running:
        old.ended_at = now
