"""Terms 期限 of the demo: asked for, paused, extended, refused, stated by others, running out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from config.demo import AtFeast, Change, Stated, Story
from config.vocabulary import OrganisationKind
from service.cli.demo import calendar
from service.cli.demo.intake import register
from service.cli.demo.office import back, soon
from service.cli.demo.world import Case, Life, World, dispatch
from service.operations import clock_change, clock_entry
from service.operations.clock_change import Decision, Wish
from service.operations.clock_entry import Entry
from service.queries import clock as queries
from service.queries import dispute as disputes

SEED: Final = 20261123
ENTERED: Final = 7  # days ago
AGO: Final = 1  # when who may still ask for a review comes to the window


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each change, each date others wrote down, each remedy that runs out."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    for change in world.town.changes:
        yield _changed(world, change, rng, now)
    for stated in world.town.stated:
        yield _stated(world, stated, rng, now)
    for at_feast in world.town.at_feasts:
        yield _at_feast(world, at_feast, rng, now)
    for story in world.town.running_out:
        yield _running_out(world, story, rng, now)


def _changed(world: World, change: Change, rng: Random, now: datetime) -> Life:
    """Asked for by who handles it; most are decided by somebody else the day after."""
    yield (at := back(now, change.ago, world.desk, rng))
    case, actors = world.in_hand[change.category], world.staff.actors
    mediator = actors[_holder(world, change.category)]
    clock = next(
        each
        for each in queries.of_dispute(case.id, actor=mediator, desk=world.desk, now=at)
        if change.kind in each.may_ask
    )
    asked = clock_change.ask(
        case.id,
        clock.id,
        Wish(kind=change.kind, ground=change.ground, words=change.words, length=change.length),
        version=_version(world, case, at),
        actor=mediator,
        desk=world.desk,
        now=at,
    )
    if change.granted is None:
        return
    yield (at := soon(at, 1, now, world.desk, rng))
    clock_change.decide(
        case.id,
        clock.id,
        asked,
        Decision(change.granted, change.decision),
        version=_version(world, case, at),
        actor=actors[change.by],
        desk=world.desk,
        now=at,
    )


def _stated(world: World, stated: Stated, rng: Random, now: datetime) -> Life:
    """Entered by the mediator from the paper that came with the dispute."""
    yield (at := back(now, ENTERED, world.desk, rng))
    due_on = world.desk.today(now) + timedelta(days=stated.days)
    _enter(world, stated.category, Entry(rule=stated.rule, due_on=due_on), at)


def _at_feast(world: World, each: AtFeast, rng: Random, now: datetime) -> Life:
    """Entered by the mediator from what the applicant told; nothing where it begins later."""
    yield (at := back(now, ENTERED, world.desk, rng))
    day = calendar.feast(world, each.feast, calendar.next_year(world, now))
    begun = day.replace(year=day.year - each.years)
    if begun < world.desk.today(at):
        _enter(world, each.category, Entry(rule=each.rule, start_on=begun), at)


def _enter(world: World, category: str, entry: Entry, at: datetime) -> None:
    case, mediator = world.in_hand[category], world.staff.actors[_holder(world, category)]
    version = _version(world, case, at)
    clock_entry.enter(case.id, entry, version=version, actor=mediator, desk=world.desk, now=at)


def _running_out(world: World, story: Story, rng: Random, now: datetime) -> Life:
    """Comes with a decision learnt of long ago; sent to the justice office, which can help."""
    yield (at := back(now, AGO, world.desk, rng))
    waited = (world.desk.today(now) - world.desk.today(at)).days
    learnt = {name: days - waited for name, days in story.ago.items()}
    case = register(world, replace(story, ago=learnt), at, card=True)
    yield (at := max(back(now, 0, world.desk, rng), at))  # it waits to be accepted, so just now
    office = world.staff.offices[OrganisationKind.JUSTICE_OFFICE.value][0]
    dispatch(world, case, office, at)


def _holder(world: World, category: str) -> str:
    return next(each.account for each in world.town.in_hand if each.category == category)


def _version(world: World, case: Case, at: datetime) -> int:
    director = world.staff.actors["director"]
    return disputes.version(case.id, actor=director, desk=world.desk, now=at)
