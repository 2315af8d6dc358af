"""Shapes of the calendar 工作日历: a year, its versions, a draft, what it moves, a due date."""

from marshmallow import fields, validate

from config.calendar import MOST_ROWS
from config.vocabulary import ClockKind, TimeUnit
from schemas.base import Day, Flag, Id, PageQuery, Strict, Text, Word
from schemas.clock import ClockBasisOut, DayOut


class OffIn(Strict):
    """Days off 放假 for one feast, both ends included."""

    name = Text(required=True, most=20)
    from_on = Day(required=True, data_key="from")
    to_on = Day(required=True, data_key="to")


class MakeupIn(Strict):
    """A weekend day that is worked 调休上班."""

    name = Text(required=True, most=20)
    on = Day(required=True)


def _most(what: str) -> validate.Length:
    return validate.Length(max=MOST_ROWS, error=f"{what}最多 {MOST_ROWS} 行")


class CalendarDraftIn(Strict):
    """A year as it is drawn up: every row of its notice, and which notice that is."""

    off = fields.List(fields.Nested(OffIn), required=True, validate=_most("放假"))
    work = fields.List(fields.Nested(MakeupIn), load_default=list, validate=_most("调休上班"))
    source = Text(required=True, most=200)


class CalendarExplainQuery(Strict):
    """Which term, and from when: a date, or for hours an instant."""

    rule = Text(required=True, most=30)
    start = Text(required=True, most=40, data_key="from")


class CalendarMovesQuery(PageQuery):
    """A page of what moves."""


class CalendarDaysOut(Strict):
    """The rows of a year."""

    off = fields.List(fields.Nested(OffIn))
    work = fields.List(fields.Nested(MakeupIn))


class CalendarVersionOut(CalendarDaysOut):
    """One version of a year; without `signed_at` it is a draft."""

    id = Id()
    year = fields.Integer()
    number = fields.Integer()
    source = fields.String()
    drafted_by = fields.String()
    drafted_at = fields.AwareDateTime(format="iso")
    signed_by = fields.String(allow_none=True)
    signed_at = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()


class CalendarYearOut(CalendarDaysOut):
    """A year as it is in force, with its versions; `calendar` is the version of the whole."""

    year = fields.Integer()
    published = Flag()
    calendar = fields.Integer()
    versions = fields.List(fields.Nested(CalendarVersionOut))


class CalendarCountsOut(Strict):
    """How much moves."""

    looked_at = fields.Integer()
    later = fields.Integer()
    earlier = fields.Integer()
    firmed = fields.Integer()
    loosened = fields.Integer()
    requests = fields.Integer()


class CalendarMoveOut(Strict):
    """One running term that moves; a restricted dispute does not say which term it is."""

    clock = Id()
    number = fields.String()
    restricted = Flag()
    organisation = fields.String(allow_none=True)
    rule = fields.String(allow_none=True)
    due_before = Day()
    due_after = Day()
    provisional_before = Flag()
    provisional_after = Flag()


class CalendarMovesOut(Strict):
    """A page of them, and on the first page how many there are in all."""

    items = fields.List(fields.Nested(CalendarMoveOut))
    next_cursor = fields.String(allow_none=True)
    counts = fields.Nested(CalendarCountsOut)


class CalendarExplanationOut(Strict):
    """A due date with its day-by-day table."""

    rule = fields.String()
    name = fields.String()
    kind = Word(ClockKind)
    unit = Word(TimeUnit)
    start = fields.String(data_key="from")
    in_force = Flag()
    raw_due_on = fields.String()
    due_on = fields.String()
    provisional = Flag()
    basis = fields.List(fields.Nested(ClockBasisOut))
    note = fields.String()
    days = fields.List(fields.Nested(DayOut))
