"""The formulas: exact, with their denominators, nothing divided by nothing."""

from datetime import date
from fractions import Fraction

import pytest

from config.vocabulary import Outcome, WithdrawalCause
from service.errors import Invalid
from service.rules import statistics
from service.rules.statistics import Flow, Period, Rate


def test_a_rate_is_exact() -> None:
    assert Rate(1, 3).value == Fraction(1, 3)


def test_a_rate_of_nothing_is_nothing() -> None:
    assert Rate(0, 0).value is None


def test_fewer_than_five_are_few_and_none_is_not() -> None:
    assert [Rate(0, count).is_small for count in (0, 1, 4, 5)] == [False, True, True, False]


def test_success_is_agreements_among_mediations_that_ended() -> None:
    outcomes = {
        Outcome.AGREED: 5,
        Outcome.NOT_AGREED: 2,
        Outcome.TERMINATED: 1,
        Outcome.WITHDRAWN: 10,
        Outcome.DECLINED: 10,
        Outcome.GUIDED: 10,
        Outcome.MISTAKEN: 10,
    }
    assert statistics.success(outcomes) == Rate(5, 8)


def test_a_withdrawn_appeal_is_no_withdrawn_suit() -> None:
    assert statistics.withdrawn(dict.fromkeys(WithdrawalCause, 1)) == 4


def test_what_is_left_is_what_was_there_and_came_and_did_not_go() -> None:
    flow = Flow(opening=10, received=4, reopened=1, closed=6)
    assert (flow.closing, flow.growth) == (9, -1)


def test_flows_add_up_line_by_line() -> None:
    assert Flow(1, 2, 3, 4) + Flow(10, 20, 30, 40) == Flow(11, 22, 33, 44)


@pytest.mark.parametrize("end_on", [date(2026, 11, 16), date(2026, 11, 15)])
def test_a_period_that_does_not_run_forward_is_refused_at_its_end(end_on: date) -> None:
    with pytest.raises(Invalid) as refusal:
        Period(date(2026, 11, 16), end_on)
    assert list(refusal.value.fields) == ["to"]
