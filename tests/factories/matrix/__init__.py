"""A town full of what belongs to others: who asks, and things in every relation to them."""

import random

from tests.factories.matrix import (
    consultation,
    data_request,
    dispute,
    duty,
    grant,
    handover,
    lawsuit,
    restricted,
    share,
    suggestion,
    upkeep,
    user,
)
from tests.factories.matrix.world import EARLIER, NOW, TODAY, Subject, Thing, World, two_towns
from tests.factories.office import Office

__all__ = ["EARLIER", "NOW", "TODAY", "Subject", "Thing", "World", "built"]
BESIDE = (
    consultation.made,
    lawsuit.made,
    suggestion.made,
    data_request.made,
    duty.notes,
    duty.absences,
    upkeep.holds,
    upkeep.lists,
    restricted.glasses,
)


def built(office: Office, *, seed: int) -> World:
    """The whole world, inside an app context; `seed` says which words stand in it."""
    world = World(office, seed, dice=random.Random(seed))
    two_towns(world)
    dispute.made(world)
    share.made(world)
    restricted.namings(world)
    handover.made(world)
    dispute.erased(world)
    for each in BESIDE:
        world.things += each(world)
    user.people(world)
    world.things += grant.made(world)
    world.subjects = list(user.subjects(world))
    user.personal(world)
    return world
