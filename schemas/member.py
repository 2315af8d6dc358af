"""Shapes of member units 成员单位: on what terms, what they take and what they do not."""

from marshmallow import fields, validate

from config.vocabulary import OrganisationKind, SeatKind
from schemas.base import Count, Day, Flag, Id, Strict, Text, Word


class MembershipIn(Strict):
    """The terms of a membership; weekdays are 1 to 7, of a rotating seat alone."""

    joined_on = Day(required=True)
    left_on = Day(load_default=None, allow_none=True)
    inside_town = Flag(load_default=True)
    duty_phone = Text(load_default=None, allow_none=True, most=40)
    takes = fields.List(
        fields.String(), load_default=None, allow_none=True, validate=validate.Length(max=100)
    )
    seat = Word(SeatKind, required=True)
    weekdays = fields.List(Count(most=7), load_default=list, validate=validate.Length(max=7))


class RefusalIn(Strict):
    """A category a unit does not take, why, and the kind of unit that does."""

    category = fields.String(required=True)
    words = Text(required=True, most=200)
    go_to = Word(OrganisationKind, load_default=None, allow_none=True)


class RefusalEndIn(Strict):
    """A category a unit takes again."""

    category = fields.String(required=True)


class RefusedOut(Strict):
    """A category that is not taken."""

    category = fields.String()
    words = fields.String()
    go_to = Word(OrganisationKind)


class SeatOut(Strict):
    """How a unit sat or sits at the centre."""

    kind = Word(SeatKind)
    weekdays = fields.List(fields.Integer())
    from_on = Day()
    until_on = Day()


class MembershipOut(Strict):
    """One membership."""

    organisation = Id(attribute="id")
    name = fields.String()
    joined_on = Day()
    left_on = Day()
    inside_town = fields.Boolean()
    duty_phone = fields.String()
    takes = fields.List(fields.String())
    refuses = fields.List(fields.Nested(RefusedOut))
    seats = fields.List(fields.Nested(SeatOut))
    version = fields.Integer()
