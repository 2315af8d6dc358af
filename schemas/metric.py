"""Shapes of figures 指标: what is asked, the number, the rows behind it."""

from fractions import Fraction
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from config.suggestion import SuggestionKind, SuggestionStatus
from config.vocabulary import (
    DisputeStatus,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    Source,
    WithdrawalCause,
)
from schemas.base import Day, Flag, Id, Strict, Word


class Exact(fields.Field[Fraction]):
    """A number as exact as JSON has it: a whole one as such, a share as a decimal fraction."""

    def _serialize(self, value: Fraction | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None:
            return None
        return int(value) if value.denominator == 1 else float(value)


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
        validate=validate.OneOf(
            [
                "category",
                "channel",
                "organisation",
                "village",
                "source",
                "cause",
                "kind",
                "preceded",
                "month",
            ],
            error="不能按这一项分组",
        ),
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
    """One figure; the value of nothing is null, a plain count has no denominator.

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


class BriefRowOut(Strict):
    """One dispute behind a figure: number, category, unit, stage, due; nothing of its people."""

    number = fields.String()
    ordinal = fields.Integer()
    category = fields.String()
    status = Word(DisputeStatus)
    organisation = fields.String()
    due_on = Day()
    due_provisional = Flag()
    due_paused = Flag()
    overdue = Flag()
    restricted = Flag()
    parties = fields.Function(lambda row: "受限" if row.restricted else None)
    counted = Flag()


class BriefLawsuitOut(Strict):
    """One lawsuit behind a figure."""

    id = Id()
    case_number = fields.String()
    procedure = Word(LawsuitProcedure)
    instance = Word(LawsuitInstance)
    court = fields.String()
    organisation = fields.String()
    served_on = Day()
    decided_on = Day()
    status = Word(LawsuitStatus)
    outcome = Word(LawsuitOutcome)
    withdrawal_cause = Word(WithdrawalCause)
    counted = Flag()


class BriefConsultationOut(Strict):
    """One consultation behind a figure; no word of it."""

    id = Id()
    number = fields.String()
    asked_on = Day()
    source = Word(Source)
    category = fields.String()
    organisation = fields.String()
    counted = Flag()


class BriefSuggestionOut(Strict):
    """One letter behind a figure; no word of what it demands."""

    id = Id()
    number = fields.String()
    kind = Word(SuggestionKind)
    issuer = fields.String()
    document_number = fields.String()
    organisation = fields.String()
    received_on = Day()
    owed_on = Day()
    due_on = Day()
    first_replied_on = Day()
    status = Word(SuggestionStatus)
    round = fields.Integer()
    late = Flag()
    overdue = Flag()
    counted = Flag()


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
