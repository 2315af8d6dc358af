"""Shapes of what is kept how long 保存期限: what is due, lists of it, what is held back."""

from marshmallow import fields

from config.vocabulary import HoldGround, Kept
from schemas.base import Day, Id, Strict, Text, Word


class KeptOut(Strict):
    """One kind of thing: how long it is kept, how many are due and held back."""

    kept = Word(Kept)
    length = fields.Integer()
    unit = fields.String()
    counted_from = fields.String()
    by = fields.String()
    grade = fields.String()
    basis = fields.String()
    due = fields.Integer()
    stopped = fields.Integer()


class RetentionOut(Strict):
    """Every kind of thing."""

    today = Day()
    items = fields.List(fields.Nested(KeptOut))


class ErasureOut(Strict):
    """One list of what is to be forgotten; numbers only."""

    id = Id()
    standing = fields.String()
    proposed_by = fields.String()
    proposed_at = fields.AwareDateTime(format="iso")
    director = fields.String()
    director_at = fields.AwareDateTime(format="iso")
    secadmin = fields.String()
    secadmin_at = fields.AwareDateTime(format="iso")
    refused_by = fields.String()
    refused_at = fields.AwareDateTime(format="iso")
    run_by = fields.String()
    finished_at = fields.AwareDateTime(format="iso")
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    total = fields.Integer()
    erased = fields.Integer()
    spared = fields.Integer()


class ErasureListOut(Strict):
    """The newest lists."""

    items = fields.List(fields.Nested(ErasureOut))
    next_cursor = fields.String()


class HoldIn(Strict):
    """A dispute to hold back, by its number."""

    number = Text(required=True, most=40, error_messages={"required": "请填写编号"})
    ground = Word(HoldGround, required=True)


class HoldOut(Strict):
    """A dispute that is held back."""

    id = Id()
    number = fields.String()
    ground = Word(HoldGround)
    placed_by = fields.String()
    placed_at = fields.AwareDateTime(format="iso")


class HoldListOut(Strict):
    """Everything that is held back."""

    items = fields.List(fields.Nested(HoldOut))
    next_cursor = fields.String()
