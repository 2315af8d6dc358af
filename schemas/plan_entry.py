"""Shapes of the registers 工作台账 of the yearly plan: their make, rows, files, figures."""

from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from config.plan import EvidenceKind
from config.plan_register import ColumnType, CountKind, EntryState, Over
from config.vocabulary import Media
from schemas.base import Day, Flag, Id, PageQuery, Sought, Strict, Text, Word
from schemas.metric import Exact

BOXES = ("open", "overdue", "soon", "ended", "voided")


class PlanEntryIn(Strict):
    """A row to write: `values` by column, as the register says (dates, codes, numbers, flags)."""

    organisation = Id(load_default=None, allow_none=True)
    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)


class PlanEntryPatchIn(Strict):
    """What of a row is otherwise; null empties a column."""

    organisation = Id(load_default=None, allow_none=True)
    values = fields.Dict(
        keys=fields.String(), values=fields.Raw(allow_none=True), load_default=dict
    )


class PlanEntryStepIn(Strict):
    """The day a step was taken, or why it does not apply; and columns that are filled with it."""

    on = Day(load_default=None, allow_none=True)
    excuse = Text(load_default=None, allow_none=True, most=200)
    values = fields.Dict(
        keys=fields.String(), values=fields.Raw(allow_none=True), load_default=dict
    )


class PlanEntryReasonIn(Strict):
    """Why a row is opened again, voided, or a file of it is withdrawn."""

    reason = Text(required=True, most=200, error_messages={"required": "请写明原因"})


class PlanEntryFileIn(Strict):
    """What a file shows; `public`: it was made public, on a day, at an address."""

    kind = Word(EvidenceKind, required=True, error_messages={"required": "请选择是什么材料"})
    about = Text(required=True, most=120, error_messages={"required": "请写明说明什么"})
    public = fields.Boolean(load_default=False)
    published_on = Day(load_default=None, allow_none=True)
    published_at = Text(load_default=None, allow_none=True, most=200)
    keep_location = fields.Boolean(load_default=False)


class PlanEntryQuery(PageQuery):
    """Filters of a register's list; `state` as its tabs."""

    state = fields.String(load_default=None, validate=validate.OneOf(BOXES, error="没有这一栏"))
    year = fields.Integer(
        load_default=None, validate=validate.Range(1990, 2199, error="年份不合理")
    )
    organisation = Id(load_default=None)
    q = Sought(load_default=None, most=60)


class PlanCountQuery(Strict):
    """The year that figures are asked of, the running one where none is said."""

    year = fields.Integer(
        load_default=None, validate=validate.Range(1990, 2199, error="年份不合理")
    )


class RegisterColumnOut(Strict):
    """One column of a register; `personal` ones are kept sealed."""

    name = fields.String()
    label = fields.String()
    type = Word(ColumnType)
    required = fields.Boolean()
    hint = fields.String()
    options = fields.Dict(keys=fields.String(), values=fields.String())
    unit = fields.String()
    decimals = fields.Integer()
    personal = fields.Boolean()
    public = fields.Boolean()


class RegisterStepOut(Strict):
    """One step of a register; `asks` are the columns that it wants filled."""

    name = fields.String()
    stage = fields.String()
    label = fields.String()
    compulsory = fields.Boolean()
    excusable = fields.Boolean()
    asks = fields.List(fields.String())
    hint = fields.String()


class RegisterTargetOut(Strict):
    """One figure of a register as it is defined; `least` and `most` are its target."""

    id = fields.String()
    name = fields.String()
    definition = fields.String()
    kind = Word(CountKind)
    over = Word(Over)
    unit = fields.String()
    least = Exact()
    most = Exact()


class RegisterBasisOut(Strict):
    """A law it stands on, and how well that is known."""

    law = fields.String()
    article = fields.String()
    grade = fields.String()


class RegisterOut(Strict):
    """One register: what it is made of, and how many rows of it the caller reaches."""

    id = fields.String(attribute="register.id")
    name = fields.String(attribute="register.name")
    series = fields.String(attribute="register.series")
    hint = fields.String(attribute="register.hint")
    ends = fields.String(attribute="register.ends")
    gaps = fields.Boolean(attribute="register.gaps")
    proof = fields.List(fields.List(Word(EvidenceKind)), attribute="register.proof")
    basis = fields.List(fields.Nested(RegisterBasisOut), attribute="register.basis")
    columns = fields.Function(
        lambda told: RegisterColumnOut(many=True).dump(told.register.columns.values())
    )
    steps = fields.Function(
        lambda told: RegisterStepOut(many=True).dump(told.register.steps.values())
    )
    counts = fields.Function(
        lambda told: RegisterTargetOut(many=True).dump(told.register.counts.values())
    )
    total = fields.Integer()
    open = fields.Integer()
    overdue = fields.Integer()
    ended = fields.Integer()


