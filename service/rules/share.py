"""Shares 共享: what one must say, and how long it may last."""

from datetime import date, timedelta

from config.policy import RestrictedPolicy
from config.vocabulary import SharePurpose
from service.errors import Invalid


def check(
    purpose: SharePurpose, basis: str | None, until: date, *, today: date, policy: RestrictedPolicy
) -> None:
    """Invalid naming what is missing: a basis for all but assisting, an end within a year.

    `until` is the last day. A purpose, a basis, no longer than needed:
    个人信息保护法 art. 6, 13, 23.
    """
    problems: dict[str, list[str]] = {}
    if purpose is not SharePurpose.ASSIST and not basis:
        problems["basis"] = ["请写明依据，例如法律条文、委托函号或者当事人同意书"]
    longest = today + timedelta(days=policy.share_days)
    if until < today:
        problems["until"] = ["共享到哪天不能早于今天"]
    elif until > longest:
        problems["until"] = [f"最长 {policy.share_days} 天，到期可以再共享一次"]
    if problems:
        raise Invalid(problems)
