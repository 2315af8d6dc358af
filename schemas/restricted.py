"""Shapes of the restricted class 受限: naming, breaking the glass, marking."""

from marshmallow import fields

from schemas.base import Flag, Id, Strict, Text

REASON = {"required": "请写明理由"}


class ReasonIn(Strict):
    """Why: of asking to break the glass, marking, unmarking."""

    reason = Text(required=True, most=500, error_messages=REASON)


class NamedIn(ReasonIn):
    """Somebody to be named, and why."""

    person = Id(required=True, error_messages={"required": "请选择指定谁"})


class DecisionIn(Strict):
    """Agreeing to break the glass, or not; a refusal says why."""

    agree = Flag(required=True, error_messages={"required": "请选择同意还是不同意"})
    reason = Text(load_default=None, allow_none=True, most=500)


class NamedOut(Strict):
    """One naming."""

    id = Id()
    person_id = Id()
    person = fields.String()
    organisation = fields.String()
    named_by = fields.String()
    named_at = fields.AwareDateTime(format="iso")
    ended_at = fields.AwareDateTime(format="iso")


class NamedPageOut(Strict):
    """Everybody who is or was named."""

    items = fields.List(fields.Nested(NamedOut))


class GlassOut(Strict):
    """One breaking of the glass; `reason` only for who decides it now."""

    id = Id()
    number = fields.String()
    organisation = fields.String()
    asker = fields.String()
    asker_organisation = fields.String()
    asked_at = fields.AwareDateTime(format="iso")
    state = fields.String()
    decided_by = fields.String()
    decided_at = fields.AwareDateTime(format="iso")
    until = fields.AwareDateTime(format="iso")
    ended_at = fields.AwareDateTime(format="iso")
    reason = fields.String()


class GlassPageOut(Strict):
    """A page of them."""

    items = fields.List(fields.Nested(GlassOut))
    next_cursor = fields.String()
