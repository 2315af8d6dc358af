"""Shapes of duty lists 值班表."""

from marshmallow import fields

from config.vocabulary import DayKind
from schemas.base import Day, Flag, Id, Strict, Text, Word


class DutyIn(Strict):
    """Who is on duty: `day` as people write it (周一至周五, 2026-12-01), names parted by 、."""

    day = Text(required=True, most=40)
    names = Text(required=True, most=200)
    holidays = Flag(load_default=False)


class DutyQuery(Strict):
    """Which month, 2026-11; this one when it is left out."""

    month = fields.String(load_default=None)


class DutyDayOut(Strict):
    """One day of a month; `gap`: nobody is on duty on a day somebody should be."""

    on = Day()
    names = fields.List(fields.String())
    kind = Word(DayKind)
    called = fields.String()
    instead = fields.Boolean()
    gap = fields.Boolean()


class DutyMonthOut(Strict):
    """A month of one unit."""

    organisation = Id()
    month = fields.String()
    days = fields.List(fields.Nested(DutyDayOut))
