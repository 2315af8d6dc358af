"""Signing in 登录: who needs a second factor, and what of one's own account comes first."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from config.password import Passwords
from config.policy import SignInPolicy
from config.vocabulary import Role


class First(StrEnum):
    """What somebody has to do before anything else."""

    SECOND_FACTOR = "登记动态口令"
    PASSWORD = "换一个自己的密码"  # noqa: S105 -- what is to be done, no password


def needs_code(roles: Collection[Role], policy: SignInPolicy) -> bool:
    """Whether who holds these roles signs in with a second factor."""
    return policy.second_factor and not policy.second_factor_roles.isdisjoint(roles)


def first(
    roles: Collection[Role],
    *,
    enrolled: bool,
    password_set_at: datetime | None,
    policy: SignInPolicy,
    passwords: Passwords,
    now: datetime,
) -> First | None:
    """What comes before anything else for who has just signed in; None when nothing does."""
    if policy.password_renewal and is_old(password_set_at, passwords, now):
        return First.PASSWORD
    if needs_code(roles, policy) and not enrolled:
        return First.SECOND_FACTOR
    return None


def is_old(set_at: datetime | None, passwords: Passwords, now: datetime) -> bool:
    """Whether a password was chosen by somebody else, or too long ago."""
    lasts = passwords.profile.change_after
    return set_at is None or (lasts is not None and set_at + lasts <= now)
