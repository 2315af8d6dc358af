"""Shapes of substitutions 替岗: who is away from when until when, and who stands in."""

from marshmallow import fields

from config.vocabulary import AbsenceReason
from schemas.base import Day, Id, Strict, Word


class SubstitutionIn(Strict):
    """An absence to note; both days are included."""

    absent = Id(required=True)
    substitute = Id(required=True)
    from_on = Day(required=True, data_key="from")
    until_on = Day(required=True, data_key="until")
    reason = Word(AbsenceReason, required=True)


class SubstitutionOut(Strict):
    """An absence."""

    id = Id()
    absent_id = Id()
    absent = fields.String()
    substitute_id = Id()
    substitute = fields.String()
    organisation = fields.String()
    from_on = Day(data_key="from")
    until_on = Day(data_key="until")
    reason = Word(AbsenceReason)


class SubstitutionListOut(Strict):
    """Absences of today and later."""

    items = fields.List(fields.Nested(SubstitutionOut))
    next_cursor = fields.String()
