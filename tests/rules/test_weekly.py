"""The sentence a leader reads first, and the frozen body that gives the same figures back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.rules import weekly
from service.rules.calendar import Week
from service.rules.statistics import Flow, Rate
from service.rules.weekly import Before, Count, Lawsuits, Line, Pressed
from tests.factories.figures import STILL, WEEK_47


def test_the_sentence_says_what_came_what_went_and_what_is_left() -> None:
    assert weekly.sentence_text(WEEK_47) == (
        "本周受理 41 件，比上周多 5 件；办结 34 件，与上周持平。"
        "在办 127 件，比上周多 8 件，主要在劳动争议和邻里。超期未结 3 件。"
    )


def test_a_week_that_runs_is_compared_with_none() -> None:
    told = "".join(part.text for part in weekly.sentence_so_far(WEEK_47))
    assert told == "至今受理 41 件，办结 34 件。在办 127 件。超期未结 3 件。"


def test_fewer_is_said_as_fewer() -> None:
    figures = replace(WEEK_47, flow=Flow(130, 30, 0, 34), overdue=0)
    assert weekly.sentence_text(figures) == (
        "本周受理 30 件，比上周少 6 件；办结 34 件，与上周持平。在办 126 件，比上周少 4 件。"
    )


def test_a_week_without_anything_says_so() -> None:
    assert weekly.sentence_text(STILL) == "本周无变化：没有新受理，也没有办结；在办 12 件。"


@pytest.mark.parametrize(
    "suits",
    [
        Lawsuits(filed=1),
        Lawsuits(reviews_filed=1),
        Lawsuits(withdrawn=1),
        Lawsuits(appeals_withdrawn=1),
    ],
)
def test_a_week_with_only_a_lawsuit_is_not_without_change(suits: Lawsuits) -> None:
    assert not replace(STILL, lawsuits=suits).is_unchanged


def test_numbers_of_the_sentence_open_their_rows() -> None:
    opened = [(part.text, part.metric) for part in weekly.sentence(WEEK_47) if part.metric]
    assert opened == [
        ("41", "disputes_received"),
        ("34", "disputes_closed"),
        ("127", "disputes_open"),
        ("劳动争议", "disputes_open"),
        ("邻里", "disputes_open"),
        ("3", "disputes_overdue"),
    ]


@pytest.mark.parametrize("figures", [WEEK_47, STILL])
def test_a_frozen_body_gives_the_same_figures_back(figures: weekly.WeekFigures) -> None:
    assert weekly.from_body(weekly.as_body(figures)) == figures


def test_the_body_names_its_period_half_open_and_its_cut_off() -> None:
    body = weekly.as_body(WEEK_47)
    assert (body["week"], body["from"], body["to"]) == ("2026-W47", "2026-11-16", "2026-11-23")
    assert body["cut_off"] == "2026-11-23T00:00:00+00:00"


def test_a_rate_of_nothing_is_null_in_the_body() -> None:
    assert weekly.as_body(STILL)["total"]["success"] == {
        "numerator": 0,
        "denominator": 0,
        "value": None,
    }


def test_the_53rd_week_is_told_as_such() -> None:
    before = Before(week=Week(2026, 52), flow=Flow(), success=Rate())
    figures = replace(STILL, week=Week(2026, 53), before=before)
    body = weekly.as_body(replace(figures, cut_off=datetime(2027, 1, 4, tzinfo=UTC)))
    assert (body["week"], body["from"], body["to"]) == ("2026-W53", "2026-12-28", "2027-01-04")


def test_lines_and_counts_keep_their_keys() -> None:
    line = Line("family", "婚姻家庭", Flow(1, 2, 3, 4), Rate(1, 2))
    figures = replace(STILL, categories=(line,), beside=(Count("guided", "引导其他途径", 7),))
    body = weekly.as_body(figures)
    assert body["by_category"][0]["closing"] == 2
    assert body["beside"] == [{"key": "guided", "label": "引导其他途径", "count": 7}]


def test_a_letter_from_before_consultations_were_counted_stays_readable() -> None:
    body = weekly.as_body(WEEK_47)
    assert "consultations" not in body
    assert weekly.from_body(body).consultations is None
    counted = replace(WEEK_47, consultations=0)
    assert weekly.from_body(weekly.as_body(counted)) == counted
    assert weekly.sentence_text(counted) == weekly.sentence_text(WEEK_47)


@pytest.mark.parametrize(
    ("pressed", "said"),
    [
        (Pressed(0, 0, 0), "本周没有期限到期未办；督办等答复 0 件"),
        (Pressed(3, 2, 0), "本周有 3 个期限到期没有办到；督办等答复 2 件"),
        (
            Pressed(3, 2, 1),
            "本周有 3 个期限到期没有办到；督办等答复 2 件，其中逾期未答复 1 件",
        ),
    ],
)
def test_what_ran_out_and_what_is_pressed_is_one_line(pressed: Pressed, said: str) -> None:
    assert weekly.pressed_text(pressed) == said
    told = replace(WEEK_47, pressed=pressed)
    assert weekly.from_body(weekly.as_body(told)) == told
