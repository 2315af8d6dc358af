"""The dictionary of figures knows what is offered, what will be, and what is not."""

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
