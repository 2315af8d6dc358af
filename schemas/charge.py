"""Shapes of leaders in charge 领导包案."""

from marshmallow import fields, validate

from config.vocabulary import DisputeStatus
from schemas.base import Day, Id, PageQuery, Strict, Text, Word

STATES = ("running", "ended")


class ChargeIn(Strict):
    """Which leader."""

    leader = Id(required=True, error_messages={"required": "请选择包案领导"})


class MeasureIn(Strict):
    """A measure; with the day of a look where the director writes down the leader's."""

    words = Text(lines=True, required=True, most=1000, error_messages={"required": "请写明措施"})
    looked_on = Day(load_default=None, allow_none=True)


class LookIn(Strict):
    """On which day the leader looked into it; today when it is left out."""

    looked_on = Day(load_default=None, allow_none=True)


class ChargeQuery(PageQuery):
    """Which charges."""

    state = fields.String(
        load_default="running", validate=validate.OneOf(STATES, error="不在可选范围内：{choices}")
    )


class BriefDisputeOut(Strict):
    """A dispute as a brief row; no category of a restricted one."""

    id = Id()
    number = fields.String()
    category = fields.String()
    status = Word(DisputeStatus)
    restricted = fields.Boolean()
    organisation = fields.String()
    due_on = Day()
    due_provisional = fields.Boolean()
    due_paused = fields.Boolean()


class MeasureOut(Strict):
    """One measure; null words: the caller does not read them."""

    id = Id()
    written_by = fields.String()
    written_at = fields.AwareDateTime(format="iso")
    words = fields.String()


class ChargeOut(Strict):
    """One charge."""

    id = Id()
    leader_id = Id()
    leader = fields.String()
    named_by = fields.String()
    named_at = fields.AwareDateTime(format="iso")
    looked_on = Day()
    ended_at = fields.AwareDateTime(format="iso")
    ended_as = fields.String()


class ChargeFullOut(ChargeOut):
    """One charge with its measures, newest first."""

    measures = fields.List(fields.Nested(MeasureOut))


class ChargesOut(Strict):
    """Who is and was in charge of one dispute, newest first."""

    dispute = fields.Nested(BriefDisputeOut)
    charges = fields.List(fields.Nested(ChargeFullOut))
    may_name = fields.Boolean()
    may_write = fields.Boolean()


class ChargeRowOut(Strict):
    """One charge in a list."""

    dispute = fields.Nested(BriefDisputeOut)
    charge = fields.Nested(ChargeOut)


class ChargePageOut(Strict):
    """A page."""

    items = fields.List(fields.Nested(ChargeRowOut))
    next_cursor = fields.String()
    total = fields.Integer()
