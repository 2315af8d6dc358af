"""Shapes of a replay 规则回放: what is asked, and what would move."""

from marshmallow import fields, validate

from schemas.base import Count, Day, Flag, Id, Strict

MOST = 10_000
HIGHEST = 2**31 - 1


class ReplayIn(Strict):
    """A version, and the disputes: the `last` so many, or those registered in a range of days.

    Without either the last 10,000. `as_of`: the day whose rules are compared.
    """

    rules = Count(required=True, most=HIGHEST)
    last = Count(load_default=None, allow_none=True, most=MOST)
    registered_from = Day(load_default=None, allow_none=True)
    registered_to = Day(load_default=None, allow_none=True)
    as_of = Day(load_default=None, allow_none=True)


class ReplaysQuery(Strict):
    """Of which version."""

    rules = fields.Integer(
        required=True, validate=validate.Range(1, HIGHEST, error=f"应在 1 到 {HIGHEST} 之间")
    )


class ReplayBriefOut(Strict):
    """A replay that is kept; `rules_version` is the state of the draft it looked at."""

    id = Id()
    rules_version = fields.Integer()
    made_at = fields.AwareDateTime(format="iso")
    compared = fields.Integer()
    changed = fields.Integer()


class ReplaysOut(Strict):
    """The replays of a version."""

    items = fields.List(fields.Nested(ReplayBriefOut))
    next_cursor = fields.String(allow_none=True)


class ReplayMoveOut(Strict):
    """So many from here to there; a place is acceptance/mediation/lead."""

    before = fields.String(data_key="from")
    after = fields.String(data_key="to")
    count = fields.Integer()
    before_text = fields.String(data_key="from_text")
    after_text = fields.String(data_key="to_text")


class ReplayDisputeOut(Strict):
    """One dispute that would move; of a restricted one only its number is told."""

    number = fields.String()
    before = fields.String(data_key="from")
    after = fields.String(data_key="to")
    because = fields.String()
    restricted = Flag()


class ReplayOut(Strict):
    """What a replay found; `unseen` are rules that begin only after `as_of`."""

    id = Id()
    rules = fields.Integer()
    rules_version = fields.Integer()
    against = fields.Integer()
    as_of = Day()
    last = fields.Integer(allow_none=True)
    registered_from = Day(allow_none=True)
    registered_to = Day(allow_none=True)
    made_by = fields.String()
    made_at = fields.AwareDateTime(format="iso")
    compared = fields.Integer()
    changed = fields.Integer()
    moves = fields.List(fields.Nested(ReplayMoveOut))
    disputes = fields.List(fields.Nested(ReplayDisputeOut))
    channels = fields.List(fields.Dict())
    leads = fields.List(fields.Dict())
    unseen = fields.List(fields.String())
