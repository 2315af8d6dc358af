"""Shapes of the trail 审计: which entries are asked for, what is shown of one, a verification."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from config.vocabulary import AuditKind, AuditResult
from schemas.base import Day, Id, PageQuery, Sought, Strict, Text, Word

CODE = validate.Regexp(r"[a-z0-9._-]{1,60}\Z", error="应为小写英文代码")


class AuditQuery(PageQuery):
    """Which entries, newest first; `from` and `to` are days of the office, both included."""

    actor = Id(load_default=None)
    organisation = Id(load_default=None)
    action = Text(load_default=None, most=60, validate=CODE)
    subject = Text(load_default=None, most=30, validate=CODE)
    subject_id = Id(load_default=None)
    number = Sought(load_default=None, most=40)
    kind = Word(AuditKind, load_default=None)
    result = Word(AuditResult, load_default=None)
    first_on = Day(load_default=None, data_key="from")
    last_on = Day(load_default=None, data_key="to")

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        first_on, last_on = data["first_on"], data["last_on"]
        if first_on is not None and last_on is not None and last_on < first_on:
            raise ValidationError("不能早于开始日期", "to")


class AuditEntryOut(Strict):
    """One entry of the trail."""

    seq = fields.Integer()
    happened_at = fields.AwareDateTime(format="iso")
    actor_id = Id()
    actor = fields.String()
    organisation = fields.String()
    roles = fields.List(fields.String())
    address = fields.String()
    action = fields.String()
    subject = fields.String()
    subject_id = Id()
    name = fields.String()
    result = Word(AuditResult)
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    detail = fields.Dict()
    reason = fields.String()
    request_id = fields.String()


class AuditPageOut(Strict):
    """A page of entries."""

    items = fields.List(fields.Nested(AuditEntryOut))
    next_cursor = fields.String()


class VerificationOut(Strict):
    """What a verification found; the entries before `begins_at` were not looked at this time."""

    verdict = fields.String()
    checked = fields.Integer()
    first_bad = fields.Integer()
    why = fields.String()
    begins_at = fields.Integer()
