"""Shapes of looking for duplicates 查重: a half-filled intake, and the disputes like it."""

from marshmallow import fields, validate

from config.vocabulary import (
    DisputeStatus,
    LinkRelation,
    MatchReason,
    Outcome,
    PartyKind,
    PartyRole,
    Source,
)
from schemas.base import Day, Id, Strict, Text, Word
from schemas.dispute import MAX_PARTIES, PartyIn, RegisterIn


class TypedPartyIn(PartyIn):
    """A party while it is being typed."""

    role = Word(PartyRole, load_default=None, allow_none=True)
    kind = Word(PartyKind, load_default=PartyKind.PERSON, allow_none=True)
    name = Text(load_default=None, allow_none=True, least=0, most=100)
    id_number = Text(load_default=None, allow_none=True, least=0, most=40)
    phone = Text(load_default=None, allow_none=True, least=0, most=40)


class DuplicateIn(RegisterIn):
    """An intake as far as it is filled; what does not help to find anything is left aside."""

    category = Text(load_default=None, allow_none=True, least=0, most=40)
    narrative = Text(lines=True, load_default=None, allow_none=True, least=0, most=5000)
    source = Word(Source, load_default=None, allow_none=True)
    parties = fields.List(
        fields.Nested(TypedPartyIn),
        load_default=list,
        validate=validate.Length(max=MAX_PARTIES, error=f"当事人最多 {MAX_PARTIES} 人"),
    )

    def _has_an_applicant(self, data: dict[str, object], **kwargs: object) -> None:
        """Nobody need be named yet."""


class ReasonOut(Strict):
    """Why a dispute may be the same, in words."""

    code = Word(MatchReason)
    text = fields.String()


class CandidateOut(Strict):
    """A dispute that may be the same, as the caller may see it."""

    number = fields.String()
    organisation = fields.String(allow_none=True)
    reasons = fields.List(fields.Nested(ReasonOut))
    score = fields.Integer()
    id = Id()
    status = Word(DisputeStatus)
    outcome = Word(Outcome, allow_none=True)
    registered_on = Day()
    category = fields.String()
    parties = fields.String()
    summary = fields.String()


# what is told of a dispute the caller may not read (contract §8.3)
FOREIGN_FIELDS = ("number", "organisation", "reasons")


class LikeOut(CandidateOut):
    """A dispute like a stored one, and what was decided about the two before."""

    decided = Word(LinkRelation, allow_none=True)


class DuplicatesOut(Strict):
    """The few disputes most like it, the likeliest first."""

    items = fields.List(fields.Nested(CandidateOut))
