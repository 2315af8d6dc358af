"""Change a password 修改密码, and keep those that were used from coming again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from models import PastPassword, User, transaction
from service.desk import Desk
from service.errors import Invalid
from service.gateways import passwords
from service.gateways.pinyin import reading
from service.operations import sign_in as tries
from service.operations.event import record
from service.operations.sign_in import SignedIn
from service.operations.user_session import end_sessions
from service.queries import password as queries
from service.queries.password import Owner
from service.rules import password as rules
from service.rules.access import Actor
from service.rules.origin import Origin

WRONG = "现在的密码不对，或账户暂时锁定"
REUSED = "最近用过的密码不能再用，请换一个"


def change(
    old: str, new: str, *, actor: Actor, origin: Origin, desk: Desk, now: datetime
) -> SignedIn:
    """Give oneself another password; the old one is asked, and a wrong one counts as a try.

    Invalid at `old` or `password`. Every session ends; the answer is a fresh one.
    """
    owner = queries.owner(actor.user_id)
    _refuse_weak(new, owner, desk=desk)
    with passwords.turn():
        taken = tries.take_a_try(owner.username, desk=desk, now=now)
        right = passwords.verify_password(old, taken.password_hash)
    if not right:
        tries.note_refusal(taken, origin=origin, now=now)
        raise Invalid({"old": [WRONG]})
    tries.forgive(actor.user_id)
    stored = _hashed(new, owner, desk=desk, known=taken.password_hash)
    with transaction() as session:
        user = session.get_one(User, actor.user_id, with_for_update=True)
        if user.password_hash != taken.password_hash:  # somebody else was quicker
            raise Invalid({"old": [WRONG]})
        put(session, user, stored, now=now)
        begun = tries.open_session(session, user, origin=origin, desk=desk, now=now)
        record(session, user.id, subject="user", action="change-password", actor=actor, now=now)
    return begun


def prepared(new: str, *, user_id: UUID, desk: Desk) -> str:
    """The hash of a password that will do for the account; Invalid at `password` otherwise."""
    owner = queries.owner(user_id)
    _refuse_weak(new, owner, desk=desk)
    return _hashed(new, owner, desk=desk, known=None)


def problem(new: str, *, username: str, desk: Desk) -> str | None:
    """What is wrong with a password for an account, before anything is looked up of its past."""
    owner = queries.owner_named(username)
    return _problem(new, owner, desk=desk) if owner else None


def put(session: Session, user: User, stored: str, *, now: datetime) -> None:
    """Make a hash the account's password, chosen by its owner; every session ends."""
    user.password_hash, user.password_set_at = stored, now
    keep(session, user.id, stored, now=now)
    end_sessions(session, user.id, now)


def keep(session: Session, user_id: UUID, stored: str | None, *, now: datetime) -> None:
    """Remember a password so that it is not chosen again."""
    if stored is not None:
        session.add(PastPassword(user_id=user_id, password_hash=stored, set_at=now))


def _refuse_weak(new: str, owner: Owner, *, desk: Desk) -> None:
    wrong = _problem(new, owner, desk=desk)
    if wrong:
        raise Invalid({"password": [wrong]})


def _problem(new: str, owner: Owner, *, desk: Desk) -> str | None:
    known = (owner.name, reading(owner.name), owner.unit, reading(owner.unit))
    return rules.problem(new, username=owner.username, policy=desk.policy.passwords, known=known)


def _hashed(new: str, owner: Owner, *, desk: Desk, known: str | None) -> str:
    """The hash to store; Invalid when the password is the present one or was used lately."""
    latest = queries.latest(owner.user_id, desk.policy.passwords.profile.former)
    past = dict.fromkeys([*([known] if known else []), *latest])
    if any(passwords.verify_password(new, stored) for stored in past):
        raise Invalid({"password": [REUSED]})
    return passwords.hash_password(new)
