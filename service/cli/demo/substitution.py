"""Who is away in the demo, who left and handed over, and whose rights wait for a second person."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from config.vocabulary import AbsenceReason, Role
from service.cli.demo.office import back
from service.cli.demo.world import Life, World
from service.operations import grant, hand_over
from service.operations import substitution as operations
from service.operations.grant import GrantDraft
from service.operations.hand_over import Plan
from service.rules.substitution import StandIn

SEED: Final = 20260718


def lives(world: World, now: datetime) -> Iterator[Life]:
    """A holiday 休假代班, a hand-over 交接 and a grant 授权."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    yield _away(world, rng, now)
    yield _left(world, rng, now)
    yield _asked_for(world, rng, now)


def _away(world: World, rng: Random, now: datetime) -> Life:
    desk, actors, today = world.desk, world.staff.actors, world.desk.today(now)
    yield (at := back(now, 4, desk, rng))
    stand_in = StandIn(
        actors["mediator-deputy"].user_id,
        actors["mediator"].user_id,
        today - timedelta(days=2),
        today + timedelta(days=6),
    )
    operations.enter(stand_in, AbsenceReason.HOLIDAY, actor=actors["director"], desk=desk, now=at)


def _left(world: World, rng: Random, now: datetime) -> Life:
    actors = world.staff.actors
    yield (at := back(now, 6, world.desk, rng))
    plan = Plan(successor=actors["mediator"].user_id)
    leaving = actors["mediator-former"].user_id
    hand_over.close(leaving, plan, actor=actors["sysadmin"], desk=world.desk, now=at)


def _asked_for(world: World, rng: Random, now: datetime) -> Life:
    actors = world.staff.actors
    yield (at := back(now, 1, world.desk, rng))
    draft = GrantDraft(
        roles=[Role.PLANNER, Role.DIRECTOR], reason=world.town.words["grant_reasons"][0]
    )
    grant.change(
        actors["planner"].user_id, draft, actor=actors["secadmin"], desk=world.desk, now=at
    )
