"""Shapes of links 关联 between disputes: a decision, and what a dispute is tied to."""

from marshmallow import fields

from config.vocabulary import LinkRelation, MatchReason
from schemas.base import Id, Strict, Word


class LinkOut(Strict):
    """Another dispute and what was decided about the two, as the caller may see it."""

    number = fields.String()
    organisation = fields.String(allow_none=True)
    relation = Word(LinkRelation)
    reasons = fields.List(Word(MatchReason))
    id = Id(allow_none=True)
    category = fields.String(allow_none=True)


class LinksOut(Strict):
    """What a dispute is tied to."""

    items = fields.List(fields.Nested(LinkOut))
