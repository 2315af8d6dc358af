"""Shapes of corrections 更正登记: what may be written over what was registered."""

from marshmallow import ValidationError, fields, validate, validates_schema

from config.vocabulary import Authority, IdType, Language, PartyKind, PartyRole, Source
from schemas.base import Count, Day, Flag, Id, Strict, Text, Word, Yuan
from schemas.dispute import MAX_PARTIES

NO_CHANGES = {"reason", "siblings"}


class CorrectPlaceIn(Strict):
    """Where it happened; a detail left out stays, null empties it."""

    village = Text(load_default=None, allow_none=True, most=60)
    detail = Text(allow_none=True, most=200)


class CorrectPartyIn(Strict):
    """A party in a correction: with an `id` what changes of that party, without one somebody new.

    A field left out stays, null empties it. `represents` counts from 0 in the same list.
    """

    id = Id()
    role = Word(PartyRole)
    kind = Word(PartyKind)
    name = Text(most=100)
    id_type = Word(IdType, allow_none=True)
    id_number = Text(allow_none=True, most=40)
    phone = Text(allow_none=True, most=40)
    address = Text(allow_none=True, most=200)
    language = Word(Language)
    represents = Count(allow_none=True, least=0, most=MAX_PARTIES)
    authority = Word(Authority, allow_none=True)
    representative = Flag()


class CorrectIn(Strict):
    """A correction of what was registered; a field left out stays.

    `parties` is everybody after the correction: a party that is not in it is taken away. Its order
    says nothing: parties stay in the order they are stored in, new ones come after them.
    `reason` may be left out, because programs that correct by PATCH were promised a shape without
    one; the page always asks for it. With `siblings` the changes of a party are made of the same
    person in the other open disputes of the visit 同一次来访 too, those the caller may correct.
    """

    category = Text(most=40)
    narrative = Text(lines=True, most=5000)
    source = Word(Source)
    source_reference = Text(allow_none=True, most=100)
    place = fields.Nested(CorrectPlaceIn, allow_none=True)
    occurred_on = Day(allow_none=True)
    amount = Yuan(allow_none=True)
    people_count = Count(allow_none=True, most=100_000)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw())
    interpreter = Text(allow_none=True, most=80)
    parties = fields.List(
        fields.Nested(CorrectPartyIn),
        validate=validate.Length(min=1, max=MAX_PARTIES, error="当事人应为 1 到 200 人"),
    )
    reason = Text(most=200)
    siblings = Flag()

    @validates_schema
    def _changes_something(self, data: dict[str, object], **kwargs: object) -> None:
        if not data.keys() - NO_CHANGES:
            raise ValidationError("没有要修改的内容", "body")
