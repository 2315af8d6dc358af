from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import retention
from config.retention import CountedFrom, Keep, Unit
from config.vocabulary import Grade, HoldGround, Kept, Outcome
from service.rules import retention as rules

TABLE = retention.load()


def keep(length: int, unit: Unit, start: CountedFrom = CountedFrom.DAY) -> Keep:
    return Keep(Kept.AGREED, length, unit, start, retention.By.PEOPLE, Grade.R, "某规定")


@pytest.mark.parametrize(
    ("kept", "ended_on", "due_from"),
    [
        (keep(1, Unit.YEARS), date(2024, 2, 29), date(2025, 2, 28)),
        (keep(4, Unit.YEARS), date(2024, 2, 29), date(2028, 2, 29)),
        (keep(6, Unit.MONTHS), date(2026, 8, 31), date(2027, 2, 28)),
        (keep(7, Unit.DAYS), date(2026, 12, 28), date(2027, 1, 4)),
        (keep(10, Unit.YEARS, CountedFrom.NEXT_YEAR), date(2026, 1, 1), date(2037, 1, 1)),
        (keep(10, Unit.YEARS, CountedFrom.NEXT_YEAR), date(2026, 12, 31), date(2037, 1, 1)),
    ],
)
def test_the_day_it_may_be_forgotten_from(kept: Keep, ended_on: date, due_from: date) -> None:
    assert rules.forget_from(kept, ended_on) == due_from


@given(
    length=st.integers(1, 40),
    unit=st.sampled_from([Unit.YEARS, Unit.MONTHS, Unit.DAYS]),
    start=st.sampled_from(CountedFrom),
    today=st.dates(date(2020, 1, 1), date(2080, 12, 31)),
)
def test_the_last_end_is_due_today_and_the_day_after_it_is_not(
    length: int, unit: Unit, start: CountedFrom, today: date
) -> None:
    kept = keep(length, unit, start)
    last = rules.last_end(kept, today)
    assert rules.forget_from(kept, last) <= today
    assert rules.forget_from(kept, date.fromordinal(last.toordinal() + 1)) > today


def test_every_outcome_is_kept_for_a_time_of_its_own() -> None:
    years = {outcome: TABLE.all[rules.kept_as(outcome)].length for outcome in Outcome}
    assert years[Outcome.AGREED] > years[Outcome.NOT_AGREED] > years[Outcome.MISTAKEN]


def test_an_open_lawsuit_or_a_mark_stops_it() -> None:
    assert rules.stops(held=None, lawsuit_open=False) is None
    assert rules.stops(held=None, lawsuit_open=True) is HoldGround.LAWSUIT
    assert rules.stops(held=HoldGround.PETITION, lawsuit_open=True) is HoldGround.PETITION
