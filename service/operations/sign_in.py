"""Signing in 登录 and out: a try is counted before the password is looked at."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import User, UserSession, transaction
from service.desk import Desk
from service.errors import SignInRefused
from service.gateways.keyring import new_token, token_hash
from service.gateways.passwords import verify_password
from service.operations.event import record
from service.queries.sign_in_slip import SignInSlip, code_hash
from service.queries.user import PERSON
from service.rules import user as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: its token is shown once and stored only as a hash."""

    token: str
    expires_at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class Try:
    """One counted try at an account: what would open it, nothing while it is locked."""

    user_id: UUID | None = None
    password_hash: str | None = field(default=None, repr=False)
    code_hash: str | None = field(default=None, repr=False)
    code_until: datetime | None = None

    def is_opened_by(self, typed: str, *, now: datetime) -> bool:
        """Whether a sign-in code was typed that is the account's and still good."""
        if self.code_hash is None or self.code_until is None or self.code_until <= now:
            return False
        return hmac.compare_digest(self.code_hash, code_hash(typed))


def sign_in(username: str, password: str, *, desk: Desk, now: datetime) -> SignedIn:
    """Check the password and open a session; `SignInRefused` says the same for every cause.

    The try is taken from the account's allowance first, in one statement, so that parallel tries
    cannot exceed it; the slow hash runs outside of any transaction.
    """
    return _checked(take_a_try(username, desk=desk, now=now), password, desk=desk, now=now)


def enter(username: str, typed: str, *, desk: Desk, now: datetime) -> SignedIn | SignInSlip:
    """As `sign_in`; who typed a sign-in code 登录码 for the password has their slip looked at."""
    taken = take_a_try(username, desk=desk, now=now)
    if taken.is_opened_by(typed, now=now):
        forgive(taken.user_id)
        return SignInSlip(username, typed)
    return _checked(taken, typed, desk=desk, now=now)


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


def take_a_try(username: str, *, desk: Desk, now: datetime) -> Try:
    """Count a try at the account; what it may be opened by stands in it while a try is left."""
    policy = desk.policy.sign_in
    lapsed = User.locked_until.is_not(None) & (User.locked_until <= now)
    count = sa.case((lapsed, 1), else_=User.failure_count + 1)
    if rules.username_problem(username):  # nobody has such a name, nor may the database see it
        return Try()
    with transaction() as session:
        user_id = session.scalar(sa.select(User.id).where(User.username == username, PERSON))
        if user_id is None:
            return Try()
        taken = session.execute(
            sa.update(User)
            .where(
                User.id == user_id,
                User.active,
                User.locked_until.is_(None) | (User.locked_until <= now),
            )
            .values(
                failure_count=count,
                locked_until=sa.case(
                    (count >= policy.failure_count, now + policy.lock), else_=None
                ),
            )
            .returning(User.password_hash, User.invite_hash, User.invite_expires_at)
            .execution_options(synchronize_session=False)
        ).first()
        return Try(user_id, *taken) if taken else Try(user_id)


def note_refusal(user_id: UUID | None, *, now: datetime) -> None:
    """Write down that somebody was not let in; of nobody's account there is nothing to write."""
    if user_id is None:
        return
    with transaction() as session:
        record(session, user_id, subject="user", action="sign-in-refused", actor=None, now=now)


def forgive(user_id: UUID | None) -> None:
    """Forget the tries of somebody who knew the secret."""
    with transaction() as session:
        session.execute(
            sa.update(User)
            .where(User.id == user_id)
            .values(failure_count=0, locked_until=None)
            .execution_options(synchronize_session=False)
        )


def _checked(taken: Try, password: str, *, desk: Desk, now: datetime) -> SignedIn:
    if not verify_password(password, taken.password_hash) or taken.user_id is None:
        note_refusal(taken.user_id, now=now)
        raise SignInRefused
    with transaction() as session:
        fresh = session.get_one(User, taken.user_id, with_for_update=True)  # so sessions count
        fresh.failure_count, fresh.locked_until = 0, None
        return _open_session(session, fresh, desk=desk, now=now)


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
