"""Shapes of looking at one masked field 脱敏查看."""

from marshmallow import fields

from schemas.base import Strict, Text


class RevealIn(Strict):
    """One field and why; a reason that says nothing is refused by the rules."""

    field = Text(required=True, most=100, error_messages={"required": "请写明要看哪一项"})
    reason = Text(required=True, most=500, error_messages={"required": "请写明为什么要看"})


class RevealOut(Strict):
    """One value in clear."""

    field = fields.String()
    value = fields.String()
    revealed_at = fields.AwareDateTime(format="iso")


class RevealRowOut(Strict):
    """One field that was shown to somebody; never the value."""

    revealed_at = fields.AwareDateTime(format="iso")
    actor = fields.String()
    organisation = fields.String()
    field = fields.String()
    reason = fields.String()


class RevealListOut(Strict):
    """Who was shown what of one dispute."""

    items = fields.List(fields.Nested(RevealRowOut))
