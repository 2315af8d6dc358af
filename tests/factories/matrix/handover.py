"""Handovers 移交 from unit to unit: one that was taken over, and one that waits for that."""

from uuid import UUID

from config.vocabulary import Role, Step
from tests.factories.dispute import Handling
from tests.factories.handover import accepted, sent, signed
from tests.factories.matrix.world import EARLIER, World

WAYS = (
    ("handed over by my organisation", "committee", "station"),
    ("handed to my organisation, not answered", "station", "committee"),
)


def made(world: World) -> None:
    """Both, between the committee and the station."""
    of = {each.relation: each for each in world.disputes()}
    for relation, sender, receiver in WAYS:
        thing, office = of[relation], world.office
        handling, by = Handling(office, UUID(str(thing.id))), office.actor(Role.LIAISON, sender)
        handling.take(Step.ACCEPT, actor=by, now=EARLIER)
        row = sent(
            handling,
            receiver,
            actor=by,
            now=EARLIER,
            consent=signed(handling, EARLIER.date()),
            reason=thing.canaries["note"],
            risk=thing.canaries["term"],
        )
        thing.parts["handover_id"] = row
        if receiver == "station":
            accepted(handling, row, actor=office.actor(Role.LIAISON, receiver), now=EARLIER)
