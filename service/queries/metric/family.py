"""Which noun counts which figure 指标: one line for each kind of rows."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from service.queries.metric import (
    consultation,
    dispute,
    lawsuit,
    litigation,
    plan_entry,
    suggestion,
)
from service.queries.metric.measure import Measure
from service.rules.metric import Family, Metric

FAMILIES: Final[Mapping[Family, Mapping[str, Measure]]] = MappingProxyType(
    {
        Family.DISPUTE: dispute.MEASURES,
        Family.LAWSUIT: lawsuit.MEASURES,
        Family.LITIGATION: litigation.MEASURES,
        Family.CONSULTATION: consultation.MEASURES,
        Family.SUGGESTION: suggestion.MEASURES,
        Family.PLAN_ENTRY: plan_entry.MEASURES,
    }
)


def measure(metric: Metric) -> Measure:
    """How a figure is counted."""
    return FAMILIES[metric.family][metric.id]
