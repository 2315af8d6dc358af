"""Shapes of docking with the court 诉调对接: what it sends, and what it confirms."""

from marshmallow import fields, validate

from config.court import (
    ConfirmationBar,
    ConfirmationState,
    ConfirmationStep,
    CourtGround,
    CourtKind,
    CourtProcedure,
    CourtResult,
    CourtState,
)
from config.vocabulary import DisputeStatus, Outcome
from schemas.base import Day, Id, PageQuery, Strict, Text, Word

BOXES = ("waiting", "running", "unreported", "windows", "sent")


class CourtReferralIn(Strict):
    """What the court sent; the court is a unit of ours, or a name."""

    kind = Word(CourtKind, required=True, error_messages={"required": "请选择委派还是委托"})
    procedure = Word(CourtProcedure, load_default=None, allow_none=True)
    court_organisation = Id(load_default=None, allow_none=True)
    court = Text(load_default=None, allow_none=True, most=60)
    case_number = Text(required=True, most=60, error_messages={"required": "请填写法院的案号"})
    received_on = Day(required=True, error_messages={"required": "请填写收到的日期"})
    contact = Text(load_default=None, allow_none=True, most=100)
    materials = Text(lines=True, load_default=None, allow_none=True, most=500)


class CourtBackIn(Strict):
    """Why it goes back to the court."""

    reason = Text(
        lines=True,
        required=True,
        most=500,
        least=2,
        error_messages={"required": "请写明为什么退回"},
    )


class CourtReportIn(Strict):
    """What is told the court; what somebody gave way in has no place here."""

    result = Word(CourtResult, required=True, error_messages={"required": "请选择结果"})
    reported_on = Day(required=True, error_messages={"required": "请填写反馈的日期"})
    undisputed = Text(lines=True, load_default=None, allow_none=True, most=1000)


class CourtQuery(PageQuery):
    """Which of them."""

    box = fields.String(
        load_default="waiting",
        validate=validate.OneOf(BOXES, error="不在可选范围内：{choices}"),
    )


class CourtReferralOut(Strict):
    """One with its words."""

    id = Id()
    kind = Word(CourtKind)
    state = Word(CourtState)
    procedure = Word(CourtProcedure)
    court = fields.String()
    case_number = fields.String()
    received_on = Day()
    answer_by = Day()
    answered_on = Day()
    due_on = Day()
    provisional = fields.Boolean()
    result = Word(CourtResult)
    reported_on = Day()
    contact = fields.String()
    materials = fields.String()
    back = fields.String()
    undisputed = fields.String()


class CourtReferralListOut(Strict):
    """Those of one dispute."""

    items = fields.List(fields.Nested(CourtReferralOut))


class CourtRowOut(Strict):
    """A row of a list: of the dispute what a brief row says, and its result."""

    id = Id()
    dispute_id = Id()
    number = fields.String()
    category = fields.String()
    restricted = fields.Boolean()
    status = Word(DisputeStatus)
    outcome = Word(Outcome)
    lead = fields.String()
    kind = Word(CourtKind)
    state = Word(CourtState)
    court = fields.String()
    case_number = fields.String()
    received_on = Day()
    due_on = Day()
    provisional = fields.Boolean()
    result = Word(CourtResult)
    reported_on = Day()


class CourtPageOut(Strict):
    """A page of a list."""

    items = fields.List(fields.Nested(CourtRowOut))
    next_cursor = fields.String()
    total = fields.Integer()


class ConfirmationIn(Strict):
    """A joint application to prepare; `matter` says what of it no court confirms, if anything."""

    matter = Word(ConfirmationBar, load_default=None, allow_none=True)
    court = Text(required=True, most=60, error_messages={"required": "请填写向哪个法院申请"})
    ground = Word(
        CourtGround, required=True, error_messages={"required": "请选择为什么由这个法院管"}
    )


class TermsIn(Strict):
    """What an oral agreement says, written down afterwards."""

    terms = Text(lines=True, required=True, most=4000, least=2)


class ConfirmationStepIn(Strict):
    """The next step: its day; the court's number and its reason where it has them."""

    on = Day(required=True)
    case_number = Text(load_default=None, allow_none=True, most=60)
    reason = Text(lines=True, load_default=None, allow_none=True, most=500)


class ConfirmationOut(Strict):
    """One application."""

    id = Id()
    ordinal = fields.Integer()
    attempt = fields.Integer()
    state = Word(ConfirmationState)
    court = fields.String()
    ground = Word(CourtGround)
    effective_on = Day()
    apply_by = Day()
    provisional = fields.Boolean()
    filed_on = Day()
    accepted_on = Day()
    decided_on = Day()
    case_number = fields.String()
    reason = fields.String()
    steps = fields.List(Word(ConfirmationStep))


class BarOut(Strict):
    """Why it is not confirmed, and where else to go."""

    code = Word(ConfirmationBar)
    text = fields.String()


class ConfirmationsOut(Strict):
    """What the rules say of the newest agreement, and every application."""

    may = fields.Boolean()
    apply_by = Day()
    provisional = fields.Boolean()
    bars = fields.List(fields.Nested(BarOut))
    suspects = fields.List(fields.Nested(BarOut))
    blocks = fields.List(fields.String())
    gaps = fields.List(fields.String())
    hints = fields.List(fields.String())
    doors = fields.List(fields.String())
    items = fields.List(fields.Nested(ConfirmationOut))
