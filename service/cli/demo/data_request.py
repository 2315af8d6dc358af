"""What people asked about their own data in the demo: new, late, decided, answered, refused."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Final
from uuid import UUID

from config.demo import Wish
from config.vocabulary import DataDecision
from service.cli.demo.office import back, later
from service.cli.demo.world import Case, Life, World
from service.operations import data_request as operations
from service.operations.data_request import RequestDraft

SEED: Final = 20260715


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each request, each of somebody else."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up wishes every time
    for place, wish in enumerate(world.town.wishes):
        yield _asked(world, wish, 2 + 3 * place, rng, now)


def _asked(world: World, wish: Wish, place: int, rng: Random, now: datetime) -> Life:
    desk, actors = world.desk, world.staff.actors
    yield (at := back(now, wish.ago, desk, rng))
    case = _known(world)[-place]
    draft = RequestDraft(
        kind=wish.kind,
        name=case.applicant["name"],
        id_number=case.applicant["id_number"],
        phone=case.applicant["phone"],
        identity_check=wish.identity_check,
        received_on=desk.today(at),
        numbers=[case.number],
        wish=wish.wish,
    )
    made = operations.register(draft, actor=actors["window"], desk=desk, now=at)
    if wish.decision is None:
        return
    yield (at := later(at, 3, desk, rng))
    _decide(world, made, wish.decision, wish.reason, at)
    if wish.answered is None:
        return
    yield (at := later(at, 2, desk, rng))
    operations.answer(
        made,
        wish.answered,
        desk.today(at),
        version=2,
        actor=actors["window"],
        desk=desk,
        now=at,
    )


def _decide(
    world: World, request_id: UUID, decision: DataDecision, reason: str | None, at: datetime
) -> None:
    operations.decide(
        request_id,
        decision,
        reason,
        version=1,
        actor=world.staff.actors["director"],
        desk=world.desk,
        now=at,
    )


def _known(world: World) -> list[Case]:
    """The disputes whose applicant showed a card; the restricted are not looked up this way."""
    return [
        case for case in world.cases if case.applicant.get("id_number") and case not in world.hidden
    ]
