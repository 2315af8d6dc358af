"""What is limited is limited in every stretch of time, not in those of the clock alone."""

from datetime import UTC, datetime, timedelta

import pytest

from config.policy import Limit
from service.desk import Desk
from service.errors import TooOften
from service.operations import allowance
from tests.factories.office import Office

THIRTY = Limit(30, timedelta(hours=1))
TEN = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)


@pytest.fixture
def desk(office: Office, inside: None) -> Desk:
    return office.desk


def used(desk: Desk, now: datetime, times: int) -> int:
    """How many of so many uses were let through."""
    let = 0
    for _ in range(times):
        try:
            allowance.take("reveal", "somebody", THIRTY, desk=desk, now=now)
        except TooOften:
            continue
        let += 1
    return let


def test_nobody_has_twice_as_much_around_the_turn_of_the_hour(desk: Desk) -> None:
    assert used(desk, TEN - timedelta(minutes=1), 40) == 30
    assert used(desk, TEN + timedelta(minutes=1), 40) == 0
    assert used(desk, TEN + timedelta(minutes=30), 40) == 15
    assert used(desk, TEN + timedelta(minutes=59), 40) == 14


def test_after_the_seconds_that_are_told_one_more_is_let_through(desk: Desk) -> None:
    used(desk, TEN - timedelta(minutes=1), 30)
    for now in (TEN - timedelta(minutes=1), TEN, TEN + timedelta(minutes=20)):
        used(desk, now, 30)
        with pytest.raises(TooOften) as refused:
            allowance.take("reveal", "somebody", THIRTY, desk=desk, now=now)
        wait = timedelta(seconds=refused.value.seconds)
        assert used(desk, now + wait, 1) == 1


def test_what_is_refused_costs_nothing_of_the_next_hour(desk: Desk) -> None:
    used(desk, TEN, 500)
    assert used(desk, TEN + timedelta(hours=2), 40) == 30
    assert used(desk, TEN + timedelta(hours=3, minutes=30), 40) == 15
