"""Shapes of shares 共享."""

from marshmallow import fields

from config.vocabulary import SharePurpose
from schemas.base import Day, Id, Strict, Text, Word


class ShareIn(Strict):
    """With whom, what for, on what basis, until which day, that one included."""

    organisation = Id(required=True, error_messages={"required": "请选择共享给哪个单位"})
    purpose = Word(SharePurpose, required=True, error_messages={"required": "请选择做什么用"})
    basis = Text(load_default=None, allow_none=True, most=200)
    until = Day(required=True, error_messages={"required": "请填写共享到哪天"})


class ShareOut(Strict):
    """One share."""

    id = Id()
    organisation_id = Id()
    organisation = fields.String()
    purpose = Word(SharePurpose)
    basis = fields.String()
    shared_by = fields.String()
    shared_at = fields.AwareDateTime(format="iso")
    until = fields.AwareDateTime(format="iso")
    ended_at = fields.AwareDateTime(format="iso")
    running = fields.Boolean()


class SharePageOut(Strict):
    """Every share of a dispute."""

    items = fields.List(fields.Nested(ShareOut))
