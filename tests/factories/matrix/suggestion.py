"""Letters 建议书 at units of both towns."""

from collections.abc import Iterator
from datetime import timedelta

from config.suggestion import SuggestionKind
from config.vocabulary import Role
from service.operations import suggestion
from service.operations.suggestion import DemandDraft, SuggestionDraft
from tests.factories.matrix.world import EARLIER, TODAY, Thing, World


def made(world: World) -> Iterator[Thing]:
    """Each recorded by who handles the letters of its town."""
    office = world.office
    for relation, unit, home in (
        ("my organisation's", "justice", "justice"),
        ("another organisation's", "station", "justice"),
        ("another town's", "north-committee", "north-centre"),
    ):
        said = {place: world.word(8) for place in ("issuer", "title", "document_number", "text")}
        draft = SuggestionDraft(
            kind=SuggestionKind.PROCURATORIAL_GENERAL,
            issuer=said["issuer"],
            document_number=said["document_number"],
            title=said["title"],
            received_on=TODAY - timedelta(days=3),
            organisation=office.units[unit],
            demands=[DemandDraft(number=1, text=said["text"])],
        )
        clerk = office.actor(Role.LEGAL, home)
        recorded = suggestion.record(draft, actor=clerk, desk=office.desk, now=EARLIER)
        yield Thing("suggestion_id", relation, recorded, said, office.units[unit], clerk.user_id)
