"""Formulas of the figures 指标: exact, each with its denominator; a rate of nothing is None."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Self

from config.vocabulary import Outcome, WithdrawalCause
from service.errors import Invalid

# 调解成功率 = 达成协议 ÷ 调解终结（达成、不成、终止）; law.md §6
MEDIATION_ENDED: Final = (Outcome.AGREED, Outcome.NOT_AGREED, Outcome.TERMINATED)
# closed without a mediation that could have succeeded: shown beside the rate, not in it
BESIDE: Final = (Outcome.WITHDRAWN, Outcome.DECLINED, Outcome.GUIDED)
# 撤诉率 = 准许撤诉 ÷ 一审审结; 按撤诉处理 is decided but not permitted on request
PERMITTED: Final = (WithdrawalCause.OWN, WithdrawalCause.ACT_CHANGED, WithdrawalCause.SETTLED)
# 撤诉 counts these; 撤回上诉 leaves the judgment standing and has a line of its own
WITHDRAWN: Final = (*PERMITTED, WithdrawalCause.DEEMED)
LEAST: Final = 5  # cases of which a percentage is told


@dataclass(frozen=True, slots=True)
class Period:
    """Office dates from `start_on` up to, not including, `end_on`."""

    start_on: date
    end_on: date

    def __post_init__(self) -> None:
        if self.end_on <= self.start_on:
            raise Invalid({"to": ["结束日期应晚于开始日期，且不含当天"]})


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many; `value` is exact."""

    numerator: int = 0
    denominator: int = 0

    @property
    def value(self) -> Fraction | None:
        """The share, or None when there was nothing to share."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def is_small(self) -> bool:
        """Whether so few are counted that a percentage would say more than is known."""
        return 0 < self.denominator < LEAST

    def __add__(self, other: Self) -> Self:
        return type(self)(self.numerator + other.numerator, self.denominator + other.denominator)


@dataclass(frozen=True, slots=True)
class Flow:
    """What was there, what came, what went 期初、受理、重新办理、办结."""

    opening: int = 0
    received: int = 0
    reopened: int = 0
    closed: int = 0

    @property
    def closing(self) -> int:
        """What is left 在办: opening + received + reopened − closed."""
        return self.opening + self.received + self.reopened - self.closed

    @property
    def growth(self) -> int:
        """By how much the open disputes grew; negative when they shrank."""
        return self.closing - self.opening

    @property
    def is_still(self) -> bool:
        """Whether nothing came and nothing went."""
        return not (self.received or self.reopened or self.closed)

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.opening + other.opening,
            self.received + other.received,
            self.reopened + other.reopened,
            self.closed + other.closed,
        )


def success(outcomes: Mapping[Outcome, int]) -> Rate:
    """The mediation success rate 调解成功率 of closed episodes counted by outcome."""
    ended = sum(outcomes.get(outcome, 0) for outcome in MEDIATION_ENDED)
    return Rate(outcomes.get(Outcome.AGREED, 0), ended)


def withdrawn(causes: Mapping[WithdrawalCause, int]) -> int:
    """Suits withdrawn 撤诉, by their causes; withdrawn appeals do not count."""
    return sum(causes.get(cause, 0) for cause in WITHDRAWN)
