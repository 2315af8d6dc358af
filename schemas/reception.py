"""Shapes of reception days 接访日程."""

from marshmallow import fields

from config.vocabulary import DisputeStatus
from schemas.base import Day, Id, Strict, Text, Word


class Hour(fields.Time):
    """A time of the day, 09:00."""

    default_error_messages = {  # noqa: RUF012 -- as marshmallow declares it
        "invalid": "时间应写作 09:00",
        "format": "时间应写作 09:00",
        "required": "请填写时间",
        "null": "请填写时间",
    }


class ReceptionIn(Strict):
    """A reception to plan; the hours are those of the office."""

    leader = Id(required=True, error_messages={"required": "请选择接访领导"})
    on = Day(required=True, error_messages={"required": "请填写日期"})
    begins = Hour(format="%H:%M", required=True)
    ends = Hour(format="%H:%M", required=True)
    place = Text(required=True, most=60, error_messages={"required": "请填写地点"})


class ReceptionQuery(Strict):
    """Which month, 2026-11; this one when it is left out."""

    month = fields.String(load_default=None)


class ReceptionVisitIn(Strict):
    """Which dispute was brought, by its number."""

    number = Text(required=True, most=40, error_messages={"required": "请填写登记编号"})


class ReceptionOut(Strict):
    """One reception."""

    id = Id()
    leader_id = Id()
    leader = fields.String()
    on = Day()
    starts_at = fields.AwareDateTime(format="iso")
    ends_at = fields.AwareDateTime(format="iso")
    place = fields.String()
    planned_by = fields.String()
    called_off_at = fields.AwareDateTime(format="iso")
    visits = fields.Integer()


class ReceptionMonthOut(Strict):
    """The receptions of a month."""

    month = fields.String()
    items = fields.List(fields.Nested(ReceptionOut))


class ReceptionVisitOut(Strict):
    """A dispute that was brought; no category of a restricted one."""

    id = Id()
    number = fields.String()
    category = fields.String()
    status = Word(DisputeStatus)
    restricted = fields.Boolean()
    organisation = fields.String()
    noted_by = fields.String()
    noted_at = fields.AwareDateTime(format="iso")
    may_withdraw = fields.Boolean()


class ReceptionFullOut(Strict):
    """One reception with what was brought to it."""

    row = fields.Nested(ReceptionOut)
    visits = fields.List(fields.Nested(ReceptionVisitOut))
    may_plan = fields.Boolean()
    may_note = fields.Boolean()
