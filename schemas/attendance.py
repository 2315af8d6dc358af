"""Shapes of attendance 签到."""

from marshmallow import fields

from schemas.base import Day, Id, Instant, Strict, Text


class SignInUnitIn(Strict):
    """Who came; left out it is who is on duty there."""

    name = Text(load_default="", least=0, most=80)


class ComingOut(Strict):
    """One coming."""

    on = Day()
    name = fields.String()
    asked_at = Instant()
    came_at = Instant()


class CalledForOut(Strict):
    """One day or call that was due, and what came of it."""

    on = Day()
    asked_at = Instant()
    came = fields.Boolean()
    comings = fields.List(fields.Nested(ComingOut))


class AttendanceOut(Strict):
    """A unit over a month, with exactly the rows behind the number."""

    organisation = Id()
    name = fields.String()
    numerator = fields.Integer()
    denominator = fields.Integer()
    rows = fields.List(fields.Nested(CalledForOut))
    beside = fields.List(fields.Nested(ComingOut))


class AttendanceListOut(Strict):
    """Every unit over a month."""

    month = fields.String()
    items = fields.List(fields.Nested(AttendanceOut))
    next_cursor = fields.String()


class NotedOut(Strict):
    """What was noted."""

    id = Id()
