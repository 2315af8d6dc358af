"""What is over its time in the demo: one forgotten, one held back, one that may go on a list."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from config.vocabulary import HoldGround, Step
from service.cli.demo.intake import register, story_of
from service.cli.demo.office import at_work, back
from service.cli.demo.world import Case, Life, World
from service.operations import erasure, hold

SEED: Final = 20260719
DECEMBER: Final = 12


def opened_at(world_today: date) -> datetime:
    """When the town's centre was opened: before the oldest of its files."""
    return datetime.combine(date(world_today.year - 3, 11, 20), time(1), tzinfo=UTC)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """Three registered by mistake long ago: those are kept for a year after the year's end."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    year, kept = world.desk.today(now).year, list[Case]()
    yield _mistaken(world, at_work(date(year - 3, DECEMBER, 8), world.desk, rng), [])
    yield _forgotten(world, at_work(date(year - 1, 11, 18), world.desk, rng))
    for day in (9, 15):
        yield _mistaken(world, at_work(date(year - 2, DECEMBER, day), world.desk, rng), kept)
    yield _held(world, kept, back(now, 21, world.desk, rng))


def _mistaken(world: World, at: datetime, kept: list[Case]) -> Life:
    yield at
    case = register(world, story_of(world, "neighbour"), at)
    kept.append(case)
    yield (at := at + timedelta(minutes=25))
    reason = world.say("void_reasons")
    world.take(case, Step.VOID, world.staff.actors["director"], at, reason=reason)


def _forgotten(world: World, at: datetime) -> Life:
    """Proposed by one, agreed to by two others, then done."""
    actors, desk = world.staff.actors, world.desk
    yield at
    made = erasure.propose(actor=actors["sysadmin"], desk=desk, now=at)
    for each in ("director", "secadmin"):
        yield (at := at + timedelta(minutes=40))
        erasure.agree(made, actor=actors[each], desk=desk, now=at)
    yield (at := at + timedelta(minutes=40))
    erasure.run(made, actor=actors["sysadmin"], desk=desk, now=at)


def _held(world: World, kept: list[Case], at: datetime) -> Life:
    yield at
    director, number = world.staff.actors["director"], kept[0].number
    hold.place(number, HoldGround.INSPECTION, actor=director, desk=world.desk, now=at)
