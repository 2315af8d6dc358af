"""Lawsuits 行政复议和诉讼, one of them out of a restricted dispute."""

from collections.abc import Iterator
from datetime import timedelta

from config.vocabulary import LawsuitInstance, LawsuitProcedure, Role
from service.operations import lawsuit
from service.operations.lawsuit import LawsuitDraft
from tests.factories.matrix.world import EARLIER, TODAY, Thing, World


def made(world: World) -> Iterator[Thing]:
    """At units of both towns."""
    office, behind = world.office, {each.relation: each for each in world.disputes()}
    for relation, unit, about in (
        ("my organisation's", "justice", None),
        ("another organisation's", "station", "another organisation's"),
        ("another organisation's, restricted", "station", "another organisation's, restricted"),
        ("another town's", "north-committee", "another town's"),
    ):
        said = {place: world.word(8) for place in ("plaintiff", "cause", "act", "court")}
        draft_ = LawsuitDraft(
            procedure=LawsuitProcedure.LITIGATION,
            instance=LawsuitInstance.FIRST,
            court=said["court"],
            cause=said["cause"],
            act=said["act"],
            plaintiffs=[said["plaintiff"]],
            organisation=office.units[unit],
            served_on=TODAY - timedelta(days=3),
            dispute=behind[about].number if about else None,
        )
        home = "north-centre" if unit.startswith("north") else "justice"
        clerk = office.actor(Role.LEGAL, home)
        recorded = lawsuit.record(draft_, actor=clerk, desk=office.desk, now=EARLIER)
        yield Thing("lawsuit_id", relation, recorded, said, office.units[unit], clerk.user_id)
