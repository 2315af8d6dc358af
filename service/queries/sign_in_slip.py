"""Look at sign-in slips 登录条: what is stored of a code, and whom a link opens the door to."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from models import User, db
from service.gateways.keyring import token_hash
from service.rules import user as rules


@dataclass(frozen=True, slots=True)
class SignInSlip:
    """A sign-in code 登录码 and the account it opens once."""

    username: str
    sign_in_code: str = field(repr=False)


def code_hash(typed: str) -> str:
    """What is stored of a sign-in code, however it was typed; of a long one, as it stands."""
    return token_hash(rules.sign_in_code(typed) or typed)


def is_open(now: datetime) -> sa.ColumnElement[bool]:
    """The accounts whose code still opens them, locks aside."""
    return sa.and_(User.invite_expires_at > now, User.active)


def of_link(long_code: str, *, now: datetime) -> SignInSlip | None:
    """The slip behind the code of a link; None when it is unknown, used, too old or locked."""
    username = db.session.scalar(
        sa.select(User.username).where(
            User.invite_hash == code_hash(long_code),
            is_open(now),
            User.locked_until.is_(None) | (User.locked_until <= now),
        )
    )
    return SignInSlip(username, long_code) if username else None


def opened_by(slip: SignInSlip, *, now: datetime) -> UUID | None:
    """The account that a slip still opens; None when it was used or ended meanwhile."""
    return db.session.scalar(
        sa.select(User.id).where(
            User.username == slip.username,
            User.invite_hash == code_hash(slip.sign_in_code),
            is_open(now),
        )
    )
