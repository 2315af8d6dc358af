"""Shapes of organisations 单位: what the register takes and what it shows."""

from marshmallow import fields, validate

from config.vocabulary import OrganisationKind
from schemas.base import Count, Flag, Id, Limit, PageQuery, Strict, Text, Word

LAST_PLACE = 9999


class OrganisationIn(Strict):
    """An organisation to take in."""

    kind = Word(OrganisationKind, required=True)
    name = Text(required=True, most=100)
    prefix = Text(load_default=None, allow_none=True, most=20)
    parent = Id(load_default=None, allow_none=True)
    address = Text(load_default=None, allow_none=True, most=200)
    phone = Text(load_default=None, allow_none=True, most=40)
    hours = Text(load_default=None, allow_none=True, most=100)
    position = Count(load_default=0, least=0, most=LAST_PLACE)
    letterhead = Text(load_default=None, allow_none=True, most=100)
    seal = Text(load_default=None, allow_none=True, most=100)
    seal_keeper = Text(load_default=None, allow_none=True, most=80)


class OrganisationChangeIn(Strict):
    """What to change; a field left out stays as it is, null empties it."""

    kind = Word(OrganisationKind)
    name = Text(most=100)
    prefix = Text(allow_none=True, most=20)
    parent = Id(allow_none=True)
    address = Text(allow_none=True, most=200)
    phone = Text(allow_none=True, most=40)
    hours = Text(allow_none=True, most=100)
    position = Count(least=0, most=LAST_PLACE)
    letterhead = Text(allow_none=True, most=100)
    seal = Text(allow_none=True, most=100)
    seal_keeper = Text(allow_none=True, most=80)
    active = Flag()


class OrganisationQuery(PageQuery):
    """The query of the list; `all` shows those that were given up too.

    Without `limit` all of them come at once: a town has some dozens.
    """

    limit = Limit(load_default=None, validate=validate.Range(1, 200, error="应在 1 到 200 之间"))
    all = fields.Boolean(load_default=False)


class AboveOut(Strict):
    """The organisation one stands under."""

    id = Id()
    name = fields.String()


class OrganisationRowOut(Strict):
    """One organisation of the list."""

    id = Id()
    kind = Word(OrganisationKind)
    name = fields.String()
    address = fields.String()
    phone = fields.String()
    hours = fields.String()
    active = fields.Boolean()


class OrganisationCardOut(OrganisationRowOut):
    """Everything the register says of one organisation."""

    prefix = fields.String()
    parent = fields.Nested(AboveOut)
    position = fields.Integer()
    letterhead = fields.String()
    seal = fields.String()
    seal_keeper = fields.String()
    version = fields.Integer()


class OrganisationListOut(Strict):
    """Every organisation, in the office's order."""

    items = fields.List(fields.Nested(OrganisationRowOut))
    next_cursor = fields.String()
    total = fields.Integer()
