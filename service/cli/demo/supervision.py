"""Supervision 督办 of the demo: open, late, answered, ended; an urge; one listed."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Final

from config.demo import Pressed
from service.cli.demo.office import back, soon
from service.cli.demo.world import Life, World
from service.operations import supervision as operations
from service.operations.supervision import Order

SEED: Final = 20261124
REPLIES: Final = "mediator"  # who has all of them in hand


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each paper."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    for pressed in world.town.pressed:
        yield _pressed(world, pressed, rng, now)


def _pressed(world: World, pressed: Pressed, rng: Random, now: datetime) -> Life:
    """Ordered, answered two days later, and over two days after that."""
    desk, actors = world.desk, world.staff.actors
    yield (at := back(now, pressed.ago, desk, rng))
    case, orders = world.in_hand[pressed.category], actors[pressed.by]
    what = Order(kind=pressed.kind, words=pressed.words)
    (made,) = operations.order([case.id], what, actor=orders, desk=desk, now=at)
    if pressed.reply is None:
        return
    yield (at := soon(at, 2, now, desk, rng))
    operations.answer(made, pressed.reply, actor=actors[REPLIES], desk=desk, now=at)
    if pressed.ended:
        yield (at := soon(at, 2, now, desk, rng))
        operations.finish(made, actor=orders, desk=desk, now=at)
