"""Shapes of the steps 程序步骤 of a dispute: one per step, found by its word."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from marshmallow import INCLUDE, fields, pre_load, validate

from config.vocabulary import (
    AgreementForm,
    DeclineGround,
    FailureReason,
    OrganisationKind,
    Outcome,
    Step,
)
from schemas.base import Coded, Day, Id, Strict, Text, Word, Yuan

MAX_ASSIST = 10
MAX_REASONS = 10


class Nothing(Strict):
    """A step that takes no words."""


class DispatchIn(Strict):
    """Send to a unit; a reason is due when it is not the unit the rules named."""

    organisation = Id(required=True)
    assist = fields.List(Id(), load_default=list, validate=validate.Length(max=MAX_ASSIST))
    mediator = Id(load_default=None, allow_none=True)
    reason = Text(lines=True, load_default=None, allow_none=True, most=500)


class ReasonIn(Strict):
    """A step that must say why."""

    reason = Text(lines=True, required=True, most=500, least=2)


class ReturnIn(ReasonIn):
    """Why it is returned; the codes are data (`config/handover.toml`), what is coded is counted."""

    code = Text(load_default="other", most=30)


class AssignIn(Strict):
    """Name the mediator; a reason is due for one who should step aside 建议回避."""

    mediator = Id(required=True)
    reason = Text(lines=True, load_default=None, allow_none=True, most=500)


class AgreeIn(Strict):
    """What was agreed 调解协议; a written one states its terms (人民调解法29)."""

    form = Word(AgreementForm, required=True)
    terms = Text(lines=True, load_default=None, allow_none=True, most=5000)
    amount = Yuan(load_default=None, allow_none=True)
    performed_by = Day(load_default=None, allow_none=True)


class FailIn(Strict):
    """Why no agreement was reached; several reasons may hold."""

    reasons = fields.List(
        Coded(FailureReason),
        required=True,
        validate=[
            validate.Length(min=1, error="请至少选择一个原因"),
            validate.Length(max=MAX_REASONS),
        ],
        error_messages={"required": "请至少选择一个原因"},
    )
    note = Text(lines=True, load_default=None, allow_none=True, most=500)


class DeclineIn(Strict):
    """Why it is not taken 不予受理, and where to go instead."""

    ground = Coded(DeclineGround, required=True)
    go_to = fields.List(
        Word(OrganisationKind),
        required=True,
        validate=validate.Length(min=1, max=6, error="请写明该去哪里"),
        error_messages={"required": "请写明该去哪里"},
    )
    reason = Text(lines=True, load_default=None, allow_none=True, most=500)

    @pre_load
    def _one_door_is_a_list_of_one(self, data: Any, **kwargs: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("go_to"), str):
            return data | {"go_to": [data["go_to"]]}
        return data


class CloseIn(Strict):
    """How it ends."""

    outcome = Word(Outcome, required=True)
    reason = Text(lines=True, load_default=None, allow_none=True, most=500)


SHAPES: Final[Mapping[Step, type[Strict]]] = MappingProxyType(
    {
        Step.DISPATCH: DispatchIn,
        Step.ACCEPT: Nothing,
        Step.RETURN: ReturnIn,
        Step.ASSIGN: AssignIn,
        Step.START: Nothing,
        Step.AGREE: AgreeIn,
        Step.FAIL: FailIn,
        Step.WITHDRAW: ReasonIn,
        Step.TERMINATE: ReasonIn,
        Step.DECLINE: DeclineIn,
        Step.PERFORM: Nothing,
        Step.CLOSE: CloseIn,
        Step.REOPEN: ReasonIn,
        Step.ARCHIVE: Nothing,
        Step.VOID: ReasonIn,
    }
)


class StepIn(Strict):
    """Any step's body; the step's own shape reads it strictly."""

    class Meta:
        unknown = INCLUDE
