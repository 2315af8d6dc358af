"""Who stands in for whom 代办, and what one shift leaves to the next 交班."""

from collections.abc import Iterator
from datetime import timedelta

from config.vocabulary import AbsenceReason, Role
from service.operations import shift_note
from service.operations import substitution as substitutions
from service.rules.substitution import StandIn
from tests.factories.matrix.world import EARLIER, TODAY, Thing, World


def notes(world: World) -> Iterator[Thing]:
    """What a window wrote down for the next shift."""
    office = world.office
    for relation, clerk in (
        ("my organisation's", office.actor(Role.WINDOW, "centre", name="b")),
        ("another organisation's", office.actor(Role.WINDOW, "station")),
        ("another town's", office.actor(Role.WINDOW, "north-centre")),
    ):
        words = world.word(12)
        made = shift_note.hand_over(words, actor=clerk, desk=office.desk, now=EARLIER)
        said = {"words": words}
        yield Thing("note_id", relation, made, said, clerk.organisation_id, clerk.user_id)


def absences(world: World) -> Iterator[Thing]:
    """Of mediators nobody here signs in as: who stands in reaches what is another's."""
    office = world.office
    for relation, unit, town in (
        ("my organisation's", "committee", "centre"),
        ("another organisation's", "station", "centre"),
        ("another town's", "north-committee", "north-centre"),
    ):
        away, there = (office.actor(Role.MEDIATOR, unit, name=name) for name in ("away", "there"))
        made = substitutions.enter(
            StandIn(away.user_id, there.user_id, TODAY, TODAY + timedelta(days=5)),
            AbsenceReason.HOLIDAY,
            actor=office.actor(Role.DIRECTOR, town),
            desk=office.desk,
            now=EARLIER,
        )
        yield Thing("substitution_id", relation, made, {}, away.organisation_id, away.user_id)
