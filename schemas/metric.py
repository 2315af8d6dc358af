"""Shapes of figures 指标: what is asked, and the number; its rows are their nouns' own."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.base import Day, Strict

# what a figure may be narrowed to, or split by, if its rows have it
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


class Exact(fields.Field[Fraction]):
    """A number as exact as JSON has it: a whole one as such, a share as a decimal fraction."""

    def _serialize(
        self, value: Fraction | Decimal | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> Any:
        if value is None:
            return None
        exact = Fraction(value)
        return int(exact) if exact.denominator == 1 else float(exact)


class PeriodQuery(Strict):
    """The period, the second date not included, and what the figure is narrowed to."""

    start_on = Day(required=True, data_key="from")
    end_on = Day(required=True, data_key="to")
    category = fields.String(validate=validate.Length(max=60))
    channel = fields.String(validate=validate.Length(max=60))
    organisation = fields.String(validate=validate.Length(max=60))
    village = fields.String(validate=validate.Length(max=60))
    source = fields.String(validate=validate.Length(max=60))
    cause = fields.String(validate=validate.Length(max=60))
    kind = fields.String(validate=validate.Length(max=60))
    preceded = fields.String(validate=validate.OneOf(["yes", "no"], error="没有这个选项"))
    month = fields.String(validate=validate.Length(max=60))

    @validates_schema
    def _runs_forward(self, data: dict[str, object], **kwargs: object) -> None:
        start_on, end_on = data.get("start_on"), data.get("end_on")
        if start_on and end_on and str(end_on) <= str(start_on):
            raise ValidationError("结束日期应晚于开始日期，且不含当天", "to")


class MetricQuery(PeriodQuery):
    """One figure, split or not."""

    group_by = fields.String(
        load_default=None,
        validate=validate.OneOf(GROUPS, error="不能按这一项分组"),
    )


class MetricRowsQuery(PeriodQuery):
    """A page of the rows behind one figure."""

    limit = fields.Integer(
        load_default=25, validate=validate.Range(1, 200, error="应在 1 到 200 之间")
    )
    cursor = fields.String(load_default=None, validate=validate.Length(max=400))


class GroupOut(Strict):
    """One group of a split figure."""

    key = fields.String()
    label = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    value = Exact()


class MetricOut(Strict):
    """One figure; the value of nothing is null, a plain count has no denominator, and what was
    added up in halves comes as so many parts of one.

    `not_yet_due` stands beside the rates of letters 建议书 and that of duties 履行, `objected`
    beside those of letters alone.
    """

    id = fields.String(attribute="metric.id")
    label = fields.String(attribute="metric.label")
    definition = fields.String(attribute="metric.definition")
    start_on = Day(attribute="period.start_on", data_key="from")
    end_on = Day(attribute="period.end_on", data_key="to")
    numerator = fields.Integer()
    denominator = fields.Integer()
    value = Exact()
    not_yet_due = fields.Integer()
    objected = fields.Integer()
    groups = fields.List(fields.Nested(GroupOut))
