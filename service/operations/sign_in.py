"""Signing in 登录 and out: a try is counted before the password is looked at.

Whoever types an unknown name, a wrong password, a locked or a closed account's, costs the same:
the same statements, one comparison, one event.
"""

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import User, UserSession, transaction
from service.desk import Desk
from service.errors import CodeRequired, SignInRefused
from service.gateways import passwords
from service.gateways.keyring import new_token, token_hash
from service.operations import allowance, second_factor
from service.operations.event import record
from service.queries.sign_in_slip import SignInSlip, code_hash
from service.queries.user import PERSON
from service.rules import progress
from service.rules.access import Actor
from service.rules.origin import Origin

BY_ADDRESS = "sign-in-address"
BY_ANYBODY = "sign-in-anybody"
BY_NAME = "sign-in-name"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: its token is shown once and stored only as a hash."""

    token: str = field(repr=False)
    expires_at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The password was right; with this `ticket` and a code, soon, a session opens."""

    ticket: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Try:
    """One counted try at an account: what would open it, nothing while it is locked.

    `noted_as` is what an event of it is about: the account, or an id that stands for a name nobody
    has.
    """

    noted_as: UUID
    user_id: UUID | None = None
    password_hash: str | None = field(default=None, repr=False)
    code_hash: str | None = field(default=None, repr=False)
    code_until: datetime | None = None

    def is_opened_by(self, typed: str, *, now: datetime) -> bool:
        """Whether a sign-in code was typed that is the account's and still good."""
        right = hmac.compare_digest(self.code_hash or "", code_hash(typed))
        return right and self.code_until is not None and self.code_until > now


def sign_in(
    username: str,
    password: str,
    *,
    origin: Origin,
    desk: Desk,
    now: datetime,
    code: str | None = None,
) -> SignedIn:
    """Check the password, and the code where one is due, and open a session.

    SignInRefused says the same for every cause; CodeRequired is told only of a right password;
    TooOften when too many tries came from one address or altogether.

    The try is taken from the account's allowance first, in one statement, so that parallel tries
    cannot exceed it; the slow hash runs outside of any transaction.
    """
    taken, right = _checked(username, password, origin=origin, desk=desk, now=now)
    begun = _entered(taken, code, right=right, origin=origin, desk=desk, now=now)
    if isinstance(begun, HalfWay):
        raise CodeRequired
    return begun


def enter(
    username: str, typed: str, *, origin: Origin, desk: Desk, now: datetime
) -> SignedIn | SignInSlip | HalfWay:
    """As `sign_in`, in two steps where a code is due.

    Who typed a sign-in code 登录码 for the password has their slip looked at.
    """
    taken, right = _checked(username, typed, origin=origin, desk=desk, now=now)
    if taken.is_opened_by(typed, now=now):
        forgive(taken.user_id)
        _give_back(origin, desk=desk, now=now)
        return SignInSlip(username, typed)
    return _entered(taken, None, right=right, origin=origin, desk=desk, now=now)


def finish(ticket: str, code: str, *, origin: Origin, desk: Desk, now: datetime) -> SignedIn:
    """The second step: the ticket of the first and a code; SignInRefused, TooOften."""
    _hold_back(origin, desk=desk, now=now)
    user_id, until = _read_ticket(ticket)
    taken = _take(User.id == user_id, ticket, desk=desk, now=now)
    right = taken.user_id is not None and hmac.compare_digest(
        ticket, _ticket(taken.user_id, taken.password_hash, until, desk)
    )
    if not right or until <= now or not second_factor.use(user_id, code, desk=desk, now=now):
        note_refusal(taken, origin=origin, now=now)
        raise SignInRefused
    return _opened(user_id, taken, origin=origin, desk=desk, now=now)


def sign_out(token: str, *, actor: Actor, now: datetime) -> None:
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
            record(session, user_id, subject="user", action="sign-out", actor=actor, now=now)


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
    storable = username if username.isprintable() and username.isascii() else ""
    return _take(User.username == storable, username, desk=desk, now=now)


def note_refusal(taken: Try, *, origin: Origin, now: datetime) -> None:
    """Write down that somebody was not let in, whether or not anybody has the name."""
    with transaction() as session:
        record(
            session,
            taken.noted_as,
            subject="user",
            action="sign-in-refused",
            actor=None,
            now=now,
            address=origin.address or None,
        )


def forgive(user_id: UUID | None) -> None:
    """Forget the tries of somebody who knew the secret."""
    with transaction() as session:
        session.execute(
            sa.update(User)
            .where(User.id == user_id)
            .values(failure_count=0, locked_until=None)
            .execution_options(synchronize_session=False)
        )


def open_session(
    session: Session, user: User, *, origin: Origin, desk: Desk, now: datetime
) -> SignedIn:
    """A fresh session of a locked account's row; beyond three the oldest one ends."""
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
            address=origin.address[:45] or None,
            device=origin.device[:60] or None,
        )
    )
    actor = Actor(
        user.id,
        user.name,
        user.organisation_id,
        frozenset(grant.role for grant in user.grants),
        address=origin.address or None,
    )
    return SignedIn(token, expires_at, actor)


