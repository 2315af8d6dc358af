"""Reports 计划报告 of the yearly plan for programs: what was kept, the year's report, its files."""

from typing import Any, Final

from flask import Response

from schemas.plan_report import (
    PlanReportBodyOut,
    PlanReportIn,
    PlanReportListOut,
    PlanReportOut,
    PlanReportQuery,
)
from service.operations import plan_report as operations
from service.queries import plan_report as queries
from service.queries.plan_report import ReportView
from service.reports import docx
from service.web import plan_report
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint(
    "api-plan-report", __name__, url_prefix="/api/v1/plans", description="年度计划报告"
)
OF_YEAR: Final = "/<int:year>/reports"


@blp.get(OF_YEAR)
@action("plan_report.read")
@blp.response(200, PlanReportListOut)
def listed(year: int) -> Response:
    """The months, quarters and editions of the year's report that were kept, the newest first."""
    found = queries.kept(year, actor=actor(), desk=desk())
    items = [PlanReportOut().dump(each) for each in found]
    return answer({"items": items, "next_cursor": None})


@blp.post(OF_YEAR)
@action("plan.report")
@blp.arguments(PlanReportIn)
@blp.response(201, PlanReportBodyOut)
@idempotent
def prepare(body: dict[str, Any], year: int) -> Response:
    """Make the year's report 年度报告 from what is known now; another person publishes it."""
    operations.prepare(year, body["reason"], actor=actor(), desk=desk(), now=now())
    return _shown(queries.one(year, str(year), actor=actor(), desk=desk()), status=201)


@blp.get(f"{OF_YEAR}/<period>")
@action("plan_report.read")
@blp.arguments(PlanReportQuery, location="query")
@blp.response(200, PlanReportBodyOut)
def read(query: dict[str, Any], year: int, period: str) -> Response:
    """One report as it was frozen, its last edition where none is named."""
    return _shown(_one(year, period, query))


@blp.get(f"{OF_YEAR}/<period>/files/docx")
@action("plan_report.read")
@blp.arguments(PlanReportQuery, location="query")
@blp.response(200)
@noted("export", "plan_report")
def file(query: dict[str, Any], year: int, period: str) -> Response:
    """It as a Word document; `public` is the edition for publication."""
    made = plan_report.document(_one(year, period, query), desk(), public=query["public"])
    response = Response(made, content_type=docx.MEDIA)
    name = plan_report.file_name(period, public=query["public"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blp.post(f"{OF_YEAR}/<int:revision>/publish")
@action("plan.publish")
@blp.response(200, PlanReportBodyOut)
def publish(year: int, revision: int) -> Response:
    """Publish an edition of the year's report. `If-Match` is its ETag."""
    version = required_version()
    operations.publish(year, revision, version=version, actor=actor(), desk=desk(), now=now())
    return _shown(queries.one(year, str(year), revision, actor=actor(), desk=desk()))


def _one(year: int, period: str, query: dict[str, Any]) -> ReportView:
    return queries.one(year, period, query["revision"], actor=actor(), desk=desk())


def _shown(view: ReportView, *, status: int = 200) -> Response:
    return answer(PlanReportBodyOut().dump(view), status=status, version=view.version)
