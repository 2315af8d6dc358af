"""Shapes of disputes 纠纷: what registering and listing take, and what is shown."""

from marshmallow import ValidationError, fields, validate, validates_schema

from config.vocabulary import (
    Authority,
    Channel,
    DisputeStatus,
    IdType,
    Language,
    Level,
    LinkRelation,
    Outcome,
    PartyKind,
    PartyRole,
    Source,
)
from schemas.base import Count, Day, Flag, Id, PageQuery, Sought, Strict, Text, Word, Yuan

MAX_PARTIES = 200
MAX_MATTERS = 5
MAX_LINKS = 10


class PartyIn(Strict):
    """One party as registered.

    `represents` is the place of the party an agent or guardian speaks for, counted from 0 in the
    same list; `representative` marks those whom a collective visit chose to speak for it.
    """

    role = Word(PartyRole, required=True)
    kind = Word(PartyKind, load_default=PartyKind.PERSON)
    name = Text(required=True, most=100)
    id_type = Word(IdType, load_default=None, allow_none=True)
    id_number = Text(load_default=None, allow_none=True, most=40)
    phone = Text(load_default=None, allow_none=True, most=40)
    address = Text(load_default=None, allow_none=True, most=200)
    language = Word(Language, load_default=Language.CHINESE)
    represents = Count(load_default=None, allow_none=True, least=0, most=MAX_PARTIES)
    authority = Word(Authority, load_default=None, allow_none=True)
    representative = Flag(load_default=False)


class PlaceIn(Strict):
    """Where it happened."""

    village = Text(load_default=None, allow_none=True, most=60)
    detail = Text(load_default=None, allow_none=True, most=200)


class MatterIn(Strict):
    """One of several matters of a visit; without a narrative of its own it shares the visit's."""

    category = Text(required=True, most=40)
    narrative = Text(lines=True, load_default=None, allow_none=True, most=5000)
    amount = Yuan(load_default=None, allow_none=True)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)


class LinkIn(Strict):
    """What the registrar found about a dispute that looks alike 查重结论."""

    number = Text(required=True, most=40)
    relation = Word(LinkRelation, required=True)


class RegisterIn(Strict):
    """A visit to register; facts are checked against the table of facts by the rules."""

    category = Text(required=True, most=40)
    narrative = Text(lines=True, required=True, most=5000)
    source = Word(Source, required=True)
    source_reference = Text(load_default=None, allow_none=True, most=100)
    place = fields.Nested(PlaceIn, load_default=None, allow_none=True)
    occurred_on = Day(load_default=None, allow_none=True)
    amount = Yuan(load_default=None, allow_none=True)
    people_count = Count(load_default=None, allow_none=True, most=100_000)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    matters = fields.List(
        fields.Nested(MatterIn),
        load_default=list,
        validate=validate.Length(max=MAX_MATTERS, error=f"一次来访最多登记 {MAX_MATTERS} 件"),
    )
    parties = fields.List(
        fields.Nested(PartyIn),
        required=True,
        validate=validate.Length(min=1, max=MAX_PARTIES, error="当事人应为 1 到 200 人"),
    )
    restricted = Flag(load_default=False)
    interpreter = Text(load_default=None, allow_none=True, most=80)
    links = fields.List(
        fields.Nested(LinkIn),
        load_default=list,
        validate=validate.Length(max=MAX_LINKS, error=f"一次最多关联 {MAX_LINKS} 件"),
    )

    @validates_schema
    def _has_an_applicant(self, data: dict[str, object], **kwargs: object) -> None:
        parties = data.get("parties")
        roles = [party["role"] for party in parties] if isinstance(parties, list) else []
        if PartyRole.APPLICANT not in roles:
            raise ValidationError("至少要有一名申请人", "parties")


class DisputeQuery(PageQuery):
    """Filters of the list of disputes; plain fields, all optional."""

    status = Word(DisputeStatus, load_default=None)
    category = Text(load_default=None, least=0, most=40)
    channel = Word(Channel, load_default=None)
    organisation = Id(load_default=None)
    village = Text(load_default=None, least=0, most=60)
    source = Word(Source, load_default=None)
    registered_from = Day(load_default=None)
    registered_to = Day(load_default=None)
    due_before = Day(load_default=None)
    overdue = fields.Boolean(load_default=None)
    open = fields.Boolean(load_default=None)
    dated = fields.Boolean(load_default=None)
    urgent = fields.Boolean(load_default=None)
    q = Sought(load_default=None, least=0, most=60)
    mine = fields.Boolean(load_default=False)
    sort = fields.String(
        load_default="newest",
        validate=validate.OneOf(["newest", "oldest", "due"], error="没有这种排序"),
    )


