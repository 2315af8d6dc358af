"""Versions of the routing rules in the demo: one published, one taken back, one that waits."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from config import routing_text
from service.cli.demo.office import back, soon
from service.cli.demo.world import Life, World
from service.operations import replay as replays
from service.operations import rulebook as operations
from service.operations.rulebook import Change
from service.queries import rulebook as queries
from service.queries.replay import Asked
from service.rules import rule as rules

SEED: Final = 20261126
RULE: Final = "debt"
CLEARER: Final = "民间借贷等债务纠纷，人民调解"
WHY_CLEARER: Final = "名称写明民间借贷，免得窗口把货款也当成借贷问"
TAKEN_BACK: Final = "先由律师事务所办理，待同律所商量"
TRIED: Final = "债务纠纷多的时候由司法所牵头，先看看会换多少件"
NEWEST: Final = 300


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life: what the director and the deputy write, and who publishes it."""
    yield _written(world, Random(SEED), now)  # noqa: S311 -- the same made-up days every time


def _written(world: World, rng: Random, now: datetime) -> Life:
    desk, actors = world.desk, world.staff.actors
    director, deputy = actors["director"], actors["director-deputy"]
    yield (at := back(now, 60, desk, rng))
    first = operations.draft(
        Change(note=WHY_CLEARER, content=_with(world, title=CLEARER)),
        actor=director,
        desk=desk,
        now=at,
    )
    yield (at := soon(at, 2, now, desk, rng))
    operations.publish(
        first, _after(world, at), version=_seen(world, first), actor=deputy, desk=desk, now=at
    )
    yield (at := back(now, 20, desk, rng))
    content = _with(world, lead="law_firm")
    second = operations.draft(
        Change(note=TAKEN_BACK, content=content), actor=director, desk=desk, now=at
    )
    yield (at := soon(at, 5, now, desk, rng))
    operations.withdraw(second, version=_seen(world, second), actor=director, desk=desk, now=at)
    yield (at := soon(at, 14, now, desk, rng))
    content = _with(world, lead="justice_office")
    third = operations.draft(Change(note=TRIED, content=content), actor=deputy, desk=desk, now=at)
    asked = Asked(newest=NEWEST)
    replays.run(third, asked, as_of=None, actor=deputy, desk=desk, now=at)


def _with(world: World, **changes: str) -> str:
    """The newest rules with one of them changed."""
    table = routing_text.read(world.desk.rulebooks.newest.text)
    row = rules.one(table, RULE) | changes
    return routing_text.written(rules.put(table, row, None))


def _seen(world: World, number: int) -> int:
    return queries.one(number, world.desk.policy.rulebook).version


def _after(world: World, at: datetime) -> date:
    return world.desk.today(at) + timedelta(days=3)
