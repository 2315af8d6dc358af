"""Shapes of what mediation leaves behind: sessions 调解会 and visits 回访."""

from marshmallow import fields, validate

from config.vocabulary import AgreementForm, VisitResult
from schemas.base import Day, Flag, Id, Instant, Strict, Text, Word, Yuan


class AttendanceIn(Strict):
    """Whether one party came."""

    party = Id(required=True)
    attended = Flag(required=True)


class SessionIn(Strict):
    """One meeting."""

    held_at = Instant(required=True)
    place = Text(required=True, most=100)
    attendance = fields.List(
        fields.Nested(AttendanceIn), load_default=list, validate=validate.Length(max=200)
    )
    minutes = Text(lines=True, required=True, most=10_000)


class VisitIn(Strict):
    """One follow-up visit."""

    visited_on = Day(required=True)
    result = Word(VisitResult, required=True)
    satisfied = Flag(load_default=None, allow_none=True)
    note = Text(lines=True, load_default=None, allow_none=True, most=1000)


class SessionOut(Strict):
    """One meeting as shown."""

    id = Id()
    ordinal = fields.Integer()
    held_at = fields.AwareDateTime(format="iso")
    place = fields.String()
    attendance = fields.List(fields.Dict())
    minutes = fields.String()


class VisitOut(Strict):
    """One visit as shown."""

    id = Id()
    visited_on = Day()
    result = Word(VisitResult)
    satisfied = Flag()
    note = fields.String()


class AgreementOut(Strict):
    """The agreement as shown."""

    id = Id()
    form = Word(AgreementForm)
    terms = fields.String()
    document_number = fields.String()
    amount = Yuan(attribute="amount_fen")
    agreed_on = Day()
    performed_by = Day()
    performed_on = Day()
