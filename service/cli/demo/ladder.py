"""The ladder 预警 of the demo: what the job told on the mornings of the last weeks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from service.cli.demo.world import Life, World
from service.operations import ladder as operations
from service.rules import ladder as rules

DAYS: Final = 21  # of what was told longer ago nothing is left to see


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life: every working morning."""
    yield _told(world, now)


def _told(world: World, now: datetime) -> Life:
    desk = world.desk
    for ago in range(DAYS, -1, -1):
        day = desk.today(now) - timedelta(days=ago)
        if desk.calendar.is_working_day(day):
            yield (at := rules.morning_of(day, desk.zone, desk.policy.ladder))
            while operations.tell_some(desk=desk, now=at):
                pass
