"""Periods of the plan's reports, what they say, what moved."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.plan import PlanLight, PlanReportKind
from service.errors import Invalid
from service.rules import plan_report as rules
from service.rules.plan_report import LIGHT_WORDS, PlanTold, ReportPeriod, TaskTold

K = PlanReportKind


@pytest.mark.parametrize(
    ("name", "kind", "first", "last", "label"),
    [
        ("2026", K.YEAR, date(2026, 1, 1), date(2026, 12, 31), "2026年"),
        ("2026-Q1", K.QUARTER, date(2026, 1, 1), date(2026, 3, 31), "2026年第1季度"),
        ("2026-Q4", K.QUARTER, date(2026, 10, 1), date(2026, 12, 31), "2026年第4季度"),
        ("2028-02", K.MONTH, date(2028, 2, 1), date(2028, 2, 29), "2028年2月"),
        ("2026-12", K.MONTH, date(2026, 12, 1), date(2026, 12, 31), "2026年12月"),
    ],
)
def test_a_period_is_named_as_its_letters_are(
    name: str, kind: K, first: date, last: date, label: str
) -> None:
    found = ReportPeriod.parse(name)
    assert (found.kind, found.start_on, found.last_on, found.label) == (kind, first, last, label)
    assert found.name == name


@pytest.mark.parametrize(
    "name",
    "* 26 2026- 2026-13 2026-00 2026-1 2026-Q5 2026-q1 2026-Q1-1 二〇二六 9999 0001".split(),
)
def test_what_is_no_period_is_said_at_its_field(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ReportPeriod.parse(name)
    assert list(refusal.value.fields) == ["period"]


@given(st.dates(date(1991, 1, 1), date(2199, 12, 31)))
def test_the_period_before_ends_before_the_one_of_a_day(day: date) -> None:
    month, quarter = ReportPeriod.month_before(day), ReportPeriod.quarter_before(day)
    assert month.last_on < day.replace(day=1) <= day
    assert (day.replace(day=1) - month.last_on).days == 1
    assert quarter.last_on < day
    assert (day - quarter.last_on).days <= 92
    assert quarter.last_on.month % 3 == 0


def task(number: str, light: str) -> TaskTold:
    told = {"name": f"任务{number}", "text": "…", "chapter": 0, "due_on": "2026-12-31"}
    return TaskTold(number=number, light=light, **told)  # type: ignore[arg-type]  # a mixed table


def told(*tasks: TaskTold) -> PlanTold:
    return PlanTold(
        town="柳溪镇",
        year=2026,
        title="",
        period="2026-03",
        as_of="2026-03-31",
        approved=False,
        chapters=("健全依法行政体系",),
        tasks=tasks,
    )


LIGHTS = st.lists(st.sampled_from(list(LIGHT_WORDS)), max_size=40)


@given(LIGHTS)
def test_the_sentence_names_every_task_once_and_a_frozen_body_is_read_back(
    lights: list[str],
) -> None:
    found = told(*(task(str(place), light) for place, light in enumerate(lights, 1)))
    assert sum(found.sums.values()) == len(lights)
    sentence = rules.sentence(found)
    assert all(LIGHT_WORDS[light] in sentence for light in lights)
    assert rules.from_body(json.loads(json.dumps(rules.as_body(found)))) == found


def test_only_lights_that_are_others_have_moved() -> None:
    green, red = PlanLight.GREEN.value, PlanLight.RED.value
    before = (task("1", green), task("2", green), task("3", red))
    after = (task("1", red), task("2", green), task("4", red))
    assert [(e.number, e.before, e.after) for e in rules.moves(before, after)] == [
        ("1", green, red)
    ]
