"""Shapes of reviews of dossiers 案卷评查."""

from marshmallow import fields

from schemas.base import Count, Day, Strict


class DrawIn(Strict):
    """Which closed dossiers to draw of, and how many."""

    closed_from = Day(required=True)
    closed_until = Day(required=True)
    size = Count(required=True, most=50)


class FindingsIn(Strict):
    """The answer to each item, and words where one fails."""

    answers = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    findings = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
