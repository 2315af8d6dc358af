"""Figures 指标 for programs: the number, its groups, exactly the rows behind it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask import Response

from schemas.base import Strict
from schemas.consultation import BriefConsultationOut
from schemas.dispute import BriefRowOut
from schemas.lawsuit import BriefLawsuitOut
from schemas.litigation import BriefLitigationOut
from schemas.metric import GROUPS, MetricOut, MetricQuery, MetricRowsQuery
from schemas.plan_entry import BriefEntryOut
from schemas.suggestion import BriefSuggestionOut
from service.queries import metric as queries
from service.queries.metric import Question
from service.rules import access
from service.rules import metric as rules
from service.rules.metric import Family
from service.rules.statistics import Period
from service.web.door import action, actor, answer, desk, now
from service.web.page import answer_page
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-metric", __name__, url_prefix="/api/v1/metrics", description="指标")
# what is told of the rows of each kind
SHAPES: Final[Mapping[Family, type[Strict]]] = MappingProxyType(
    {
        Family.DISPUTE: BriefRowOut,
        Family.LAWSUIT: BriefLawsuitOut,
        Family.LITIGATION: BriefLitigationOut,
        Family.CONSULTATION: BriefConsultationOut,
        Family.SUGGESTION: BriefSuggestionOut,
        Family.PLAN_ENTRY: BriefEntryOut,
    }
)


@blp.get("/<metric_id>")
@action("metric.read")
@blp.arguments(MetricQuery, location="query")
@blp.response(200, MetricOut)
def read(query: dict[str, Any], metric_id: str) -> Response:
    """One figure in a period, split when asked for."""
    view = queries.figure(_question(metric_id, query), by=query["group_by"], policy=desk().policy)
    left_out = [
        name for name in ("groups", "not_yet_due", "objected") if getattr(view, name) is None
    ]
    shown = MetricOut(exclude=left_out).dump(view)
    return answer(shown)


@blp.get("/<metric_id>/rows")
@action("metric.read")
@blp.arguments(MetricRowsQuery, location="query")
@blp.response(200)
def rows(query: dict[str, Any], metric_id: str) -> Response:
    """The rows behind a figure: as many as it counts, for a rate all of its denominator."""
    question = _question(metric_id, query)
    page = queries.page(question, limit=query["limit"], cursor=query["cursor"])
    return answer_page(page, SHAPES[question.metric.family]().dump)


def _question(metric_id: str, query: dict[str, Any]) -> Question:
    return Question(
        metric=rules.find(metric_id),
        period=Period(query["start_on"], query["end_on"]),
        today=desk().today(now()),
        scope=access.scope(actor(), "metric.read", desk().policy.access),
        narrowed={group: query[group] for group in GROUPS if group in query},
    )
