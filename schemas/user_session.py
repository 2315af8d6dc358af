"""Shapes of sessions 会话: where somebody is signed in; never a token."""

from marshmallow import fields

from schemas.base import Id, Strict


class UserSessionOut(Strict):
    """One running session; `current` is the one that asks."""

    id = Id()
    started_at = fields.AwareDateTime(format="iso")
    seen_at = fields.AwareDateTime(format="iso")
    expires_at = fields.AwareDateTime(format="iso")
    address = fields.String()
    device = fields.String()
    current = fields.Boolean()


class UserSessionListOut(Strict):
    """One's own running sessions, the newest first."""

    items = fields.List(fields.Nested(UserSessionOut))
    next_cursor = fields.String()
