"""What is shared with other offices in the demo: to assist, for the court, for advice, referred."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from config.demo import Shared
from service.cli.demo.office import back, later
from service.cli.demo.world import Life, World
from service.operations import share as operations
from service.operations.share import ShareDraft

SEED: Final = 20260716


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each share, made by the director."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up shares every time
    for shared in world.town.shared:
        yield _given(world, shared, rng, now)


def _given(world: World, shared: Shared, rng: Random, now: datetime) -> Life:
    desk, director = world.desk, world.staff.actors["director"]
    yield (at := back(now, shared.ago, desk, rng))
    case = world.in_hand[shared.category]
    draft = ShareDraft(
        organisation=world.staff.ids[shared.organisation],
        purpose=shared.purpose,
        until=desk.today(at) + timedelta(days=shared.days),
        basis=shared.basis,
    )
    made = operations.share(case.id, draft, actor=director, desk=desk, now=at)
    if shared.ended:
        yield (at := later(at, 4, desk, rng))
        operations.end(case.id, made, actor=director, desk=desk, now=at)
