"""Reception days: their hours, and that a leader receives at one place at a time."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from service.errors import Conflict, Invalid
from service.rules import reception as rules

ZONE, DAY = ZoneInfo("Asia/Shanghai"), date(2026, 11, 9)


def at(hour: int) -> datetime:
    return datetime(2026, 11, 9, hour, 0, tzinfo=UTC)


def test_the_hours_are_those_of_the_office() -> None:
    assert rules.hours(DAY, time(9), time(11), ZONE) == (at(1), at(3))
    for ends in (time(9), time(8, 59)):
        with pytest.raises(Invalid) as refused:
            rules.hours(DAY, time(9), ends, ZONE)
        assert list(refused.value.fields) == ["ends"]


def test_a_leader_receives_at_one_place_at_a_time() -> None:
    rules.check_free(at(3), at(4), [(at(1), at(3)), (at(4), at(5))])
    for taken in ((at(2), at(4)), (at(3), at(4)), (at(1), at(9))):
        with pytest.raises(Invalid) as refused:
            rules.check_free(at(3), at(4), [taken])
        assert list(refused.value.fields) == ["begins"]


def test_what_somebody_came_to_or_is_off_is_not_called_off() -> None:
    rules.check_unvisited(0)
    rules.check_standing(called_off=False)
    with pytest.raises(Conflict):
        rules.check_unvisited(1)
    with pytest.raises(Conflict):
        rules.check_standing(called_off=True)
