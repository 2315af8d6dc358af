"""Open an account by its sign-in slip 登录条: every try counts before the code is looked at."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from models import User, transaction
from service.desk import Desk
from service.errors import NotFound, SignInRefused, TooOften
from service.operations import allowance
from service.operations import password as passwords
from service.operations import sign_in as tries
from service.operations.event import record
from service.queries import sign_in_slip as queries
from service.queries.sign_in_slip import SignInSlip
from service.rules import progress
from service.rules import user as rules
from service.rules.origin import Origin

KIND: Final = "sign-in-code"
SPENT: Final = "这个登录码不对、已经用过或者过期了，请管理员重新发一个"


def look(username: str, typed: str, *, address: str, desk: Desk, now: datetime) -> SignInSlip:
    """The slip somebody types from; `address` is where they sit.

    Raises SignInRefused with one sentence for unknown, used, expired and locked, TooOften when
    too many different codes came from one address.
    """
    _take(address, f"{username}:{queries.code_hash(typed)}", desk=desk, now=now)
    taken = tries.take_a_try(username, desk=desk, now=now)
    if not taken.is_opened_by(typed, now=now):
        tries.note_refusal(taken, origin=Origin(address), now=now)
        raise SignInRefused
    tries.forgive(taken.user_id)
    return SignInSlip(username, typed)


def follow(long_code: str, *, address: str, desk: Desk, now: datetime) -> SignInSlip:
    """The slip behind a link with a long code; raises NotFound with one sentence, TooOften."""
    _take(address, queries.code_hash(long_code), desk=desk, now=now)
    slip = queries.of_link(long_code, now=now) if rules.is_long_code(long_code) else None
    if slip is None:
        raise NotFound(SPENT)
    return slip


def set_password(slip: SignInSlip, password: str, *, desk: Desk, now: datetime) -> None:
    """Give the account of a slip that was looked at its password; the code is spent.

    Raises Invalid for a weak password or one used lately, SignInRefused when the slip was used
    meanwhile. Every session of the account ends.
    """
    user_id = queries.opened_by(slip, now=now)
    if user_id is None:
        raise SignInRefused
    stored = passwords.prepared(password, user_id=user_id, desk=desk)
    with transaction() as session:
        user = session.scalar(
            sa.select(User)
            .where(
                User.id == user_id,
                User.invite_hash == queries.code_hash(slip.sign_in_code),
                queries.is_open(now),
            )
            .with_for_update()
        )
        if user is None:
            raise SignInRefused
        user.invite_hash, user.invite_expires_at = None, None
        passwords.put(session, user, stored, now=now)
        record(session, user.id, subject="user", action="set-password", actor=None, now=now)


def _take(address: str, value: str, *, desk: Desk, now: datetime) -> None:
    """One of the different codes an address may try; the same one again costs nothing."""
    limit, caller = desk.policy.limits.sign_in_codes, progress.caller(address)
    if not allowance.take_different(KIND, caller, [value], limit, desk=desk, now=now):
        raise TooOften(allowance.seconds_left(limit, now))
