"""Visits again: when somebody has to look into it."""

from datetime import date

import pytest

from config.policy import RepeatPolicy
from service.rules.repeat import wants_review

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ([], False),
        ([date(2026, 11, 1)], False),
        ([date(2026, 10, 1), date(2026, 11, 1)], True),
        ([date(2026, 8, 4), date(2026, 11, 2)], False),  # the first is ninety days ago
        ([date(2026, 8, 5), date(2026, 11, 2)], True),
    ],
)
def test_two_within_ninety_days_are_looked_into(came: list[date], expected: bool) -> None:
    assert wants_review(came, TODAY, RepeatPolicy()) is expected
