"""Shapes of carrying a plan over to the next year 结转."""

from marshmallow import fields

from schemas.base import Id, Strict


class PlanCarryIn(Strict):
    """Nothing is said: the whole plan goes along."""


class PlanCarryOut(Strict):
    """The plan of the next year that was made of this one."""

    id = Id(required=True)
    year = fields.Integer(required=True)
