"""Shapes of meetings 会议."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields, validate

from config.meeting import DecisionState, MeetingKind, MeetingState
from config.vocabulary import DisputeStatus
from schemas.base import Day, Id, Instant, Limit, PageQuery, Strict, Text, Word

MOST = 30
MANY = validate.Length(max=MOST, error=f"最多 {MOST} 项")
PLACES = validate.Range(1, MOST, error=f"应在 1 到 {MOST} 之间")


class MeetingItemIn(Strict):
    """An item of the agenda: words, or the number of a dispute, or both."""

    words = Text(lines=True, load_default=None, allow_none=True, most=500)
    number = Text(load_default=None, allow_none=True, most=40)


class MeetingIn(Strict):
    """A meeting to call."""

    kind = Word(MeetingKind, load_default=MeetingKind.JOINT)
    title = Text(required=True, most=60, error_messages={"required": "请填写会议名称"})
    held_at = Instant(required=True, error_messages={"required": "请填写开会时间"})
    place = Text(required=True, most=60, error_messages={"required": "请填写地点"})
    members = fields.List(
        Id(),
        required=True,
        validate=validate.Length(1, MOST, error=f"请选择 1 到 {MOST} 个参会单位"),
        error_messages={"required": "请选择参会单位"},
    )
    items = fields.List(
        fields.Nested(MeetingItemIn),
        required=True,
        validate=validate.Length(1, MOST, error=f"议程写 1 到 {MOST} 项"),
        error_messages={"required": "请写至少一项议程"},
    )


class MeetingDecisionIn(Strict):
    """What was decided: who does what until when, on which item."""

    words = Text(lines=True, required=True, most=500, error_messages={"required": "请写议定事项"})
    organisation = Id(required=True, error_messages={"required": "请选择负责单位"})
    due_on = Day(required=True, error_messages={"required": "请填写完成日期"})
    item = fields.Integer(load_default=None, allow_none=True, validate=PLACES)


class SaidIn(Strict):
    """What was said on an item."""

    item = fields.Integer(required=True, validate=PLACES)
    words = Text(lines=True, required=True, most=2000)


def _once(said: Sequence[Mapping[str, Any]]) -> None:
    """Nothing that was said on an item is lost to another entry on it."""
    if len({each["item"] for each in said}) != len(said):
        raise ValidationError("同一项议程只写一次")


class MinutesIn(Strict):
    """The minutes."""

    words = Text(lines=True, load_default=None, allow_none=True, most=4000)
    attended = fields.List(Id(), load_default=list, validate=MANY)
    said = fields.List(fields.Nested(SaidIn), load_default=list, validate=[MANY, _once])
    decisions = fields.List(fields.Nested(MeetingDecisionIn), load_default=list, validate=MANY)


class FollowUpIn(Strict):
    """What came of a decision."""

    words = Text(lines=True, required=True, most=1000, error_messages={"required": "请写落实情况"})
    dropped = fields.Boolean(load_default=False)


class MeetingQuery(PageQuery):
    """A page of meetings."""


class OwedQuery(Strict):
    """A page of decisions that wait."""

    limit = Limit(load_default=25, validate=validate.Range(1, 200, error="应在 1 到 200 之间"))
    cursor = fields.String(load_default=None, validate=validate.Length(max=400))


class MeetingOut(Strict):
    """One meeting in a list."""

    id = Id()
    kind = Word(MeetingKind)
    state = Word(MeetingState)
    title = fields.String()
    organisation = fields.String()
    held_at = fields.AwareDateTime(format="iso")
    place = fields.String()
    open = fields.Integer()
    late = fields.Integer()


class MeetingMemberOut(Strict):
    """An invited unit."""

    organisation_id = Id()
    organisation = fields.String()
    attended = fields.Boolean()


class MeetingItemOut(Strict):
    """An item; of one that is hidden its number alone."""

    ordinal = fields.Integer()
    number = fields.String()
    dispute_id = Id()
    status = Word(DisputeStatus)
    hidden = fields.Boolean()
    words = fields.String()
    minutes = fields.String()


class MeetingDecisionOut(Strict):
    """What was decided."""

    id = Id()
    meeting_id = Id()
    title = fields.String()
    ordinal = fields.Integer()
    number = fields.String()
    organisation_id = Id()
    organisation = fields.String()
    due_on = Day()
    state = Word(DecisionState)
    late = fields.Boolean()
    hidden = fields.Boolean()
    settled_by = fields.String()
    settled_at = fields.AwareDateTime(format="iso")
    may_settle = fields.Boolean()
    words = fields.String()
    follow_up = fields.String()


class MeetingDetailOut(Strict):
    """One meeting with what the viewer may read of it."""

    row = fields.Nested(MeetingOut)
    called_by = fields.String()
    called_at = fields.AwareDateTime(format="iso")
    recorded_by = fields.String()
    recorded_at = fields.AwareDateTime(format="iso")
    minutes = fields.String()
    members = fields.List(fields.Nested(MeetingMemberOut))
    items = fields.List(fields.Nested(MeetingItemOut))
    decisions = fields.List(fields.Nested(MeetingDecisionOut))
    may_record = fields.Boolean()


class MeetingPageOut(Strict):
    """A page of meetings."""

    items = fields.List(fields.Nested(MeetingOut))
    next_cursor = fields.String()
    total = fields.Integer()


class OwedPageOut(Strict):
    """A page of decisions that wait, what is due first first."""

    items = fields.List(fields.Nested(MeetingDecisionOut))
    next_cursor = fields.String()
