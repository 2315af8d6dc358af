"""The shape of an event 事件."""

from typing import Any, Final

from marshmallow import fields

from schemas.base import Strict

OF_ANOTHER: Final = frozenset({"other", "matched_by"})


class EventOut(Strict):
    """One thing that happened."""

    happened_at = fields.AwareDateTime(format="iso")
    actor = fields.String()
    organisation = fields.String()
    action = fields.String()
    from_status = fields.String()
    to_status = fields.String()
    reason = fields.String()
    detail = fields.Method("_told")

    def _told(self, event: Any) -> dict[str, Any]:
        """The detail without what names another dispute, which its reader may not see."""
        return {name: each for name, each in event.detail.items() if name not in OF_ANOTHER}
