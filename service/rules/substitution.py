"""Who stands in for whom 替岗, through chains: also for whom an absent one stood in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

DEPTH: Final = 5  # links of a chain that are followed; a longer one is refused when it is entered


@dataclass(frozen=True, slots=True)
class StandIn:
    """One absence: who is away, who stands in, from which day until which, both included."""

    absent: UUID
    substitute: UUID
    from_on: date
    until_on: date

    def overlaps(self, other: "StandIn") -> bool:
        """Whether they share a day."""
        return self.from_on <= other.until_on and other.from_on <= self.until_on


def stood_in_for(user_id: UUID, pairs: Iterable[tuple[UUID, UUID]]) -> frozenset[UUID]:
    """For whom `user_id` stands in; `pairs` are (absent, substitute) of one day.

    A is away and B stands in; B is away too and C stands in: C stands in for A and B.
    """
    of: dict[UUID, set[UUID]] = {}
    for absent, substitute in pairs:
        of.setdefault(substitute, set()).add(absent)
    found: set[UUID] = set()
    last = {user_id}
    for _ in range(DEPTH):
        last = {absent for each in last for absent in of.get(each, ())} - found - {user_id}
        found |= last
    return frozenset(found)


def time_problem(new: StandIn, today: date) -> str | None:
    """What is wrong with the days of an absence; None when nothing is."""
    if new.until_on < new.from_on:
        return "结束日期不能早于开始日期"
    return "结束日期已经过去" if new.until_on < today else None


def problem(new: StandIn, known: Iterable[StandIn]) -> str | None:
    """What is wrong with a further absence beside those known; None when nothing is."""
    beside = [each for each in known if each.overlaps(new)]
    if any(each.absent == new.absent for each in beside):
        return "这个人在这段时间已经登记过离岗"
    if _reaches(new.substitute, new.absent, beside):
        return "绕成了一圈：替岗的人自己也离岗，最后又轮到这个人"
    if _length(new, beside) > DEPTH:
        return f"一个替一个，最多连续 {DEPTH} 个人，请直接选在岗的人"
    return None


def _reaches(start: UUID, goal: UUID, beside: list[StandIn]) -> bool:
    """Whether the work of `start` would come to `goal`."""
    seen: set[UUID] = set()
    waiting = [start]
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        if at not in seen:
            seen.add(at)
            waiting += [each.substitute for each in beside if each.absent == at]
    return False


def _length(new: StandIn, beside: list[StandIn]) -> int:
    """How many links the longest chain through `new` would have; there is no circle in it."""
    return _before(new.absent, beside) + 1 + _after(new.substitute, beside)


def _before(user_id: UUID, beside: list[StandIn]) -> int:
    return max(
        (1 + _before(e.absent, beside) for e in beside if e.substitute == user_id), default=0
    )


def _after(user_id: UUID, beside: list[StandIn]) -> int:
    return max((1 + _after(e.substitute, beside) for e in beside if e.absent == user_id), default=0)
