"""Meetings 会议: what its minutes may say, and when a decision is late."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from config.meeting import DecisionState, MeetingState
from service.errors import Conflict, Invalid

MOST: Final = 30  # members, items or decisions of one meeting
HELD: Final = "会议纪要已经写好，不能再改"
NOT_HELD_YET: Final = "还没有到开会的时间，不能写会议纪要"
SETTLED: Final = "这项议定事项已经有结果"


def check_members(invited: Sequence[UUID], active: Collection[UUID]) -> None:
    """Raises Invalid for no unit, one twice, or one that is not there."""
    if len(set(invited)) != len(invited):
        raise Invalid({"members": ["有的单位选了两次"]})
    if not set(invited) <= set(active):
        raise Invalid({"members": ["有的单位不在名册里"]})


def check_recordable(state: MeetingState, *, begun: bool) -> None:
    """Raises Conflict for minutes that are written already, or of what has not begun."""
    if state is MeetingState.HELD:
        raise Conflict(HELD)
    if not begun:
        raise Conflict(NOT_HELD_YET)


def check_decisions(
    due: Sequence[date], owners: Sequence[UUID], *, active: Collection[UUID], today: date
) -> None:
    """Raises Invalid at each decision whose unit is not there, or whose day has passed."""
    wrong: dict[str, list[str]] = {}
    for place, (day, owner) in enumerate(zip(due, owners, strict=True)):
        if owner not in active:
            wrong[f"decisions.{place}.organisation"] = ["没有这个单位"]
        if day < today:
            wrong[f"decisions.{place}.due_on"] = ["完成日期不能早于今天"]
    if wrong:
        raise Invalid(wrong)


def check_settleable(state: DecisionState) -> None:
    """Raises Conflict for a decision that something came of already."""
    if state is not DecisionState.OPEN:
        raise Conflict(SETTLED)


def is_late(state: DecisionState, due_on: date, today: date) -> bool:
    """Whether a decision is overdue; its last day is still in time."""
    return state is DecisionState.OPEN and due_on < today
