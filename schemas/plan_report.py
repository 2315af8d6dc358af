"""Shapes of reports 计划报告 of the yearly plan."""

from marshmallow import fields, validate

from config.plan import PlanReportKind
from schemas.base import Id, Strict, Text, Word


class PlanReportIn(Strict):
    """Make the year's report; a later edition says why."""

    reason = Text(most=500, allow_none=True, load_default=None)


class PlanReportOut(Strict):
    """One report that was kept, without what it tells."""

    id = Id(required=True)
    kind = Word(PlanReportKind, required=True)
    period = fields.String(required=True)
    revision = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)


class PlanReportListOut(Strict):
    """The reports of a year's plan, the newest first."""

    items = fields.List(fields.Nested(PlanReportOut), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PlanReportBodyOut(PlanReportOut):
    """One report, and what it tells, as it was frozen."""

    body = fields.Dict(required=True)


class PlanReportQuery(Strict):
    """Which edition of a report, and whether as it is published."""

    revision = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(1, 10_000)
    )
    public = fields.Boolean(load_default=False)
