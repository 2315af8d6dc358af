"""Shapes of repeated visits 重复访: when somebody came again, who, what was said."""

from marshmallow import fields

from schemas.base import Count, Day, Flag, Id, Strict, Text


class RepeatIn(Strict):
    """One visit about a dispute that is registered; `new_facts` make another dispute of it."""

    came_on = Day(required=True)
    party = Id(load_default=None, allow_none=True)
    words = Text(lines=True, load_default=None, allow_none=True, most=1000)
    new_facts = Flag(load_default=False)


class CardIn(RepeatIn):
    """The same of a dispute the clerk may not open, by its number and the visitor's ID card."""

    number = Text(required=True, most=40)
    id_number = Text(required=True, most=300)


class RepeatOut(Strict):
    """One visit; `ordinal` counts the registration as the first."""

    id = Id()
    ordinal = Count()
    came_on = Day()
    party = Id(attribute="party_id", allow_none=True)
    words = fields.String(allow_none=True)
    organisation = fields.String()
    recorded_by = fields.String()
    recorded_at = fields.AwareDateTime(format="iso")


class RepeatsOut(Strict):
    """All of them, and whether so many in so short a time have to be looked at."""

    items = fields.List(fields.Nested(RepeatOut))
    review = Flag()


class TakenOut(Strict):
    """That a visit was taken down; nothing of the dispute is told."""

    number = fields.String()
    ordinal = Count()
