"""Shapes of the citizen's slip 办理进度: what is typed from it, and the little it is told."""

from marshmallow import fields

from schemas.base import Day, Strict, Text


class ProgressIn(Strict):
    """Number and code as typed; spaces, width and case are cleaned where they are compared."""

    number = Text(required=True, most=60)
    code = Text(required=True, most=60)


class ProgressOut(Strict):
    """The stage, the unit, the date of the next thing; nothing else."""

    stage = fields.String()
    organisation = fields.String()
    next_on = Day()
