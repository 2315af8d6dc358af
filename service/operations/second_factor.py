"""The second factor 动态口令: begin it, confirm it, use a code once, take it away."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import RecoveryCode, User, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.gateways import totp
from service.gateways.keyring import new_code
from service.operations.event import record
from service.operations.user_session import end_sessions
from service.queries.user import PERSON
from service.rules import access
from service.rules import user as users
from service.rules.access import Actor

RESET: Final = "user.reset_second_factor"
WRONG: Final = "动态口令不对，请核对手机的时间后再输入"
STANDS: Final = "动态口令已经登记过了"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret that does not count yet, as an authenticator reads it and as one types it."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


def begin(*, actor: Actor, issuer: str, desk: Desk, now: datetime) -> Enrolment:
    """A fresh secret for oneself; an earlier one that was not confirmed is forgotten.

    Conflict when there is a second factor already: only an administrator takes that away.
    """
    secret = totp.new_secret()
    with transaction() as session:
        user = session.get_one(User, actor.user_id, with_for_update=True)
        if user.second_factor_at is not None:
            raise Conflict(STANDS)
        user.second_factor_sealed = desk.keyring.seal(secret.encode(), _place(user.id))
        record(session, user.id, subject="user", action="begin-second-factor", actor=actor, now=now)
        return Enrolment(secret, totp.address(secret, account=user.username, issuer=issuer))


def confirm(typed: str, *, token: str, actor: Actor, desk: Desk, now: datetime) -> list[str]:
    """Make the secret count, by its first code; the recovery codes, told once.

    Invalid at `code` for a wrong one; Conflict when nothing was begun. Every session but that of
    `token` ends: those began without a second factor.
    """
    with transaction() as session:
        user = session.get_one(User, actor.user_id, with_for_update=True)
        if user.second_factor_at is not None or user.second_factor_sealed is None:
            raise Conflict(STANDS if user.second_factor_at else "请先点“开始登记”")
        secret = _secret(user.id, user.second_factor_sealed, desk)
        step = totp.step_of(secret, _plain(typed), now)
        if step is None:
            raise Invalid({"code": [WRONG]})
        user.second_factor_at, user.second_factor_step = now, step
        codes = _fresh_codes(session, user.id, secret, desk)
        end_sessions(session, user.id, now, but=token)
        record(session, user.id, subject="user", action="set-second-factor", actor=actor, now=now)
    return codes


def pending(*, actor: Actor, issuer: str, desk: Desk) -> Enrolment | None:
    """The secret that was begun and not confirmed, to be shown again; None when there is none."""
    with transaction() as session:
        user = session.get_one(User, actor.user_id)
        if user.second_factor_at is not None or user.second_factor_sealed is None:
            return None
        secret = _secret(user.id, user.second_factor_sealed, desk)
        return Enrolment(secret, totp.address(secret, account=user.username, issuer=issuer))


def is_asked_of(user_id: UUID, *, desk: Desk) -> bool:
    """Whether the account signs in with a code besides the password."""
    if not desk.policy.sign_in.second_factor:
        return False
    with transaction() as session:
        since = session.scalar(sa.select(User.second_factor_at).where(User.id == user_id))
    return since is not None


def use(user_id: UUID, typed: str, *, desk: Desk, now: datetime) -> bool:
    """Whether a code opens the account now; it is spent by that, also among parallel tries."""
    with transaction() as session:
        sealed = session.scalar(
            sa.select(User.second_factor_sealed).where(
                User.id == user_id, User.second_factor_at.is_not(None)
            )
        )
        if sealed is None:
            return False
        secret = _secret(user_id, sealed, desk)
        step = totp.step_of(secret, _plain(typed), now)
        if step is None:
            return _use_recovery_code(session, user_id, typed, secret, now=now)
        taken = session.execute(
            sa.update(User)
            .where(User.id == user_id, User.second_factor_step < step)
            .values(second_factor_step=step)
            .returning(User.id)
            .execution_options(synchronize_session=False)
        ).first()
        return taken is not None


def reset(user_id: UUID, *, actor: Actor | None, desk: Desk, now: datetime) -> None:
    """Take somebody's second factor away, telephone lost; they enrol anew at the next sign-in.

    Conflict for one's own; NotFound when nobody has the account. Every session of it ends. `actor`
    is None when the operator of the machine does it by a command.
    """
    if actor is not None:
        access.require(actor, RESET, desk.policy.access)
        if actor.user_id == user_id:
            raise Conflict("自己的动态口令请另一位安全管理员重置")
    with transaction() as session:
        user = session.scalar(sa.select(User).where(User.id == user_id, PERSON).with_for_update())
        if user is None:
            raise NotFound("没有这个账户")
        if user.second_factor_sealed is None:
            return
        user.second_factor_sealed = user.second_factor_at = None
        session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        end_sessions(session, user_id, now)
        record(session, user_id, subject="user", action="reset-second-factor", actor=actor, now=now)


def _fresh_codes(session: Session, user_id: UUID, secret: str, desk: Desk) -> list[str]:
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    count = desk.policy.sign_in.recovery_codes
    codes = [new_code(users.CODE_ALPHABET, users.CODE_LENGTH) for _ in range(count)]
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=totp.hidden(secret, code)) for code in codes
    )
    return [users.grouped(code) for code in codes]


def _use_recovery_code(
    session: Session, user_id: UUID, typed: str, secret: str, *, now: datetime
) -> bool:
    code = users.sign_in_code(typed)
    if code is None:
        return False
    taken = session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == totp.hidden(secret, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.user_id)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is not None:
        record(session, user_id, subject="user", action="use-recovery-code", actor=None, now=now)
    return taken is not None


def _secret(user_id: UUID, sealed: bytes, desk: Desk) -> str:
    return desk.keyring.open(sealed, _place(user_id)).decode()


def _place(user_id: UUID) -> str:
    return f"user.second_factor:{user_id}"


def _plain(typed: str) -> str:
    return users.BETWEEN.sub("", unicodedata.normalize("NFKC", typed[:100]))
