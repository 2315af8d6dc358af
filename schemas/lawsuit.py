"""Shapes of lawsuits 行政复议与行政诉讼: what is taken and what is shown."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from marshmallow import fields, validate

from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
    WithdrawalCause,
)
from schemas.base import Day, Id, PageQuery, Strict, Text, Word
from schemas.dispute import OrganisationOut

MAX_PLAINTIFFS = 500


class RecordIn(Strict):
    """A case to record. `dispute`: an id or our number; `previous`: an id or a case number."""

    procedure = Word(LawsuitProcedure, required=True)
    instance = Word(LawsuitInstance, required=True)
    court = Text(required=True, most=100)
    case_number = Text(load_default=None, allow_none=True, most=60)
    cause = Text(required=True, most=200)
    act = Text(required=True, most=500)
    plaintiffs = fields.List(
        Text(required=True, most=100),
        required=True,
        validate=validate.Length(
            min=1, max=MAX_PLAINTIFFS, error=f"原告或申请人应为 1 到 {MAX_PLAINTIFFS} 人"
        ),
        error_messages={"required": "请填写原告或申请人", "null": "请填写原告或申请人"},
    )
    organisation = Id(required=True)
    served_on = Day(required=True)
    dispute = Text(load_default=None, allow_none=True, most=40)
    previous = Text(load_default=None, allow_none=True, most=60)


class DecideIn(Strict):
    """How it was decided 裁判; `served_on` is when the decision reached the agency."""

    decided_on = Day(required=True)
    served_on = Day(required=True)
    outcome = Word(LawsuitOutcome, required=True)
    withdrawal_cause = Word(WithdrawalCause, load_default=None, allow_none=True)


class CloseLawsuitIn(Strict):
    """Closing takes no words."""


class LawsuitQuery(PageQuery):
    """Filters of the list of lawsuits; plain fields, all optional."""

    status = Word(LawsuitStatus, load_default=None)
    procedure = Word(LawsuitProcedure, load_default=None)
    organisation = Id(load_default=None)
    outcome = Word(LawsuitOutcome, load_default=None)
    served_from = Day(load_default=None)
    served_to = Day(load_default=None)


class LinkedDisputeOut(Strict):
    """The dispute behind a case; the id only for who may open it."""

    id = Id()
    number = fields.String()


class PreviousOut(Strict):
    """The case at the earlier instance."""

    id = Id()
    case_number = fields.String()


class LawsuitRowOut(Strict):
    """One row of a list; it names no plaintiff."""

    id = Id()
    procedure = Word(LawsuitProcedure)
    instance = Word(LawsuitInstance)
    court = fields.String()
    case_number = fields.String()
    cause = fields.String()
    organisation = fields.Nested(OrganisationOut)
    served_on = Day()
    status = Word(LawsuitStatus)
    outcome = Word(LawsuitOutcome)
    withdrawal_cause = Word(WithdrawalCause)
    decided_on = Day()


class LawsuitOut(LawsuitRowOut):
    """One case as the viewer may see it; `steps` are those open to the viewer."""

    act = fields.String()
    decision_served_on = Day()
    plaintiffs = fields.List(fields.String())
    dispute = fields.Nested(LinkedDisputeOut)
    previous = fields.Nested(PreviousOut)
    recorded_at = fields.AwareDateTime(format="iso")
    steps = fields.List(fields.String())
    version = fields.Integer()


class LawsuitPageOut(Strict):
    """A page of a list; `total` only when asked for."""

    items = fields.List(fields.Nested(LawsuitRowOut))
    next_cursor = fields.String()
    total = fields.Integer()


SHAPES: Final[Mapping[LawsuitStep, type[Strict]]] = MappingProxyType(
    {LawsuitStep.DECIDE: DecideIn, LawsuitStep.CLOSE: CloseLawsuitIn}
)
