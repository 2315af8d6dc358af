"""Shapes of merges 并案: which dispute goes into this one and why, and parting them again."""

from marshmallow import fields

from schemas.base import Day, Id, Strict, Text


class MergeIn(Strict):
    """The number of the dispute that goes into this one, and why."""

    number = Text(required=True, most=40)
    reason = Text(lines=True, required=True, most=500)


class UndoIn(Strict):
    """Why the two are no one matter after all."""

    reason = Text(lines=True, required=True, most=500)


class MergedOut(Strict):
    """A dispute that went into this one; `undone_until` is the last day to part them."""

    merge = Id(attribute="merge_id")
    id = Id()
    number = fields.String()
    category = fields.String()
    registered_on = Day()
    narrative = fields.String()
    merged_at = fields.AwareDateTime(format="iso")
    merged_by = fields.String()
    reason = fields.String()
    undone_until = Day()


class MergesOut(Strict):
    """What went into a dispute, the first to come first."""

    items = fields.List(fields.Nested(MergedOut))
