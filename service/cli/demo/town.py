"""The year of the demo town: who comes when, and everybody's steps in the order of time."""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Final

from config import demo
from config.demo import Story
from config.vocabulary import Channel, Step
from config.weekly import Letter
from service.cli.demo import (
    attachment,
    audit,
    basis,
    calendar,
    charge,
    clock,
    consultation,
    court,
    data_request,
    evaluation,
    handover,
    joint_task,
    ladder,
    lawsuit,
    life,
    linkage,
    mediator,
    meeting,
    member,
    merge,
    plan,
    plan_entry,
    restricted,
    retention,
    rulebook,
    share,
    substitution,
    suggestion,
    supervision,
)
from service.cli.demo.office import Account, at_work, back, found
from service.cli.demo.people import People
from service.cli.demo.world import Fate, Life, World
from service.desk import Desk
from service.gateways.attachment import Store
from service.operations import base, setup
from service.operations import weekly as letters
from service.rules.calendar import Week
from service.rules.dispute import handling_deadline

SEED: Final = 150525102
YEAR: Final = timedelta(days=365)
ORDINARY: Final = 236
SOON_DAYS: Final = 3
SOON_COUNT: Final = 4
# how ordinary disputes end, as people in such towns mostly make up
ENDINGS: Final = (
    *[Step.AGREE] * 30,
    *[Step.FAIL] * 4,
    *[Step.WITHDRAW] * 3,
    Step.TERMINATE,
    Step.CLOSE,
)  # fmt: skip -- a list of words


def seed(
    *, desk: Desk, store: Store, now: datetime, tell: Callable[[float], None] = lambda _: None
) -> list[Account]:
    """Let the town's past year happen, up to `now`: all of it or nothing; the accounts made.

    `tell` hears now and then which share of the year has passed.
    """
    town, rng = demo.load(), Random(SEED)  # noqa: S311 -- the same made-up year every time
    with base.together():
        opened = retention.opened_at(desk.today(now))
        staff, accounts = found(town, desk=desk, now=opened)
        setup.finish(actor=staff.actors["sysadmin"], desk=desk, now=opened)
        world = World(town, staff, People(town, rng), desk, store, rng)
        _live([*_lives(world, now), *_around(world, accounts, now)], now, tell)
        orders = (("leader", Letter.WEEK), ("director", Letter.WEEK), ("legal", Letter.SUITS))
        for reader, kind in orders:
            letters.subscribe(
                staff.actors[reader].user_id,
                f"{reader}@example.com",
                kind=kind,
                actor=staff.actors["director"],
                desk=desk,
                now=now,
            )
    return accounts


def _live(lives: list[Life], now: datetime, tell: Callable[[float], None]) -> None:
    """Let every life act in turn, earliest first, until the present comes."""
    order = count()
    waiting = [(next(each), next(order), each) for each in lives]
    heapq.heapify(waiting)
    while waiting:
        at, _, each = heapq.heappop(waiting)
        following = next(each, None) if at <= now else None
        tell(1 - min(max(now - at, timedelta()) / YEAR, 1))
        if following is not None:
            heapq.heappush(waiting, (following, next(order), each))


def _lives(world: World, now: datetime) -> Iterator[Life]:
    yield from _ordinary_year(world, now)
    yield from _every_ending(world, now)
    yield from _waiting(world, now)
    yield from _in_mediation(world, now)
    yield from _special(world, now)
    yield from _this_week(world, now)


def _around(world: World, accounts: list[Account], now: datetime) -> Iterator[Life]:
    """What happens beside the disputes themselves; each has dice of its own."""
    yield from lawsuit.lives(world, now)
    yield from lawsuit.told_by_the_court(world, now)
    yield from consultation.lives(world, now)
    for each in world.town.in_hand:
        start = at_work(_day(now, each.ago, world), world.desk, world.rng)
        yield life.in_hand(world, each, start)
    for room in (
        attachment,
        basis,
        data_request,
        share,
        restricted,
        substitution,
        retention,
        merge,
        member,
    ):
        yield from room.lives(world, now)
    linked = (handover, joint_task, meeting, court, mediator, charge, suggestion, linkage)
    for timed in (clock, supervision, calendar, *linked, rulebook, ladder):
        yield from timed.lives(world, now)
    yield from evaluation.lives(world, now)
    yield from plan_entry.lives(world, now)
    yield from plan.lives(world, now)
    yield from audit.lives(world, accounts, now)


