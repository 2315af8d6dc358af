"""Shapes of consultations 咨询: what recording, correcting and listing take, and what is shown."""

from marshmallow import ValidationError, fields, validate, validates_schema

from config.vocabulary import OrganisationKind, Source
from schemas.base import Day, Flag, Id, PageQuery, Sought, Strict, Text, Word
from schemas.dispute import OrganisationOut

MOST_DOORS = 8
_DOORS = validate.Length(max=MOST_DOORS, error=f"最多选 {MOST_DOORS} 个去处")


class ConsultIn(Strict):
    """A question and what was answered; who asked may stay unknown."""

    question = Text(lines=True, required=True, most=2000)
    answer = Text(lines=True, required=True, most=2000)
    source = Word(Source, required=True)
    category = Text(load_default=None, allow_none=True, most=40)
    name = Text(load_default=None, allow_none=True, most=100)
    phone = Text(load_default=None, allow_none=True, most=40)
    village = Text(load_default=None, allow_none=True, most=60)
    guided_to = fields.List(
        Word(OrganisationKind), load_default=None, allow_none=True, validate=_DOORS
    )


class CorrectConsultationIn(Strict):
    """A correction; a field left out stays."""

    question = Text(lines=True, most=2000)
    answer = Text(lines=True, most=2000)
    source = Word(Source)
    category = Text(allow_none=True, most=40)
    name = Text(allow_none=True, most=100)
    phone = Text(allow_none=True, most=40)
    village = Text(allow_none=True, most=60)
    guided_to = fields.List(Word(OrganisationKind), allow_none=True, validate=_DOORS)

    @validates_schema
    def _changes_something(self, data: dict[str, object], **kwargs: object) -> None:
        if not data:
            raise ValidationError("没有要修改的内容", "body")


class ConsultationQuery(PageQuery):
    """Filters of the list; both days are inclusive, `q` is looked for in number and question."""

    category = Text(load_default=None, least=0, most=40)
    source = Word(Source, load_default=None)
    asked_from = Day(load_default=None)
    asked_to = Day(load_default=None)
    q = Sought(load_default=None, least=0, most=60)


class BecameOut(Strict):
    """The dispute that came of it; `id` only for who may open it."""

    id = Id()
    number = fields.String()


class _Told(Strict):
    """What every reader of a consultation is told."""

    id = Id()
    number = fields.String()
    asked_at = fields.AwareDateTime(format="iso")
    asked_on = Day()
    source = Word(Source)
    category = fields.String()
    question = fields.String()
    guided_to = fields.List(fields.String())
    organisation = fields.Nested(OrganisationOut)
    registered_by = fields.String()


class ConsultationRowOut(_Told):
    """One row of a list; it names nobody who asked."""

    became_dispute = fields.Boolean()


class ConsultationOut(_Told):
    """One consultation as the viewer may see it."""

    answer = fields.String()
    name = fields.String()
    phone = fields.String()
    village = fields.String()
    dispute = fields.Nested(BecameOut)
    version = fields.Integer()


class ConsultationPageOut(Strict):
    """A page of a list; `total` only when asked for."""

    items = fields.List(fields.Nested(ConsultationRowOut))
    next_cursor = fields.String()
    total = fields.Integer()


class BriefConsultationOut(Strict):
    """One consultation behind a figure; no word of it."""

    id = Id()
    number = fields.String()
    asked_on = Day()
    source = Word(Source)
    category = fields.String()
    organisation = fields.String()
    counted = Flag()
