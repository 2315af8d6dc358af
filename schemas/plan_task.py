"""Shapes of the tasks 任务 of the yearly plan: what is changed, noted and said of one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from marshmallow import ValidationError, fields, validate, validates_schema

from config.plan import Comparison, PlanLight, PlanNeed, PlanTaskState, PlanTaskStep
from schemas.base import PLAIN_NUMBER, Day, Id, PageQuery, Sought, Strict, Text, Word
from schemas.dispute import OrganisationOut, PersonOut
from schemas.plan import PlanReasonOut

MOST_PARTS: Final = 60
MOST_TARGET: Final = Decimal(10) ** 12
UNITS = validate.Length(max=30, error="最多 30 个单位")
PARTS = validate.Length(max=MOST_PARTS, error=f"最多 {MOST_PARTS} 条")


class Target(fields.Field[Decimal]):
    """A number a figure is held to: a decimal string, at most two places behind the point."""

    default_error_messages = {  # noqa: RUF012 -- as marshmallow declares it
        "invalid": "目标应为数字，最多两位小数",
        "range": "目标不合理",
        "null": "请填写目标",
        "required": "请填写目标",
    }

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else plain_number(value)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.make_error("invalid")
        if not PLAIN_NUMBER.fullmatch(str(value)):
            raise self.make_error("invalid")
        number = Decimal(value)
        if not 0 <= number <= MOST_TARGET:
            raise self.make_error("range")
        if number * 100 != (number * 100).to_integral_value():
            raise self.make_error("invalid")
        return number


def plain_number(value: Decimal) -> str:
    """60, 99.5: without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _once(given: Sequence[UUID | str]) -> None:
    if len(set(given)) != len(given):
        raise ValidationError("有的选了两次")


class PlanMeasureIn(Strict):
    """A measure of the whole list; one with an `id` is that one, reworded or moved."""

    id = Id(load_default=None, allow_none=True)
    text = Text(lines=True, required=True, most=2000, error_messages={"required": "请填写措施"})


class PlanIndicatorIn(Strict):
    """A figure of the whole list; without `metric` nothing counts it yet."""

    id = Id(load_default=None, allow_none=True)
    name = Text(required=True, most=80, error_messages={"required": "请填写指标名称"})
    comparison = Word(Comparison, load_default=None, allow_none=True)
    target = Target(load_default=None, allow_none=True)
    unit = Text(required=True, most=20, error_messages={"required": "请填写计量单位"})
    metric = Text(load_default=None, allow_none=True, most=60)

    @validates_schema
    def _compares_with_something(self, data: dict[str, Any], **kwargs: object) -> None:
        if (data.get("comparison") is None) != (data.get("target") is None):
            raise ValidationError("目标要同时写明数值和比较方式", "target")


class ChangePlanTaskIn(Strict):
    """What is planned of a task; a field left out stays, a list is the whole list."""

    name = Text(most=60)
    lead = Id(allow_none=True)
    co_units = fields.List(Id(), validate=[UNITS, _once])
    owner = Id(allow_none=True)
    starts_on = Day()
    due_on = Day()
    measures = fields.List(fields.Nested(PlanMeasureIn), validate=PARTS)
    indicators = fields.List(fields.Nested(PlanIndicatorIn), validate=PARTS)
    registers = fields.List(fields.String(), validate=[PARTS, _once])

    @validates_schema
    def _changes_something(self, data: dict[str, object], **kwargs: object) -> None:
        if not data:
            raise ValidationError("没有要修改的内容", "body")


class PlanNoteIn(Strict):
    """A note of progress; without a day it is of today."""

    on_date = Day(load_default=None, allow_none=True)
    text = Text(lines=True, required=True, most=2000, error_messages={"required": "请写进展"})


class PlanMilestoneIn(Strict):
    """A milestone to set."""

    name = Text(required=True, most=80, error_messages={"required": "请填写节点名称"})
    due_on = Day(required=True)
    measure = Id(load_default=None, allow_none=True)


class ChangePlanMilestoneIn(Strict):
    """Another name or day of a milestone; once its day had come, why it is moved."""

    name = Text(most=80)
    due_on = Day()
    measure = Id(allow_none=True)
    reason = Text(lines=True, load_default=None, allow_none=True, least=2, most=500)

    @validates_schema
    def _changes_something(self, data: dict[str, object], **kwargs: object) -> None:
        if not data.keys() - {"reason"}:
            raise ValidationError("没有要修改的内容", "body")


class PlanDoneIn(Strict):
    """On which day something was done or reached."""

    done_on = Day(required=True)


class PlanReasonIn(Strict):
    """Why something is taken back, given up or taken up again."""

    reason = Text(
        lines=True, required=True, least=2, most=500, error_messages={"required": "请写明原因"}
    )


class PlanResumeIn(Strict):
    """Taking up a task that was given up takes no words."""


