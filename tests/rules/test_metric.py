"""The dictionary of figures knows what is offered, what will be, and what is not."""

from fractions import Fraction

import pytest

from service.errors import Invalid, NotFound
from service.rules import metric


def test_every_figure_that_programs_were_promised_is_known() -> None:
    promised = set(
        "disputes_received disputes_closed disputes_open mediation_success_rate "
        "on_time_closing_rate performance_rate confirmations repeated_visits escalated_to_crime "
        "suggestion_reply_rate suggestion_on_time_rate suggestion_rectified_rate lawsuits_filed "
        "lawsuits_withdrawn lawsuits_mediated withdrawal_rate head_appearance_rate loss_rate "
        "judgment_performance_rate litigation_per_10k".split()
    )
    assert promised - set(metric.METRICS) - metric.LATER == set()
    assert set(metric.METRICS) & metric.LATER == set()


@pytest.mark.parametrize(
    ("metric_id", "told"), [("performance_rate", "这项指标尚未提供"), ("loss", "没有这项指标")]
)
def test_a_figure_that_is_not_offered_says_whether_it_will_be(metric_id: str, told: str) -> None:
    with pytest.raises(NotFound, match=told):
        metric.find(metric_id)


def test_lawsuits_have_no_category() -> None:
    with pytest.raises(Invalid) as refusal:
        metric.check_group(metric.find("lawsuits_filed"), "category")
    assert list(refusal.value.fields) == ["group_by"]


def test_a_count_is_its_number_and_a_rate_of_nothing_is_nothing() -> None:
    count, rate, people = (
        metric.find(each) for each in ("lawsuits_filed", "loss_rate", "litigation_per_10k")
    )
    assert count.value(3, None) == 3
    assert (rate.value(1, 3), rate.value(0, 0)) == (Fraction(1, 3), None)
    assert people.value(42, 20_000) == Fraction(21)
    assert people.value(42, None) is None


def test_only_the_rates_of_letters_and_of_duties_have_counts_beside_them() -> None:
    having = {each.id for each in metric.METRICS.values() if each.beside}
    assert having == {
        "suggestion_reply_rate",
        "suggestion_on_time_rate",
        "suggestion_rectified_rate",
        "judgment_performance_rate",
    }
    told = set(metric.find("suggestion_reply_rate").beside.values())
    assert told == {"suggestions_not_due", "suggestions_objected"}
