"""The letters of Monday 周报: the whole one, and the one of lawsuits and suggestions alone."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Letter(StrEnum):
    """Which letter somebody has ordered."""

    WEEK = "week"  # 周报
    SUITS = "suits"  # 应诉与办复周报


NAMES: Final[Mapping[Letter, str]] = MappingProxyType(
    {Letter.WEEK: "周报", Letter.SUITS: "应诉与办复周报"}
)
