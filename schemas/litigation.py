"""Shapes of what the court counts of a month 诉源治理."""

from marshmallow import fields, validate

from schemas.base import Day, Flag, Id, Strict, Text

UP_TO = validate.Range(0, 1_000_000, error="应为 0 到 1000000 的整数")


class MonthIn(Strict):
    """The counts of one month, and who told them; `month` is any day of it."""

    month = Day(required=True, error_messages={"required": "请填写月份"})
    civil = fields.Integer(required=True, strict=True, validate=UP_TO)
    administrative = fields.Integer(required=True, strict=True, validate=UP_TO)
    settled_before = fields.Integer(required=True, strict=True, validate=UP_TO)
    turned_criminal = fields.Integer(required=True, strict=True, validate=UP_TO)
    source = Text(required=True, most=100, error_messages={"required": "请填写数据出处"})


class BriefLitigationOut(Strict):
    """What the court counted in one month."""

    id = Id()
    month = Day()
    civil = fields.Integer()
    administrative = fields.Integer()
    settled_before = fields.Integer()
    turned_criminal = fields.Integer()
    source = fields.String()
    counted = Flag()
