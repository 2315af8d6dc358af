"""Shapes of what data is processed on 处理依据: consents and their withdrawal."""

from marshmallow import fields

from config.vocabulary import BasisGround, ConsentForm
from schemas.base import Day, Id, Strict, Text, Word


class ConsentIn(Strict):
    """A consent: of whom, by which guardian, for what, how and when."""

    ground = Word(BasisGround, required=True)
    party = Id(load_default=None, allow_none=True)
    given_by = Id(load_default=None, allow_none=True)
    form = Word(ConsentForm, required=True)
    scope = Text(load_default=None, allow_none=True, lines=True, most=300)
    obtained_on = Day(required=True)


class WithdrawConsentIn(Strict):
    """When a consent was withdrawn, and why if that was said."""

    withdrawn_on = Day(required=True)
    reason = Text(load_default=None, allow_none=True, most=200)


class DutyOut(Strict):
    """A statutory duty and its article."""

    code = fields.String()
    text = fields.String()
    law = fields.String()
    article = fields.String()
    grade = fields.String()


class BasisOut(Strict):
    """One basis."""

    id = Id()
    ground = Word(BasisGround)
    duty = fields.Nested(DutyOut)
    party = Id()
    given_by = Id()
    form = Word(ConsentForm)
    scope = fields.String()
    obtained_on = Day()
    recorded_by = fields.String()
    withdrawn_on = Day()
    withdrawal = fields.String()


class BasisListOut(Strict):
    """The bases of one dispute; `missing` are places of children without a guardian's consent."""

    items = fields.List(fields.Nested(BasisOut))
    missing = fields.List(fields.Integer())
