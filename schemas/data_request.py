"""Shapes of requests of the people concerned 个人信息申请."""

from marshmallow import fields, validate

from config.vocabulary import (
    AnswerMethod,
    DataDecision,
    DataRequestKind,
    DataRequestStatus,
    IdentityCheck,
)
from schemas.base import Day, Flag, Id, PageQuery, Strict, Text, Word

MOST_NUMBERS = 50


class DataRequestIn(Strict):
    """A request as it comes in: numbers of disputes, or everything about who asks."""

    kind = Word(DataRequestKind, required=True)
    name = Text(required=True, most=100)
    id_number = Text(required=True, most=40)
    phone = Text(load_default=None, allow_none=True, most=40)
    identity_check = Word(IdentityCheck, required=True)
    everything = Flag(load_default=False)
    numbers = fields.List(
        Text(most=40),
        load_default=list,
        validate=validate.Length(max=MOST_NUMBERS, error=f"一次最多写 {MOST_NUMBERS} 个编号"),
    )
    wish = Text(load_default=None, allow_none=True, lines=True, most=1000)
    received_on = Day(required=True)


class DecideRequestIn(Strict):
    """How it is decided; what is refused needs its reason."""

    decision = Word(DataDecision, required=True)
    reason = Text(load_default=None, allow_none=True, lines=True, most=500)


class AnswerRequestIn(Strict):
    """How and when the answer was given."""

    method = Word(AnswerMethod, required=True)
    answered_on = Day(required=True)


class DataRequestQuery(PageQuery):
    """Filters of the list."""

    status = Word(DataRequestStatus, load_default=None)


class DataRequestOut(Strict):
    """One request; who asks is masked."""

    id = Id()
    kind = Word(DataRequestKind)
    status = Word(DataRequestStatus)
    name = fields.String()
    id_number = fields.String()
    phone = fields.String()
    identity_check = Word(IdentityCheck)
    everything = Flag()
    numbers = fields.List(fields.String())
    wish = fields.String()
    received_on = Day()
    received_by = fields.String()
    due_on = Day()
    due_provisional = Flag()
    overdue = Flag()
    decision = Word(DataDecision)
    reason = fields.String()
    decided_on = Day()
    decided_by = fields.String()
    answered_on = Day()
    answer_method = Word(AnswerMethod)
    version = fields.Integer()


class DataRequestPageOut(Strict):
    """A page of the list."""

    items = fields.List(fields.Nested(DataRequestOut))
    next_cursor = fields.String()
