"""Shapes of guidance 指导记录."""

from marshmallow import fields

from schemas.base import Day, Id, PageQuery, Strict, Text


class GuidanceIn(Strict):
    """What a justice office did at a committee; what follows comes with its day."""

    committee = Id(required=True)
    guided_on = Day(required=True)
    guided_by = Text(required=True, most=80)
    topic = fields.String(required=True)
    finding = Text(required=True, lines=True, most=2000)
    follow_up = Text(load_default=None, allow_none=True, lines=True, most=1000)
    follow_up_on = Day(load_default=None, allow_none=True)


class GuidanceQuery(PageQuery):
    """The query of the log; `open` leaves out what is settled."""

    open = fields.Boolean(load_default=False)


class GuidanceOut(Strict):
    """One entry of the log."""

    id = Id()
    organisation = fields.String()
    committee_id = Id()
    committee = fields.String()
    guided_on = Day()
    guided_by = fields.String()
    topic = fields.String()
    finding = fields.String()
    follow_up = fields.String()
    follow_up_on = Day()
    done_on = Day()


class GuidanceListOut(Strict):
    """The log, newest first."""

    items = fields.List(fields.Nested(GuidanceOut))
    next_cursor = fields.String()
