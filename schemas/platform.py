"""Shapes of what another platform 外部平台 reads back."""

from typing import Final

from marshmallow import fields

from config.vocabulary import DisputeStatus, Outcome
from schemas.base import Day, Id, Strict, Text, Word
from schemas.dispute import DisputeQuery

PLATFORM_FIELDS: Final = (
    "id",
    "number",
    "source_reference",
    "status",
    "outcome",
    "organisation",
    "registered_on",
    "accepted_on",
    "closed_on",
    "due_on",
)
# what is left of a restricted one: the numbers both sides know it by, and how far it is
RESTRICTED_FIELDS: Final = ("id", "number", "source_reference", "status")
# what a platform may narrow its list to
PLATFORM_FILTERS: Final = frozenset(
    {"source_reference", "status", "registered_from", "registered_to"}
)


class PlatformOut(Strict):
    """One dispute as its platform sees it; `organisation` is the unit's name."""

    id = Id()
    number = fields.String()
    source_reference = fields.String()
    status = Word(DisputeStatus)
    outcome = Word(Outcome)
    organisation = fields.String()
    registered_on = Day()
    accepted_on = Day()
    closed_on = Day()
    due_on = Day()


class ProgramQuery(DisputeQuery):
    """The filters of the list, and the sender's own number, for the platform it belongs to."""

    source_reference = Text(load_default=None, least=0, most=100)
