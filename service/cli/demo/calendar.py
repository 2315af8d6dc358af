"""The calendar of the demo: a year nobody has published yet, drawn up, waiting to be signed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from service.cli.demo.office import back
from service.cli.demo.world import Life, World
from service.operations import calendar as operations
from service.rules.calendar_year import SATURDAY, Makeup, Off, YearDays

SEED: Final = 20261125
AGO: Final = 2


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life: the planner draws it up."""
    yield _drawn_up(world, Random(SEED), now)  # noqa: S311 -- the same made-up day every time


def _drawn_up(world: World, rng: Random, now: datetime) -> Life:
    desk, planner = world.desk, world.staff.actors["planner"]
    yield (at := back(now, AGO, desk, rng))
    year, source = next_year(world, now), world.town.draft_year.source
    operations.draft(year, _days(world, year), source, actor=planner, desk=desk, now=at)


def next_year(world: World, now: datetime) -> int:
    """The first year, from this one on, that is not published."""
    known, year = world.desk.calendar.holidays.years, world.desk.today(now).year
    while year in known:
        year += 1
    return year


def feast(world: World, name: str, year: int) -> date:
    """The first day off for a feast in the made-up year."""
    days = next(each for each in world.town.draft_year.off if each.name == name)
    return _day(year, days.first)


def _days(world: World, year: int) -> YearDays:
    made_up = world.town.draft_year
    return YearDays(
        tuple(
            Off(each.name, _day(year, each.first), _day(year, each.last)) for each in made_up.off
        ),
        tuple(Makeup(name, _saturday(_day(year, day))) for name, day in made_up.work.items()),
    )


def _day(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_and_day}")


def _saturday(day: date) -> date:
    """The first one from that day on."""
    return day + timedelta(days=(SATURDAY - day.weekday()) % 7)
