"""Shapes of evidence 佐证 of the plan's tasks and of the entries of its registers."""

from marshmallow import fields

from config.plan import EvidenceKind
from config.vocabulary import Media
from schemas.base import Day, Flag, Id, Strict, Text, Word


class PlanEvidenceIn(Strict):
    """What a file shows; without `about` that is what its kind is called. Parts of a form."""

    kind = Word(EvidenceKind, load_default=EvidenceKind.OTHER)
    about = Text(load_default=None, allow_none=True, most=120)
    milestone = Id(load_default=None, allow_none=True)
    public = fields.Boolean(load_default=False)
    published_on = Day(load_default=None, allow_none=True)
    published_at = Text(load_default=None, allow_none=True, most=200)
    keep_location = fields.Boolean(load_default=False)


class PlanPublicationIn(Strict):
    """Whether it is of what the town makes public 主动公开, since when, and where it stands."""

    public = Flag(required=True)
    published_on = Day(load_default=None, allow_none=True)
    published_at = Text(load_default=None, allow_none=True, most=200)


class PlanEvidenceBackOut(Strict):
    """Who took it back, when and why."""

    by = fields.String()
    at = fields.AwareDateTime(format="iso")
    reason = fields.String()


class PlanEvidenceOut(Strict):
    """One file, `size` in bytes."""

    id = Id()
    name = fields.String()
    kind = Word(EvidenceKind)
    about = fields.String()
    milestone = Id()
    media = Word(Media)
    size = fields.Integer()
    sha256 = fields.String()
    public = fields.Boolean()
    published_on = Day()
    published_at = fields.String()
    uploaded_by = fields.String()
    uploaded_at = fields.AwareDateTime(format="iso")
    withdrawal = fields.Nested(PlanEvidenceBackOut, allow_none=True)


class PlanEvidenceListOut(Strict):
    """The files of a task or an entry, oldest first; those taken back too."""

    items = fields.List(fields.Nested(PlanEvidenceOut))
