"""What is one and the same in the demo: merged, merged and parted again, not yet looked at;
and somebody who came again and again.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from random import Random
from typing import Any, Final
from uuid import UUID

from config.vocabulary import PartyRole, Source
from service.cli.demo.office import back, later
from service.cli.demo.world import Case, Life, World
from service.operations import dispute as disputes
from service.operations import merge as operations
from service.operations import repeat as repeats
from service.operations.dispute import Visit
from service.queries import dispute as queries

SEED: Final = 20260821
REASON: Final = "同一件事，窗口和网格员各登记了一次，人、地、事都对得上"
PARTED: Final = "核对以后是两次纠纷：地方一样，争的不是一回事"


def lives(world: World, now: datetime) -> Iterator[Life]:
    """Each of something that one of the director's mediators has in hand."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up doubles every time
    yield _merged(world, "contract", 6, rng, now)
    yield _parted(world, "debt", 5, rng, now)
    yield _waiting(world, "neighbour", 3, rng, now)
    yield _came_again(world, "other", 40, rng, now)


def _merged(world: World, category: str, ago: int, rng: Random, now: datetime) -> Life:
    yield (at := back(now, ago, world.desk, rng))
    case, double = world.in_hand[category], _again(world, category, at)
    yield (at := later(at, 0.5, world.desk, rng))
    _merge(world, case, double, at)


def _parted(world: World, category: str, ago: int, rng: Random, now: datetime) -> Life:
    yield (at := back(now, ago, world.desk, rng))
    case, double = world.in_hand[category], _again(world, category, at)
    yield (at := later(at, 0.5, world.desk, rng))
    made = _merge(world, case, double, at)
    yield (at := later(at, 0.5, world.desk, rng))
    told = _by_director(world, at)
    version = queries.version(case.id, **told)
    operations.undo(case.id, made, PARTED, version=version, **told)


def _waiting(world: World, category: str, ago: int, rng: Random, now: datetime) -> Life:
    """Nobody has said yet whether it is the same."""
    yield (at := back(now, ago, world.desk, rng))
    _again(world, category, at)


def _came_again(world: World, category: str, ago: int, rng: Random, now: datetime) -> Life:
    yield (at := back(now, ago, world.desk, rng))
    case = world.in_hand[category]
    for words in ("问什么时候开调解会，没有新情况", "又来问进度，说对方还在拖，没有新情况"):
        told: dict[str, Any] = {"came_on": world.desk.today(at), "words": words}
        told["party"] = case.parties[0]
        repeats.note(case.id, told, **_by_director(world, at))
        yield (at := later(at, 10, world.desk, rng))


def _again(world: World, category: str, at: datetime) -> UUID:
    """The same visitor registered once more, by another hand."""
    case = world.in_hand[category]
    other: Mapping[str, Any] = world.people.person(PartyRole.RESPONDENT)
    visit = Visit(
        category=category,
        narrative=f"{case.applicant['name']}又找到网格员反映，还是上次的事，双方没有谈拢",
        source=Source.GRID,
        parties=[dict(case.applicant), dict(other)],
    )
    window = world.staff.actors["window"]
    return disputes.register(visit, actor=window, desk=world.desk, now=at)[0].id


def _merge(world: World, case: Case, double: UUID, at: datetime) -> UUID:
    told = _by_director(world, at)
    number = queries.one(double, **told).number
    version = queries.version(case.id, **told)
    body = {"number": number, "reason": REASON}
    return operations.merge(case.id, body, version=version, store=world.store, **told)


def _by_director(world: World, at: datetime) -> dict[str, Any]:
    return {"actor": world.staff.actors["director"], "desk": world.desk, "now": at}
