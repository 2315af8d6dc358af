"""The lawsuits of the demo: recorded the day after they were served, decided, closed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from config.demo import Suit
from config.vocabulary import LawsuitProcedure, OrganisationKind
from service.cli.demo.office import at_work
from service.cli.demo.world import Life, World
from service.operations import lawsuit as operations
from service.operations.lawsuit import LawsuitDraft

FIRST_NUMBER: Final = 9001  # no court of the banner ever comes this far in a year
ONE_DAY: Final = timedelta(days=1)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each suit; a later instance finds the earlier one by its cause."""
    recorded: dict[str, UUID] = {}
    for place, suit in enumerate(world.town.lawsuits):
        yield _life(world, suit, FIRST_NUMBER + place, recorded, now)


def _life(world: World, suit: Suit, number: int, recorded: dict[str, UUID], now: datetime) -> Life:
    served_on = world.desk.today(now) - timedelta(days=suit.served)
    at = min(at_work(served_on + ONE_DAY, world.desk, world.rng), now)
    yield at
    legal = world.staff.actors["legal"]
    town = next(o for o in world.town.offices if o.kind is OrganisationKind.TOWN_GOVERNMENT)
    lawsuit_id = operations.record(
        LawsuitDraft(
            procedure=suit.procedure,
            instance=suit.instance,
            court=suit.court,
            case_number=_case_number(suit, served_on.year, number),
            cause=suit.cause,
            act=suit.act,
            plaintiffs=[world.people.name()[0] for _ in range(world.rng.choice((1, 1, 2)))],
            organisation=world.staff.ids[town.name],
            served_on=served_on,
            dispute=_behind(world, suit),
            previous=str(recorded[suit.previous]) if suit.previous else None,
        ),
        actor=legal,
        desk=world.desk,
        now=at,
    )
    recorded[suit.cause] = lawsuit_id
    if suit.decided is None:
        return
    decided_on = world.desk.today(now) - timedelta(days=suit.decided)
    yield (at := min(at_work(decided_on + ONE_DAY, world.desk, world.rng), now))
    operations.decide(
        lawsuit_id,
        {
            "decided_on": decided_on,
            "served_on": decided_on + ONE_DAY,
            "outcome": suit.outcome,
            "withdrawal_cause": suit.withdrawal_cause,
        },
        version=1,
        actor=legal,
        desk=world.desk,
        now=at,
    )
    if suit.closed:
        yield (at := at_work(decided_on + 20 * ONE_DAY, world.desk, world.rng))
        operations.close(lawsuit_id, version=2, actor=legal, desk=world.desk, now=at)


def _behind(world: World, suit: Suit) -> str | None:
    """The number of the newest dispute of the category the suit grew out of."""
    if suit.dispute is None:
        return None
    found = [case.number for case in world.cases if case.story.category == suit.dispute]
    return found[-1] if found else None


def _case_number(suit: Suit, year: int, number: int) -> str:
    if suit.procedure is LawsuitProcedure.REVIEW:
        return f"奈政复字〔{year}〕{number}号"
    court = "05" if suit.court.startswith("通辽") else "0525"
    stage = "行终" if suit.previous else "行初"
    return f"（{year}）内{court}{stage}{number}号"
