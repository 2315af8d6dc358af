"""Shapes of the category suggestion 类别建议."""

from marshmallow import fields

from schemas.base import Strict, Text


class NarrativeIn(Strict):
    """What somebody tells; nothing of it is stored."""

    narrative = Text(lines=True, required=True, most=5000)


class SuggestionOut(Strict):
    """A category, how much speaks for it, and the words that do."""

    code = fields.String()
    label = fields.String()
    score = fields.Integer()
    words = fields.List(fields.String())


class SuggestionsOut(Strict):
    """At most three, the likeliest first; none when too little speaks for any."""

    items = fields.List(fields.Nested(SuggestionOut))
