"""Look at a second factor 动态口令: whether an account has one, and how many codes are left."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from models import RecoveryCode, User, db


@dataclass(frozen=True, slots=True)
class SecondFactorView:
    """The second factor of one account; `since` is None before it counts."""

    since: datetime | None
    begun: bool
    codes_left: int


def of(user_id: UUID) -> SecondFactorView:
    """The second factor of an account that exists."""
    user = db.session.get_one(User, user_id)
    left = sa.select(sa.func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return SecondFactorView(
        user.second_factor_at,
        user.second_factor_sealed is not None,
        db.session.scalar(left) or 0,
    )