class OrganisationOut(Strict):
    """An organisation as others see it."""

    id = Id()
    kind = fields.String()
    name = fields.String()


class PersonOut(Strict):
    """A member of staff as others see them."""

    id = Id()
    name = fields.String()


class PartyOut(Strict):
    """A party as the viewer may see it; `represents` counts from 0 in the same list."""

    id = Id()
    role = Word(PartyRole)
    kind = Word(PartyKind)
    name = fields.String()
    id_type = Word(IdType)
    id_number = fields.String()
    phone = fields.String()
    address = fields.String()
    language = Word(Language)
    represents = fields.Integer()
    authority = Word(Authority)
    representative = Flag()


class PlaceOut(Strict):
    """Where it happened, as shown."""

    village = fields.String()
    detail = fields.String()


class DueOut(Strict):
    """The promise that runs: rule, date, whether it may still move, whether it is paused."""

    rule = fields.String()
    on = Day()
    provisional = Flag()
    paused = Flag()


class RemedyOut(Strict):
    """Which of the parties' own terms runs out next."""

    rule = fields.String()
    on = Day()


class DisputeOut(Strict):
    """One dispute as the viewer may see it; `steps` are those open to the viewer."""

    id = Id()
    number = fields.String()
    status = Word(DisputeStatus)
    outcome = Word(Outcome)
    category = fields.String()
    narrative = fields.String()
    source = Word(Source)
    source_reference = fields.String()
    place = fields.Nested(PlaceOut)
    occurred_on = Day()
    amount = Yuan(attribute="amount_fen")
    people_count = fields.Integer()
    facts = fields.Dict()
    restricted = Flag()
    sealed = Flag()
    channel = Word(Channel)
    level = Word(Level)
    registered_at = fields.AwareDateTime(format="iso")
    registered_on = Day()
    accepted_on = Day()
    closed_on = Day()
    organisation = fields.Nested(OrganisationOut)
    assist = fields.List(fields.Nested(OrganisationOut))
    mediator = fields.Nested(PersonOut)
    due = fields.Nested(DueOut)
    remedy = fields.Nested(RemedyOut)
    guided_to = fields.List(fields.String())
    override_reason = fields.String()
    office_text = fields.String()
    mediator_text = fields.String()
    remark = fields.String()
    interpreter = fields.String()
    parties = fields.List(fields.Nested(PartyOut))
    route = fields.Dict()
    steps = fields.List(fields.String())
    next_step = fields.String()
    linked = fields.List(fields.Dict())
    receipt = fields.Dict()
    siblings = fields.Dict()
    merged_into = fields.Dict()
    version = fields.Integer()


class DisputeRowOut(Strict):
    """One row of a list."""

    id = Id()
    number = fields.String()
    status = Word(DisputeStatus)
    outcome = Word(Outcome)
    category = fields.String()
    channel = Word(Channel)
    level = Word(Level)
    restricted = Flag()
    registered_on = Day()
    closed_on = Day()
    due_on = Day()
    due_paused = Flag()
    overdue = Flag()
    remedy_on = Day()
    remedy_rule = fields.String()
    organisation = fields.String()
    mediator = fields.String()
    parties = fields.String()


# what a leader is told of a dispute (contract §8.1); `parties` then says no more than 受限
BRIEF_FIELDS = (
    "number",
    "status",
    "category",
    "restricted",
    "due_on",
    "due_paused",
    "overdue",
    "organisation",
    "parties",
)


class DisputePageOut(Strict):
    """A page of a list; `total` only when asked for."""

    items = fields.List(fields.Nested(DisputeRowOut))
    next_cursor = fields.String()
    total = fields.Integer()


class BriefRowOut(Strict):
    """One dispute behind a figure: number, category, unit, stage, due; nothing of its people."""

    number = fields.String()
    ordinal = fields.Integer()
    category = fields.String()
    status = Word(DisputeStatus)
    organisation = fields.String()
    due_on = Day()
    due_provisional = Flag()
    due_paused = Flag()
    overdue = Flag()
    restricted = Flag()
    parties = fields.Function(lambda row: "受限" if row.restricted else None)
    counted = Flag()
