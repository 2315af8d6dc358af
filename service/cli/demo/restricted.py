"""The restricted disputes of the demo: who was named, one glass that is over, one that waits."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from service.cli.demo.office import back, later
from service.cli.demo.world import Life, World
from service.operations import audit
from service.operations import restricted as operations

SEED: Final = 20260717
WAITS: Final = timedelta(minutes=35)
LONG_OVER: Final = timedelta(hours=5)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """Two people named, one of them no more; two requests to break the glass."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    yield _named_and_over(world, rng, now)
    yield _named(world, rng, now)
    yield _glass_that_is_over(world, rng, now)
    yield _glass_that_waits(world, now)


def _named_and_over(world: World, rng: Random, now: datetime) -> Life:
    desk, director = world.desk, world.staff.actors["director"]
    yield (at := back(now, 60, desk, rng))
    case, person = world.hidden[0], world.staff.actors["mediator-women"].user_id
    reason = world.town.words["naming_reasons"][0]
    made = operations.name(case.id, person, reason, actor=director, desk=desk, now=at)
    yield (at := later(at, 20, desk, rng))
    operations.end_naming(case.id, made, actor=director, desk=desk, now=at)


def _named(world: World, rng: Random, now: datetime) -> Life:
    desk, director = world.desk, world.staff.actors["director"]
    yield (at := back(now, 2, desk, rng))
    case = next(each for each in world.hidden if each.story.child)
    person = world.staff.actors["mediator-justice"].user_id
    reason = world.town.words["naming_reasons"][1]
    operations.name(case.id, person, reason, actor=director, desk=desk, now=at)


def _glass_that_is_over(world: World, rng: Random, now: datetime) -> Life:
    """Asked for, read and agreed to by the second person, looked through; four hours later shut."""
    desk, director = world.desk, world.staff.actors["director"]
    second = world.staff.actors["secadmin"]
    yield (at := min(back(now, 4, desk, rng), now - LONG_OVER))
    case, reason = world.hidden[0], world.town.words["glass_reasons"][0]
    glass = operations.ask_for_glass(case.id, reason, actor=director, desk=desk, now=at)
    yield (at := at + timedelta(minutes=6))
    operations.glass_reason(glass, actor=second, desk=desk, now=at)
    operations.decide_glass(glass, agree=True, reason=None, actor=second, desk=desk, now=at)
    yield (at := at + timedelta(minutes=3))
    audit.looked(case.id, actor=director, desk=desk, now=at)


def _glass_that_waits(world: World, now: datetime) -> Life:
    yield (at := now - WAITS)
    case, reason = world.hidden[-1], world.town.words["glass_reasons"][1]
    director = world.staff.actors["director"]
    operations.ask_for_glass(case.id, reason, actor=director, desk=world.desk, now=at)
