"""Shapes of handing over 交接: who takes what, and what somebody still has in hand."""

from marshmallow import fields

from config.vocabulary import DisputeStatus
from schemas.base import Day, Id, Strict, Word


class HandOverIn(Strict):
    """Who takes over: `successor` everything that `each` gives to nobody else."""

    successor = Id(load_default=None, allow_none=True)
    each = fields.Dict(keys=Id(), values=Id(), load_default=dict)


class CarriedOut(Strict):
    """One open dispute, without its matter."""

    id = Id()
    number = fields.String()
    category = fields.String()
    status = Word(DisputeStatus)
    due_on = Day()
    restricted = fields.Boolean()
    organisation = fields.String()


class InHandOut(Strict):
    """What somebody has in hand; the disputes have to be handed over."""

    disputes = fields.List(fields.Nested(CarriedOut))
    unread_notices = fields.Integer()
    open_shift_notes = fields.Integer()
    restricted = fields.Integer()


class HandedOverOut(InHandOut):
    """What is left after handing over, and how many went to others."""

    handed_over = fields.Integer()
