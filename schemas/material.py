"""Shapes of the papers 材料 of a dispute."""

from marshmallow import fields, validate

from config.vocabulary import MaterialForm, MaterialState
from schemas.base import Count, Day, Id, Strict, Text, Word

MOST_ITEMS = 50
MOST_COPIES = 99


class MaterialIn(Strict):
    """One paper: wanted, received or given back. `id` names one that is written down already."""

    id = Id(load_default=None, allow_none=True)
    name = Text(load_default=None, allow_none=True, most=100)
    form = Word(MaterialForm, load_default=MaterialForm.COPY)
    copies = Count(load_default=1, most=MOST_COPIES)
    state = Word(MaterialState, required=True)


class MaterialsIn(Strict):
    """Several papers at once."""

    items = fields.List(
        fields.Nested(MaterialIn), required=True, validate=validate.Length(min=1, max=MOST_ITEMS)
    )


class MaterialOut(Strict):
    """One paper as shown."""

    id = Id()
    name = fields.String()
    form = Word(MaterialForm)
    copies = fields.Integer()
    state = Word(MaterialState)
    told_on = Day()
    received_on = Day()
    received_by = fields.String()
    returned_on = Day()


class MaterialPageOut(Strict):
    """Every paper of a dispute."""

    items = fields.List(fields.Nested(MaterialOut))