def _ordinary_year(world: World, now: datetime) -> Iterator[Life]:
    rng = world.rng
    for place in range(ORDINARY):
        day = _day(now, 1 + 362 * place // ORDINARY, world)
        fate = Fate(
            ending=rng.choice(ENDINGS),
            returned=rng.random() < 0.03,
            override=rng.random() < 0.05,
            early=rng.random() < 0.02,
        )
        if fate.early:
            fate = Fate(ending=Step.WITHDRAW, early=True)
        yield life.ordinary(world, _story(world), at_work(day, world.desk, rng), fate)


def _every_ending(world: World, now: datetime) -> Iterator[Life]:
    """Two of each ending, long enough ago to have come to it."""
    fates = [
        Fate(ending=ending) for ending in (Step.FAIL, Step.WITHDRAW, Step.TERMINATE, Step.CLOSE)
    ]
    fates += [Fate(ending=ending, early=True) for ending in (Step.VOID, Step.WITHDRAW, Step.CLOSE)]
    fates += [Fate(override=True), Fate(returned=True)]
    for place, fate in enumerate(fates * 2):
        day = _day(now, 45 + 9 * place, world)
        start = at_work(day, world.desk, world.rng)
        yield life.ordinary(world, _story(world, mediable=True), start, fate)


def _waiting(world: World, now: datetime) -> Iterator[Life]:
    """Not dispatched yet, not accepted yet, not begun yet."""
    for stall, days in (
        (Step.VOID, (1, 1, 2, 3, 4)),
        (Step.DISPATCH, (2, 3, 4, 5, 6)),
        (Step.ACCEPT, (4, 6, 8, 9)),
    ):
        for ago in days:
            start = at_work(_day(now, ago, world), world.desk, world.rng)
            # what a unit has not answered yet was sent within the last hours: later it bounces
            sent_at = back(now, 0, world.desk, world.rng) if stall is Step.DISPATCH else None
            fate = Fate(stall=stall, sent_at=sent_at)
            yield life.ordinary(world, _story(world, mediable=True), start, fate)


def _in_mediation(world: World, now: datetime) -> Iterator[Life]:
    """Some late, some due within three days, some agreed and not performed yet."""
    for ago in (75, 68, 62, 56, 51):
        start = at_work(_day(now, ago, world), world.desk, world.rng)
        yield life.ordinary(world, _story(world, mediable=True), start, Fate(stall=Step.START))
    debts = [each for each in world.town.stories if each.category == "debt"]
    for place, day in enumerate(_due_soon(world, now)):
        opens = datetime.combine(day, time(8, 40), tzinfo=world.desk.zone).astimezone(UTC)
        start = opens + timedelta(minutes=20 * place)
        fate = Fate(stall=Step.START, quick=True)
        yield life.ordinary(world, debts[place % len(debts)], start, fate)
    for ago in (60, 44, 33, 29, 25, 22, 20, 18):
        start = at_work(_day(now, ago, world), world.desk, world.rng)
        yield life.ordinary(world, _story(world, mediable=True), start, Fate(performed=False))


def _special(world: World, now: datetime) -> Iterator[Life]:
    rng, desk = world.rng, world.desk
    for ago, again in ((150, Fate()), (70, Fate(stall=Step.START))):
        start = at_work(_day(now, ago, world), desk, rng)
        fate = Fate(ending=Step.FAIL, reopened=again)
        yield life.ordinary(world, _story(world, mediable=True), start, fate)
    stalls = (None, Step.ACCEPT, Step.DISPATCH)
    for each, ago, stalled in zip(world.town.protected, (90, 6, 1), stalls, strict=True):
        start = at_work(_day(now, ago, world), desk, rng)
        yield life.protected(world, each, start, stall=stalled)
    for each_visit, ago in zip(world.town.visits, (120, 40, 2), strict=True):
        yield life.several(world, each_visit, at_work(_day(now, ago, world), desk, rng))


def _this_week(world: World, now: datetime) -> Iterator[Life]:
    """Something happens in the running week even when it has only just begun."""
    begun = max(Week.of(world.desk.today(now)).start_at(world.desk.zone), now - timedelta(hours=8))
    step = (now - begun) / 10
    fates = (Fate(quick=True), Fate(quick=True, stall=Step.ACCEPT), Fate(stall=Step.VOID))
    for place, fate in enumerate(fates * 2):
        start = begun + step * (place + 1)
        yield life.ordinary(world, _story(world, mediable=True), start, fate)


def _due_soon(world: World, now: datetime) -> list[date]:
    """Days in the past on which a debt had to be accepted to be due within the next days."""
    today, calendar = world.desk.today(now), world.desk.calendar
    by_due: dict[int, date] = {}
    for ago in range(20, 60):
        day = today - timedelta(days=ago)
        promise = handling_deadline((), Channel.PEOPLE, day, world.desk.policy, calendar)
        due_in = (promise.due_on - today).days if promise else -1
        if calendar.is_working_day(day) and 0 <= due_in <= SOON_DAYS:
            by_due[due_in] = day
    return (list(by_due.values()) * SOON_COUNT)[:SOON_COUNT]


def _day(now: datetime, ago: int, world: World) -> date:
    """The working day `ago` days back, or the nearest one before it."""
    day = world.desk.today(now) - timedelta(days=ago)
    while not world.desk.calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _story(world: World, *, mediable: bool = False) -> Story:
    stories = [each for each in world.town.stories if not (mediable and each.guided)]
    return world.rng.choices(stories, [each.weight for each in stories])[0]
