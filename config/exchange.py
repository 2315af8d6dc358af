"""The words of exchanging figures with the court 数据交换: what a row turned out to be, and why."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ExchangeState(StrEnum):
    """Where a sheet that came from the court stands."""

    READ = "read"  # 已试读
    KEPT = "kept"  # 已核对
    DROPPED = "dropped"  # 作废


class ExchangeVerdict(StrEnum):
    """What a row of the sheet turned out to be."""

    SAME = "same"  # 一致
    DIFFERS = "differs"  # 不一致
    UNKNOWN = "unknown"  # 我方没有
    MISSING = "missing"  # 法院没有
    WRONG = "wrong"  # 有误


class ExchangeReason(StrEnum):
    """Why a row differs; a code, for a row names no person."""

    COURT_AHEAD = "court_ahead"
    WE_AHEAD = "we_ahead"
    WRONG_NUMBER = "wrong_number"
    NOT_OURS = "not_ours"
    NOT_RECORDED = "not_recorded"


# what somebody has to explain before a sheet is kept
TO_EXPLAIN: Final = frozenset(
    {ExchangeVerdict.DIFFERS, ExchangeVerdict.UNKNOWN, ExchangeVerdict.MISSING}
)
COLUMNS: Final = ("案号", "法院", "我方编号", "状态")

_NAMES: Final[Mapping[StrEnum, str]] = MappingProxyType(
    {
        ExchangeState.READ: "已试读，等核对",
        ExchangeState.KEPT: "已核对",
        ExchangeState.DROPPED: "作废",
        ExchangeVerdict.SAME: "一致",
        ExchangeVerdict.DIFFERS: "不一致",
        ExchangeVerdict.UNKNOWN: "我方没有",
        ExchangeVerdict.MISSING: "法院表里没有",
        ExchangeVerdict.WRONG: "有误",
        ExchangeReason.COURT_AHEAD: "法院已更新，我方还没有登记",
        ExchangeReason.WE_AHEAD: "我方已登记，法院还没有更新",
        ExchangeReason.WRONG_NUMBER: "案号或者编号写错，已请对方更正",
        ExchangeReason.NOT_OURS: "不是本镇的案件",
        ExchangeReason.NOT_RECORDED: "我方漏登，正在补登",
    }
)


def name(member: StrEnum) -> str:
    """The Chinese word of one of these."""
    return _NAMES[member]


def names(words: type[StrEnum]) -> dict[str, str]:
    """The codes of one vocabulary with their words, in its order."""
    return {each.value: _NAMES[each] for each in words}
