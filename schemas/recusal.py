"""Shapes of requests for recusal 申请回避 and what was decided."""

from marshmallow import fields

from config.mediator_word import RecusalState
from schemas.base import Day, Flag, Id, Strict, Text, Word


class RecusalIn(Strict):
    """A party does not want this mediator; `party` null is somebody told in the words."""

    party = Id(load_default=None, allow_none=True)
    reason = Text(lines=True, required=True, most=500, least=2)


class RecusalDecisionIn(Strict):
    """Granted, with who is named instead, or not; why."""

    granted = Flag(required=True)
    mediator = Id(load_default=None, allow_none=True)
    words = Text(lines=True, required=True, most=500, least=2)


class RecusalOut(Strict):
    """One request; its words are null for who may not read the dispute."""

    id = Id()
    mediator = fields.String()
    mediator_id = Id()
    party = Id(attribute="party_id", allow_none=True)
    state = Word(RecusalState)
    asked_on = Day()
    reason = fields.String(allow_none=True)
    asked_by = fields.String()
    decided_at = fields.AwareDateTime(format="iso", allow_none=True)
    decided_by = fields.String(allow_none=True)
    words = fields.String(allow_none=True)
    successor = fields.String(allow_none=True)


class RecusalsOut(Strict):
    """All of a dispute, in their order."""

    items = fields.List(fields.Nested(RecusalOut))
