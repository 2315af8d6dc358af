"""Shapes of routing 分流: what a preview takes and answers."""

from marshmallow import fields, validate

from schemas.base import Count, Day, Strict, Text, Yuan
from schemas.dispute import MAX_MATTERS, MatterIn


class PreviewIn(Strict):
    """A situation to route; facts left out are unknown, which is not false."""

    category = Text(required=True, most=40)
    narrative = Text(lines=True, load_default=None, allow_none=True, most=5000)
    registered_on = Day(load_default=None, allow_none=True)
    accepted_on = Day(load_default=None, allow_none=True)
    people_count = Count(load_default=None, allow_none=True, most=100_000)
    amount = Yuan(load_default=None, allow_none=True)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    matters = fields.List(
        fields.Nested(MatterIn),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MAX_MATTERS),
    )


class RouteOut(Strict):
    """The answer of the rules."""

    accept = fields.String()
    channel = fields.String()
    lead = fields.String(allow_none=True)
    assist = fields.List(fields.String())
    go_to = fields.List(fields.String())
    reasons = fields.List(fields.String())
    basis = fields.List(fields.Dict())
    deadlines = fields.List(fields.Dict())
    must_do = fields.List(fields.Dict())
    must_not = fields.List(fields.Dict())
    runner_up = fields.Dict(allow_none=True)
    flips = fields.List(fields.Dict())
    ask = fields.List(fields.Raw())
    level = fields.String()
    rule = fields.Dict()
    parts = fields.List(fields.Dict())
    matched = fields.List(fields.Dict())
    companions = fields.List(fields.String())
