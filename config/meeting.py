"""The words of meetings 会议: what kinds there are, where one stands, what became of a decision."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class MeetingKind(StrEnum):
    """What a meeting is for."""

    JOINT = "joint"  # 联席会议
    COURT = "court"  # 府院联动会议


class MeetingState(StrEnum):
    """Where a meeting stands."""

    CALLED = "called"  # 已通知
    HELD = "held"  # 已召开


class DecisionState(StrEnum):
    """What became of a decision 议定事项."""

    OPEN = "open"  # 待落实
    DONE = "done"  # 已落实
    DROPPED = "dropped"  # 不再办


_NAMES: Final[Mapping[StrEnum, str]] = MappingProxyType(
    {
        MeetingKind.JOINT: "联席会议",
        MeetingKind.COURT: "府院联动会议",
        MeetingState.CALLED: "已通知",
        MeetingState.HELD: "已召开",
        DecisionState.OPEN: "待落实",
        DecisionState.DONE: "已落实",
        DecisionState.DROPPED: "不再办",
    }
)


def name(member: StrEnum) -> str:
    """The Chinese word of one of these."""
    return _NAMES[member]