def _checked(
    username: str, password: str, *, origin: Origin, desk: Desk, now: datetime
) -> tuple[Try, bool]:
    """A counted try, and whether the password was the account's."""
    _hold_back(origin, desk=desk, now=now)
    with passwords.turn():  # first: who finds no place has not used up a try
        taken = take_a_try(username, desk=desk, now=now)
        return taken, passwords.verify_password(password, taken.password_hash)


def _take(whose: sa.ColumnElement[bool], named: str, *, desk: Desk, now: datetime) -> Try:
    """Count a try at the account `whose` points to; `named` is counted too if there is none."""
    policy = desk.policy.sign_in
    lapsed = User.locked_until.is_not(None) & (User.locked_until <= now)
    count = sa.case((lapsed, 1), else_=User.failure_count + 1)
    nobody = _nobody(named, desk)
    with transaction() as session:
        user_id = session.scalar(sa.select(User.id).where(whose, PERSON))
        allowance.count(session, BY_NAME, str(user_id or nobody), policy.lock, desk=desk, now=now)
        found = session.execute(
            sa.update(User)
            .where(
                User.id == (user_id or nobody),
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
    return Try(user_id or nobody, user_id, *(found or ()))


def _nobody(named: str, desk: Desk) -> UUID:
    """What stands for a name nobody has: the same for the same name, and says nothing of it."""
    plain = named[:200].encode("ascii", "backslashreplace").decode()
    return UUID(bytes=desk.keyring.index("nobody", plain))


def _hold_back(origin: Origin, *, desk: Desk, now: datetime) -> None:
    """One of the tries an address has, and one of those all have together; TooOften beyond."""
    limits = desk.policy.limits
    if origin.address:
        caller = progress.caller(origin.address)
        allowance.take(BY_ADDRESS, caller, limits.sign_in_by_address, desk=desk, now=now)
    allowance.take(BY_ANYBODY, "", limits.sign_in_by_anybody, desk=desk, now=now)


def _give_back(origin: Origin, *, desk: Desk, now: datetime) -> None:
    """Who comes in costs nothing: a whole office may sign in from one address in the morning."""
    limits = desk.policy.limits
    with transaction():
        if origin.address:
            caller = progress.caller(origin.address)
            allowance.give_back(BY_ADDRESS, caller, limits.sign_in_by_address, desk=desk, now=now)
        allowance.give_back(BY_ANYBODY, "", limits.sign_in_by_anybody, desk=desk, now=now)


def _entered(
    taken: Try, code: str | None, *, right: bool, origin: Origin, desk: Desk, now: datetime
) -> SignedIn | HalfWay:
    """What a counted try whose password was looked at leads to."""
    if not right or taken.user_id is None:
        note_refusal(taken, origin=origin, now=now)
        raise SignInRefused
    if second_factor.is_asked_of(taken.user_id, desk=desk):
        if code is None:
            return _half_way(taken.user_id, taken, desk=desk, now=now)
        if not second_factor.use(taken.user_id, code, desk=desk, now=now):
            note_refusal(taken, origin=origin, now=now)
            raise SignInRefused
    return _opened(taken.user_id, taken, origin=origin, desk=desk, now=now)


def _half_way(user_id: UUID, taken: Try, *, desk: Desk, now: datetime) -> HalfWay:
    """The ticket for the second step; the try is given back, for the code costs one of its own."""
    with transaction() as session:
        session.execute(
            sa.update(User)
            .where(User.id == user_id, User.failure_count > 0)
            .values(failure_count=User.failure_count - 1, locked_until=None)
            .execution_options(synchronize_session=False)
        )
        record(session, user_id, subject="user", action="sign-in-half-way", actor=None, now=now)
    until = (now + desk.policy.sign_in.half_way).replace(microsecond=0)
    return HalfWay(_ticket(user_id, taken.password_hash, until, desk))


def _ticket(user_id: UUID, stored: str | None, until: datetime, desk: Desk) -> str:
    """Ends by itself, and with the password it was given for."""
    told = f"{user_id.hex}.{int(until.timestamp())}"
    return f"{told}.{desk.keyring.index('half-way', f'{told}.{stored}').hex()}"


def _read_ticket(ticket: str) -> tuple[UUID, datetime]:
    """Whom a ticket is for and until when, as it says itself; nobody when it is none."""
    name, _, rest = ticket.partition(".")
    try:
        until = datetime.fromtimestamp(int(rest.partition(".")[0][:12]), UTC)
        return UUID(name), until
    except (ValueError, OverflowError, OSError):
        return UUID(int=0), datetime.fromtimestamp(0, UTC)


def _opened(user_id: UUID, taken: Try, *, origin: Origin, desk: Desk, now: datetime) -> SignedIn:
    """A session for who proved to be `user_id`, unless the account was changed meanwhile."""
    with transaction() as session:
        user = session.get_one(User, user_id, with_for_update=True)  # so sessions count
        if not user.active or user.password_hash != taken.password_hash:
            raise SignInRefused
        user.failure_count, user.locked_until = 0, None
        begun = open_session(session, user, origin=origin, desk=desk, now=now)
        record(session, user.id, subject="user", action="sign-in", actor=begun.actor, now=now)
    _give_back(origin, desk=desk, now=now)
    return begun


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
