"""Repeated visits 重复访: when so many came so soon that somebody has to look into it; pure."""

from collections.abc import Iterable
from datetime import date

from config.policy import RepeatPolicy


def wants_review(came: Iterable[date], today: date, policy: RepeatPolicy) -> bool:
    """Whether the director has to look at it: so many repeated visits within so many days."""
    since = today - policy.within
    return sum(since < each <= today for each in came) >= policy.review_at
