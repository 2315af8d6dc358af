"""The shape of an event 事件."""

from marshmallow import fields

from schemas.base import Strict


class EventOut(Strict):
    """One thing that happened."""

    happened_at = fields.AwareDateTime(format="iso")
    actor = fields.String()
    organisation = fields.String()
    action = fields.String()
    from_status = fields.String()
    to_status = fields.String()
    reason = fields.String()
    detail = fields.Dict()
