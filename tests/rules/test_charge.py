"""Leaders in charge: who may be named when, and which day counts as a look."""

from datetime import date

import pytest

from config.vocabulary import DisputeStatus
from service.errors import Invalid, StepNotAllowed
from service.rules import charge as rules
from service.rules.dispute import ENDED

NAMED, TODAY = date(2026, 11, 2), date(2026, 11, 9)


@pytest.mark.parametrize("status", DisputeStatus)
def test_a_leader_is_named_until_the_dispute_ends(status: DisputeStatus) -> None:
    if status in ENDED:
        with pytest.raises(StepNotAllowed):
            rules.check_nameable(status)
    else:
        rules.check_nameable(status)


def test_only_another_leader_of_the_town_is_named() -> None:
    rules.check_leader(is_leader=True, same=False)
    for told in ({"is_leader": False, "same": False}, {"is_leader": True, "same": True}):
        with pytest.raises(Invalid) as refused:
            rules.check_leader(**told)
        assert list(refused.value.fields) == ["leader"]


@pytest.mark.parametrize(
    ("asked", "before", "found"),
    [
        (None, None, TODAY),
        (date(2026, 11, 4), None, date(2026, 11, 4)),
        (date(2026, 11, 4), date(2026, 11, 6), date(2026, 11, 6)),
        (NAMED, None, NAMED),
    ],
)
def test_the_last_look_is_the_latest_day_that_was_told(
    asked: date | None, before: date | None, found: date
) -> None:
    assert rules.looked(asked, before, named_on=NAMED, today=TODAY) == found


@pytest.mark.parametrize("asked", [date(2026, 11, 1), date(2026, 11, 10)])
def test_nobody_looked_before_they_were_named_nor_looks_tomorrow(asked: date) -> None:
    with pytest.raises(Invalid) as refused:
        rules.looked(asked, None, named_on=NAMED, today=TODAY)
    assert list(refused.value.fields) == ["looked_on"]
