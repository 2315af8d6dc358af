"""The restricted class 受限: when a glass is open, what a reason must be, what keeps one closed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from config.access import AccessPolicy, Reach
from config.policy import RestrictedPolicy
from config.vocabulary import Role
from service.errors import Invalid
from service.rules import party
from service.rules.fact import restricts

KEPT_BY_FACT: Final = "登记的情况里有家庭暴力或者未成年受害人"
KEPT_BY_MINOR: Final = "当事人里有未成年人"


class GlassState(StrEnum):
    """Where breaking the glass 紧急查阅 stands."""

    PENDING = "pending"  # 等第二人同意
    LAPSED = "lapsed"  # 没有人处理，过时
    REFUSED = "refused"  # 没有同意
    OPEN = "open"  # 正在查阅
    OVER = "over"  # 已经结束


@dataclass(frozen=True, slots=True)
class GlassTimes:
    """The instants of one request: asked, decided, open until, ended by the asker."""

    asked_at: datetime
    decided_at: datetime | None
    until: datetime | None
    ended_at: datetime | None


def glass_state(times: GlassTimes, now: datetime, policy: RestrictedPolicy) -> GlassState:
    """Where a request stands at `now`: it lapses and ends by itself."""
    if times.ended_at is not None:
        return GlassState.OVER
    if times.decided_at is not None:
        if times.until is None:
            return GlassState.REFUSED
        return GlassState.OPEN if times.until > now else GlassState.OVER
    return GlassState.PENDING if times.asked_at + policy.glass_waits > now else GlassState.LAPSED


def check_glass_reason(reason: str, policy: RestrictedPolicy) -> None:
    """Invalid when the reason is too short to be one."""
    if len("".join(reason.split())) < policy.glass_reason:
        least = policy.glass_reason
        raise Invalid({"reason": [f"请写明为什么现在必须查阅，至少 {least} 个字"]})


def readers(policy: AccessPolicy) -> frozenset[Role]:
    """The roles that may be named 指定: they read a restricted dispute that names them."""
    return frozenset(role for role in Role if Reach.NAMED in policy.reach(role, "dispute.read"))


def may_be_named(roles: Collection[Role], policy: AccessPolicy) -> bool:
    """Whether somebody with these roles would read what names them."""
    return bool(readers(policy) & frozenset(roles))


def why_closed(
    facts: Mapping[str, Any], parties: Sequence[Mapping[str, Any]], *, today: date
) -> str | None:
    """What keeps a dispute in the restricted class whoever wants it out; None when nothing does.

    A fact (反家庭暴力法 art. 5; 未成年人保护法 art. 4, 72) or somebody under eighteen among the
    parties, who are told as they were typed.
    """
    if restricts(facts):
        return KEPT_BY_FACT
    return KEPT_BY_MINOR if party.minors(parties, today=today) else None
