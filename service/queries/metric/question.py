"""What is asked of a figure 指标, and what is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from service.rules.access import Scope
from service.rules.metric import Metric
from service.rules.statistics import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One figure asked for: in which period, narrowed to which groups, by whom.

    `scope` None is the town's own letter, which is nobody's look. `today` judges lateness.
    """

    metric: Metric
    period: Period
    today: date
    scope: Scope | None = None
    narrowed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group of a split figure."""

    metric: Metric
    key: str
    label: str
    numerator: int
    denominator: int | None

    @property
    def value(self) -> Fraction | None:
        """The number of the group; a rate of nothing is None."""
        return self.metric.value(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class MetricView:
    """One figure; `denominator` is None for a plain count, and what it is parts of where a sum is
    no whole number.

    Beside the rates of letters 建议书 stand those `not_yet_due` and those `objected` to.
    """

    metric: Metric
    period: Period
    numerator: int
    denominator: int | None
    groups: tuple[GroupView, ...] | None = None
    not_yet_due: int | None = None
    objected: int | None = None

    @property
    def value(self) -> Fraction | None:
        """The number itself; a rate of nothing is None, one of people is per ten thousand."""
        return self.metric.value(self.numerator, self.denominator)
