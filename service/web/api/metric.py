"""Figures 指标 for programs: the number, its groups, exactly the rows behind it."""

from typing import Any, Final

from flask import Response

from schemas.base import Strict
from schemas.metric import (
    BriefConsultationOut,
    BriefLawsuitOut,
    BriefLitigationOut,
    BriefRowOut,
    BriefSuggestionOut,
    MetricOut,
    MetricQuery,
    MetricRowsQuery,
)
from service.queries import metric as queries
from service.queries import metric_row
from service.queries.metric import Question
from service.rules import access
from service.rules import metric as rules
from service.rules.metric import Metric
from service.rules.statistics import Period
from service.web.door import action, actor, answer, desk, now
from service.web.page import answer_page
from service.web.parser import StrictBlueprint

blp = StrictBlueprint("api-metric", __name__, url_prefix="/api/v1/metrics", description="指标")
GROUPS: Final = (
    "category",
    "channel",
    "organisation",
    "village",
    "source",
    "cause",
    "kind",
    "preceded",
    "month",
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
    page = metric_row.page(question, limit=query["limit"], cursor=query["cursor"])
    return answer_page(page, _shape(question.metric)().dump)


def _shape(metric: Metric) -> type[Strict]:
    if metric.is_of_disputes:
        return BriefRowOut
    if metric.is_of_suggestions:
        return BriefSuggestionOut
    if metric.is_of_litigation:
        return BriefLitigationOut
    return BriefConsultationOut if metric.is_of_consultations else BriefLawsuitOut


def _question(metric_id: str, query: dict[str, Any]) -> Question:
    return Question(
        metric=rules.find(metric_id),
        period=Period(query["start_on"], query["end_on"]),
        today=desk().today(now()),
        scope=access.scope(actor(), "metric.read", desk().policy.access),
        narrowed={group: query[group] for group in GROUPS if group in query},
    )
