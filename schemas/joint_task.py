"""Shapes of joint handling 联调."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from config.vocabulary import DisputeStatus, JointState, Outcome
from schemas.base import Day, Flag, Id, PageQuery, Strict, Text, Word
from schemas.clock import ClockBasisOut

MOST = 8
DESKTOPS = ("asked", "done", "led")
CREDITS = ("lead", "co", "back")


class TaskIn(Strict):
    """Whom to ask along, and to do what."""

    organisation = Id(required=True, error_messages={"required": "请选择协办单位"})
    words = Text(lines=True, required=True, most=1000, error_messages={"required": "请写明任务"})


class TasksIn(Strict):
    """The co-units, each with its task."""

    tasks = fields.List(
        fields.Nested(TaskIn),
        required=True,
        validate=validate.Length(1, MOST, error=f"请写 1 到 {MOST} 个协办单位"),
        error_messages={"required": "请选择协办单位"},
    )


class TaskAnswerIn(Strict):
    """The co-unit's opinion."""

    words = Text(lines=True, required=True, most=2000, error_messages={"required": "请填写意见"})


class TaskRefuseIn(Strict):
    """Why the co-unit cannot do it."""

    words = Text(
        lines=True, required=True, most=1000, error_messages={"required": "请写明为什么不能办"}
    )


class TaskWaiveIn(Strict):
    """Why the lead waits no longer."""

    reason = Text(
        lines=True, required=True, most=500, error_messages={"required": "请写明为什么不再等"}
    )


class TaskQuery(PageQuery):
    """Which tasks."""

    desktop = fields.String(
        load_default="asked", validate=validate.OneOf(DESKTOPS, error="不在可选范围内：{choices}")
    )


class TaskOut(Strict):
    """One task; its words are null for who does not read them."""

    id = Id()
    dispute_id = Id()
    number = fields.String()
    category = fields.String()
    status = Word(DisputeStatus)
    lead = fields.String()
    organisation_id = Id()
    organisation = fields.String()
    state = Word(JointState)
    asked_by = fields.String()
    asked_at = fields.AwareDateTime(format="iso")
    due_on = Day()
    provisional = Flag()
    basis = fields.List(fields.Nested(ClockBasisOut))
    late_days = fields.Integer()
    answered_by = fields.String()
    answered_at = fields.AwareDateTime(format="iso")
    waived_by = fields.String()
    waived_at = fields.AwareDateTime(format="iso")
    words = fields.String()
    opinion = fields.String()
    reason = fields.String()
    may_answer = fields.Boolean()
    may_waive = fields.Boolean()


class TaskListOut(Strict):
    """The tasks of one dispute, oldest first."""

    items = fields.List(fields.Nested(TaskOut))


class TaskPageOut(Strict):
    """A page."""

    items = fields.List(fields.Nested(TaskOut))
    next_cursor = fields.String()
    total = fields.Integer()


class CreditQuery(Strict):
    """The days 登记日期, both included."""

    from_ = Day(required=True, data_key="from")
    to = Day(required=True)

    @validates_schema(skip_on_field_errors=True)
    def _in_order(self, data: dict[str, Any], **kwargs: Any) -> None:
        first: date = data["from_"]
        if data["to"] < first:
            raise ValidationError("不能早于开始日期", "to")


class CreditRowsQuery(CreditQuery):
    """One number of one unit; no unit: what nobody leads yet."""

    credit = fields.String(
        load_default="lead", validate=validate.OneOf(CREDITS, error="不在可选范围内：{choices}")
    )
    unit = Id(load_default=None)
    cursor = fields.String(load_default=None)


class UnitCreditOut(Strict):
    """One unit; null is what nobody leads yet."""

    organisation_id = Id()
    organisation = fields.String()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


class CreditOut(Strict):
    """The credit of a period: every dispute once, and each unit as what it was in it."""

    start = Day(data_key="from")
    end = Day(data_key="to")
    cases = fields.Integer()
    units = fields.List(fields.Nested(UnitCreditOut))


class CreditRowOut(Strict):
    """A dispute behind a number."""

    number = fields.String()
    category = fields.String()
    restricted = fields.Boolean()
    status = Word(DisputeStatus)
    outcome = Word(Outcome)
    organisation = fields.String()
    times = fields.Integer()
    registered_on = Day()


class CreditRowsOut(Strict):
    """A page of them."""

    items = fields.List(fields.Nested(CreditRowOut))
    next_cursor = fields.String()
