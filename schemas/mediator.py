"""Shapes of mediators 调解员名册, their leave and declared relations, and who is suggested."""

from marshmallow import fields, validate

from config.mediator_word import Gender, RecusalGrade, RecusalState, Relation
from config.vocabulary import AbsenceReason, DisputeStatus, Language
from schemas.base import Count, Day, Flag, Id, PageQuery, Sought, Strict, Text, Word

MOST_SKILLS = 30
MOST_LOAD = 500


class MediatorPatch(Strict):
    """What may be changed of a row of the register; what is named with null is taken away."""

    organisation = Id()
    user = Id(allow_none=True)
    name = Text(most=80)
    gender = Word(Gender, allow_none=True)
    village = Text(most=60, allow_none=True)
    skills = fields.List(Text(most=40), validate=validate.Length(max=MOST_SKILLS))
    languages = fields.List(Word(Language))
    certificate = Text(most=60, allow_none=True)
    appointed_from = Day(allow_none=True)
    appointed_until = Day(allow_none=True)
    load_limit = Count(most=MOST_LOAD)
    id_number = Text(most=40, allow_none=True)
    phone = Text(most=40, allow_none=True)
    address = Text(most=200, allow_none=True)
    active = Flag()


class MediatorIn(MediatorPatch):
    """One to take into the register."""

    organisation = Id(required=True)
    name = Text(most=80, required=True)


class MediatorQuery(PageQuery):
    """What the list is narrowed to."""

    q = Sought(load_default="", most=60)
    organisation = Id(load_default=None)
    skill = Text(load_default=None, most=40)
    language = Word(Language, load_default=None)
    active = fields.Boolean(load_default=None)


class MediatorLeaveIn(Strict):
    """An absence; both days are included."""

    from_on = Day(required=True, data_key="from")
    until_on = Day(required=True, data_key="until")
    reason = Word(AbsenceReason, required=True)


class MediatorLeaveOut(MediatorLeaveIn):
    """An absence, now or to come."""

    id = Id()


class InterestIn(Strict):
    """A relation a mediator declares to a person or a unit."""

    relation = Word(Relation, required=True)
    name = Text(most=100, required=True)
    id_number = Text(most=40, load_default=None, allow_none=True)


class InterestOut(Strict):
    """A declared relation; the number masked."""

    id = Id()
    relation = Word(Relation)
    name = fields.String()
    id_number = fields.String(allow_none=True)
    declared_on = Day()


class MediatorUnitOut(Strict):
    """The unit of a mediator."""

    id = Id()
    name = fields.String()


class MediatorOut(Strict):
    """One who mediates; `id` names them in steps, `register` is null before they are taken in."""

    id = Id()
    register = Id(attribute="register_id", allow_none=True)
    name = fields.String()
    organisation = fields.Nested(MediatorUnitOut)
    user = Id(attribute="user_id", allow_none=True)
    gender = Word(Gender, allow_none=True)
    village = fields.String(allow_none=True)
    skills = fields.List(fields.String())
    languages = fields.List(fields.String())
    certificate = fields.String(allow_none=True)
    appointed_from = Day(allow_none=True)
    appointed_until = Day(allow_none=True)
    load_limit = fields.Integer(allow_none=True)
    active = Flag()
    listed = Flag()
    away = Flag()
    open = fields.Integer()
    version = fields.Integer(allow_none=True)


class MediatorPageOut(Strict):
    """A page of the register."""

    items = fields.List(fields.Nested(MediatorOut))
    next_cursor = fields.String(allow_none=True)
    total = fields.Integer()


class MediatorMixOut(Strict):
    """What ended in mediation within a year, of one category."""

    category = fields.String()
    ended = fields.Integer()
    agreed = fields.Integer()


class MediatorDetailOut(MediatorOut):
    """One in full; what is null is told to their head alone."""

    id_number = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    leaves = fields.List(fields.Nested(MediatorLeaveOut))
    by_status = fields.Dict(keys=Word(DisputeStatus), values=fields.Integer())
    interests = fields.List(fields.Nested(InterestOut), allow_none=True)
    mix = fields.List(fields.Nested(MediatorMixOut), allow_none=True)
    recusals = fields.Dict(keys=Word(RecusalState), values=fields.Integer(), allow_none=True)


class GroundBasisOut(Strict):
    """A citation."""

    law = fields.String()
    article = fields.String()
    grade = fields.String()


class RecusalFindingOut(Strict):
    """What speaks against somebody, or is to be thought of."""

    code = fields.String()
    grade = Word(RecusalGrade)
    text = fields.String()
    basis = fields.List(fields.Nested(GroundBasisOut))


class ScorePartOut(Strict):
    """A part of a score."""

    code = fields.String()
    text = fields.String()
    points = fields.Integer()
    most = fields.Integer()


class MediatorCandidateOut(Strict):
    """A mediator with what speaks for and against them."""

    id = Id(attribute="candidate.id")
    name = fields.String(attribute="candidate.name")
    organisation = fields.String(attribute="candidate.unit")
    open = fields.Integer(attribute="candidate.open")
    excluded = Flag()
    score = fields.Integer()
    parts = fields.List(fields.Nested(ScorePartOut))
    findings = fields.List(fields.Nested(RecusalFindingOut))


class MediatorCandidatesQuery(Strict):
    """Of which unit; without one, of the unit in charge."""

    organisation = Id(load_default=None)


class MediatorCandidatesOut(Strict):
    """Three to be named, and the others with what speaks against them."""

    offered = fields.List(fields.Nested(MediatorCandidateOut))
    others = fields.List(fields.Nested(MediatorCandidateOut))
    sealed = Flag()