class PlanDependenceIn(Strict):
    """A document of superiors that is waited for."""

    title = Text(required=True, most=200, error_messages={"required": "请填写文件名称"})
    issuer = Text(load_default=None, allow_none=True, most=80)
    expected_on = Day(load_default=None, allow_none=True)


class PlanArrivalIn(Strict):
    """On which day it came, and under which number."""

    arrived_on = Day(required=True)
    document_number = Text(load_default=None, allow_none=True, most=60)


class PlanTaskQuery(PageQuery):
    """Filters of the list; `mine`: of my unit in whatever part, or my own."""

    mine = fields.Boolean(load_default=None)
    organisation = Id(load_default=None)
    state = Word(PlanTaskState, load_default=None)
    q = Sought(load_default=None, most=50)


class PlanNoteQuery(PageQuery):
    """A page of notes."""


class PlanPlaceOut(Strict):
    """A chapter or a section as the document numbers and names it."""

    number = fields.String()
    title = fields.String()


class PlanMeasureOut(Strict):
    """One measure."""

    id = Id()
    ordinal = fields.Integer()
    text = fields.String()


class PlanMilestoneOut(Strict):
    """One milestone; `late`: it is open, and its day has passed."""

    id = Id()
    name = fields.String()
    due_on = Day()
    measure = Id()
    done_on = Day()
    done_by = fields.String()
    dropped_at = fields.AwareDateTime(format="iso")
    reason = fields.String()
    late = fields.Boolean()


class PlanMilestoneListOut(Strict):
    """The milestones of a task, the earliest first."""

    items = fields.List(fields.Nested(PlanMilestoneOut))


class PlanIndicatorOut(Strict):
    """One figure a task is held to."""

    id = Id()
    ordinal = fields.Integer()
    name = fields.String()
    comparison = Word(Comparison)
    target = Target()
    unit = fields.String()
    metric = fields.String()
    words = fields.String()


class PlanDependenceOut(Strict):
    """One document of superiors."""

    id = Id()
    title = fields.String()
    issuer = fields.String()
    expected_on = Day()
    arrived_on = Day()
    document_number = fields.String()
    dropped_at = fields.AwareDateTime(format="iso")


class PlanDependenceListOut(Strict):
    """The documents a task waits for or waited for, as they were written down."""

    items = fields.List(fields.Nested(PlanDependenceOut))


class PlanNoteOut(Strict):
    """One note of progress."""

    id = Id()
    on_date = Day()
    text = fields.String()
    by = fields.String()
    organisation = fields.String()
    recorded_at = fields.AwareDateTime(format="iso")


class PlanNotePageOut(Strict):
    """A page of notes, the newest first."""

    items = fields.List(fields.Nested(PlanNoteOut))
    next_cursor = fields.String()
    total = fields.Integer()


class PlanCountsOut(Strict):
    """How much there is of a task."""

    notes = fields.Integer()
    evidence = fields.Integer()
    milestones = fields.Integer()
    open_milestones = fields.Integer()
    documents = fields.Integer()


class PlanTaskRowOut(Strict):
    """One task in a list; `milestone` is the next one to be reached, `need` what it wants first."""

    number = fields.String()
    chapter = fields.Nested(PlanPlaceOut)
    section = fields.Nested(PlanPlaceOut)
    name = fields.String()
    lead = fields.Nested(OrganisationOut)
    co_units = fields.List(fields.Nested(OrganisationOut))
    owner = fields.Nested(PersonOut)
    state = Word(PlanTaskState)
    starts_on = Day()
    due_on = Day()
    done_on = Day()
    milestone = fields.Nested(PlanMilestoneOut)
    heard_on = Day()
    counts = fields.Nested(PlanCountsOut)
    need = Word(PlanNeed)
    # here come `light` and `reasons`, as service/rules/plan_light.py computes them


class PlanTaskOut(PlanTaskRowOut):
    """One task in full; `steps` are those open to the viewer."""

    text = fields.String()
    units_text = fields.List(fields.String())
    measures = fields.List(fields.Nested(PlanMeasureOut))
    milestones = fields.List(fields.Nested(PlanMilestoneOut))
    indicators = fields.List(fields.Nested(PlanIndicatorOut))
    registers = fields.List(fields.String())
    dependences = fields.List(fields.Nested(PlanDependenceOut))
    reason = fields.String()
    dropped_at = fields.AwareDateTime(format="iso")
    steps = fields.List(Word(PlanTaskStep))
    light = Word(PlanLight)
    reasons = fields.List(fields.Nested(PlanReasonOut))
    version = fields.Integer()


class PlanTaskPageOut(Strict):
    """A page of the tasks of a plan, in the order of the document."""

    items = fields.List(fields.Nested(PlanTaskRowOut))
    next_cursor = fields.String()
    total = fields.Integer()