class RegisterListOut(Strict):
    """Every register."""

    items = fields.List(fields.Nested(RegisterOut))


class PlanEntryRowOut(Strict):
    """One row of a list."""

    id = Id()
    register = fields.String()
    number = fields.String()
    title = fields.String()
    organisation_id = Id()
    organisation = fields.String()
    year = fields.Integer()
    on_date = Day()
    stage = fields.String()
    state = Word(EntryState)
    due_on = Day()
    due_rule = fields.String()
    provisional = fields.Boolean()
    late = fields.Boolean()
    ended_on = Day()
    person = fields.String()
    gaps = fields.Function(lambda row: [each.name for each in row.gaps])


class BriefEntryOut(Strict):
    """One row behind a figure; no word of it."""

    id = Id()
    register = fields.String()
    number = fields.String()
    on_date = Day()
    stage = fields.String()
    organisation_id = Id()
    organisation = fields.String()
    ended_on = Day()
    counted = Flag()


class PlanEntryPageOut(Strict):
    """A page of a register; `total` only when asked for."""

    items = fields.List(fields.Nested(PlanEntryRowOut))
    next_cursor = fields.String()
    total = fields.Integer()


class PlanEntryStepOut(Strict):
    """One step: the day it was taken, or why it does not apply; `gap`: it was passed over."""

    name = fields.String(attribute="step.name")
    stage = fields.String(attribute="step.stage")
    compulsory = fields.Boolean(attribute="step.compulsory")
    excusable = fields.Boolean(attribute="step.excusable")
    on = Day(attribute="taken.on")
    excuse = fields.String(attribute="taken.excuse")
    gap = fields.Boolean()
    open = fields.Boolean()


class PlanEntryFileOut(Strict):
    """One file of a row, `size` in bytes; its name for who may open it."""

    id = Id()
    kind = Word(EvidenceKind)
    about = fields.String()
    name = fields.String()
    media = Word(Media)
    size = fields.Integer()
    sha256 = fields.String()
    public = fields.Boolean()
    published_on = Day()
    published_at = fields.String()
    uploaded_by = fields.String()
    uploaded_at = fields.AwareDateTime(format="iso")
    withdrawn_at = fields.AwareDateTime(format="iso")
    reason = fields.String()


class PlanEntryFileListOut(Strict):
    """The files of a row."""

    items = fields.List(fields.Nested(PlanEntryFileOut))


class PlanEntryOut(Strict):
    """One row with its values, steps and files; `hidden` are columns the caller is not shown."""

    row = fields.Nested(PlanEntryRowOut)
    values = fields.Function(
        lambda view: {name: as_json(value) for name, value in view.values.items()}
    )
    hidden = fields.List(fields.String())
    steps = fields.List(fields.Nested(PlanEntryStepOut))
    evidence = fields.List(fields.Nested(PlanEntryFileOut))
    missing = fields.List(fields.List(Word(EvidenceKind)))
    recorded_by = fields.String()
    recorded_at = fields.AwareDateTime(format="iso")
    reason = fields.String()
    version = fields.Integer()


class PlanCountOut(Strict):
    """One figure of a register; the value of nothing is null, and on no target."""

    id = fields.String(attribute="count.id")
    name = fields.String(attribute="count.name")
    definition = fields.String(attribute="count.definition")
    unit = fields.String(attribute="count.unit")
    numerator = Exact()
    denominator = Exact()
    value = Exact()
    least = Exact(attribute="count.least")
    most = Exact(attribute="count.most")
    on_target = fields.Boolean(allow_none=True)


class PlanPersonOut(Strict):
    """What somebody's rows add up to, for a figure that is reached person by person."""

    name = fields.String()
    total = Exact()
    reached = fields.Boolean()


class PlanCountListOut(Strict):
    """The figures of a register in a year; people where one of them is counted person by person."""

    year = fields.Integer()
    items = fields.List(fields.Nested(PlanCountOut))
    people = fields.List(fields.Nested(PlanPersonOut))
    strangers = fields.List(fields.String())


def as_json(value: Any) -> Any:
    """A value of a column as JSON writes it: dates and numbers as text."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if hasattr(value, "isoformat") else value
