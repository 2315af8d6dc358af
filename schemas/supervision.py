"""Shapes of supervision 督办."""

from marshmallow import fields, validate

from config.vocabulary import DisputeStatus, SupervisionKind
from schemas.base import Day, Id, PageQuery, Strict, Text, Word

MOST = 50
STATES = ("open", "late", "answered", "ended")


class OrderIn(Strict):
    """Whom to press: one dispute or several, how, in which words, until when a reply is due."""

    disputes = fields.List(
        Id(),
        required=True,
        validate=validate.Length(1, MOST, error=f"请选择 1 到 {MOST} 件纠纷"),
        error_messages={"required": "请先在列表里勾选要督办的纠纷"},
    )
    kind = Word(SupervisionKind, required=True, error_messages={"required": "请选择督办方式"})
    words = Text(lines=True, required=True, most=1000, error_messages={"required": "请写明要求"})
    reply_by = Day(load_default=None, allow_none=True)
    clock = Id(load_default=None, allow_none=True)


class AnswerIn(Strict):
    """What the unit replies."""

    words = Text(lines=True, required=True, most=2000, error_messages={"required": "请填写答复"})


class SendBackIn(Strict):
    """Why the reply will not do."""

    words = Text(
        lines=True, required=True, most=500, error_messages={"required": "请写明为什么退回"}
    )


class SupervisionQuery(PageQuery):
    """What the list is narrowed to."""

    state = fields.String(
        load_default=None, validate=validate.OneOf(STATES, error="不在可选范围内：{choices}")
    )
    kind = Word(SupervisionKind, load_default=None)
    organisation = Id(load_default=None)


class SupervisionOut(Strict):
    """One row; of its dispute what a brief row says."""

    id = Id()
    kind = Word(SupervisionKind)
    number = fields.String()
    state = fields.String()
    dispute_id = Id()
    dispute_number = fields.String()
    category = fields.String()
    status = Word(DisputeStatus)
    restricted = fields.Boolean()
    organisation_id = Id()
    organisation = fields.String()
    ordered_by = fields.String()
    ordered_at = fields.AwareDateTime(format="iso")
    reply_by = Day()
    replied_at = fields.AwareDateTime(format="iso")
    ended_at = fields.AwareDateTime(format="iso")
    late_days = fields.Integer()


class CourseOut(Strict):
    """Something that was done about it."""

    at = fields.AwareDateTime(format="iso")
    actor = fields.String()
    deed = fields.String()
    words = fields.String()


class SupervisionDetailOut(Strict):
    """One with its words; None, and `sealed`, for who may not read them."""

    row = fields.Nested(SupervisionOut)
    words = fields.String()
    reply = fields.String()
    replied_by = fields.String()
    ended_by = fields.String()
    sealed = fields.Boolean()
    may_answer = fields.Boolean()
    may_judge = fields.Boolean()
    course = fields.List(fields.Nested(CourseOut))


class SupervisionPageOut(Strict):
    """A page, and how many there are in each state."""

    items = fields.List(fields.Nested(SupervisionOut))
    next_cursor = fields.String()
    total = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


class SupervisionListOut(Strict):
    """Those about one dispute, or those just made."""

    items = fields.List(fields.Nested(SupervisionOut))
