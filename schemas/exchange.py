"""Shapes of exchanging figures with the court 数据交换."""

from marshmallow import fields, validate

from config.exchange import ExchangeReason, ExchangeState, ExchangeVerdict
from schemas.base import Count, Id, Strict, Word

MOST_REASONS = 4000


class ExchangeFileIn(Strict):
    """The court's sheet, a part of the multipart body."""

    file = fields.Raw(
        required=True,
        error_messages={"required": "请选择文件"},
        metadata={"type": "string", "format": "binary"},
    )


class ExchangeReasonIn(Strict):
    """Why a row differs."""

    ordinal = Count(required=True)
    reason = Word(ExchangeReason, required=True)


class ExchangeKeepIn(Strict):
    """The reasons of all rows that differ."""

    reasons = fields.List(
        fields.Nested(ExchangeReasonIn),
        load_default=list,
        validate=validate.Length(max=MOST_REASONS, error="太多了"),
    )


class ExchangeRowOut(Strict):
    """One row of a sheet, beside what we have."""

    ordinal = fields.Integer()
    place = fields.Integer()
    verdict = Word(ExchangeVerdict)
    case_number = fields.String()
    number = fields.String()
    theirs = fields.String()
    ours = fields.String()
    problem = fields.String()
    reason = Word(ExchangeReason)


class ExchangeOut(Strict):
    """One sheet that came."""

    id = Id()
    state = Word(ExchangeState)
    read_by = fields.String()
    read_at = fields.AwareDateTime(format="iso")
    settled_at = fields.AwareDateTime(format="iso")
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    version = fields.Integer()


class ExchangeDetailOut(Strict):
    """One sheet with its rows."""

    sheet = fields.Nested(ExchangeOut)
    rows = fields.List(fields.Nested(ExchangeRowOut))


class ExchangePageOut(Strict):
    """A page of sheets; `total` only when asked for."""

    items = fields.List(fields.Nested(ExchangeOut))
    next_cursor = fields.String()
    total = fields.Integer()
