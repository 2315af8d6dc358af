"""Figures over HTTP: the shape programs were promised, and honest answers for the rest."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask

from config.vocabulary import Outcome, Role
from tests.factories.caller import Caller
from tests.factories.town import Stretch, Town

MONDAY = date(2025, 3, 3)
PERIOD = {"from": "2025-03-03", "to": "2025-03-10"}


@pytest.fixture
def town(app: Flask) -> Iterator[Town]:
    with app.app_context():
        yield Town()


@pytest.fixture
def calling(app: Flask, town: Town) -> Callable[[Role], Caller]:
    return lambda role: Caller(app, town.user(role, town.station))


def test_a_rate_shows_both_its_numbers_and_its_groups(
    town: Town, calling: Callable[[Role], Caller]
) -> None:
    for outcome in (Outcome.AGREED, Outcome.AGREED, Outcome.NOT_AGREED, Outcome.WITHDRAWN):
        town.dispute(Stretch(MONDAY, MONDAY, outcome))
    given = calling(Role.LEADER).get(
        "/metrics/mediation_success_rate", **PERIOD, group_by="category"
    )
    told = given.get_json()
    assert {key: told[key] for key in ("id", "from", "to", "numerator", "denominator")} == {
        "id": "mediation_success_rate",
        "from": "2025-03-03",
        "to": "2025-03-10",
        "numerator": 2,
        "denominator": 3,
    }
    assert told["value"] == 2 / 3
    assert told["groups"] == [
        {"key": "neighbour", "label": "邻里", "numerator": 2, "denominator": 3, "value": 2 / 3}
    ]


def test_the_value_of_nothing_is_null_and_a_count_has_no_denominator(
    calling: Callable[[Role], Caller],
) -> None:
    leader = calling(Role.LEADER)
    rate = leader.get("/metrics/mediation_success_rate", **PERIOD).get_json()
    number = leader.get("/metrics/disputes_received", **PERIOD).get_json()
    assert (rate["numerator"], rate["denominator"], rate["value"]) == (0, 0, None)
    assert (number["numerator"], number["denominator"], number["value"]) == (0, None, 0)
    assert "groups" not in number


def test_rows_are_brief_and_come_in_pages(town: Town, calling: Callable[[Role], Caller]) -> None:
    town.dispute(Stretch(MONDAY), restricted=True)
    town.dispute(Stretch(MONDAY), organisation=town.station)
    town.dispute(Stretch(MONDAY))
    leader = calling(Role.LEADER)
    first = leader.get("/metrics/disputes_received/rows", **PERIOD, limit=2).get_json()
    second = leader.get(
        "/metrics/disputes_received/rows", **PERIOD, limit=2, cursor=first["next_cursor"]
    ).get_json()
    items = first["items"] + second["items"]
    assert second["next_cursor"] is None
    assert {row["number"]: row["parties"] for row in items} == {
        "LXZ-00001": "受限",
        "LXZ-00002": None,
        "LXZ-00003": None,
    }
    assert sorted(items[0]) == sorted(
        "number ordinal category status organisation due_on due_provisional due_paused overdue "
        "restricted parties counted".split()
    )


def test_rows_of_lawsuits_name_no_plaintiff(town: Town, calling: Callable[[Role], Caller]) -> None:
    town.lawsuit(MONDAY)
    told = calling(Role.LEADER).get("/metrics/lawsuits_filed/rows", **PERIOD).get_json()
    (row,) = told["items"]
    assert (row["organisation"], row["served_on"]) == ("柳溪派出所", "2025-03-03")
    assert [key for key in row if "plaintiff" in key] == []


def test_a_liaison_counts_their_own_unit(town: Town, calling: Callable[[Role], Caller]) -> None:
    town.dispute(Stretch(MONDAY), organisation=town.station)
    town.dispute(Stretch(MONDAY), organisation=town.committee)
    told = calling(Role.LIAISON).get("/metrics/disputes_received", **PERIOD).get_json()
    assert told["numerator"] == 1


def test_a_mediator_may_not_read_figures(calling: Callable[[Role], Caller]) -> None:
    assert calling(Role.MEDIATOR).get("/metrics/disputes_received", **PERIOD).status_code == 403


@pytest.mark.parametrize(
    ("metric_id", "told"), [("performance_rate", "这项指标尚未提供"), ("x", "没有这项指标")]
)
def test_a_figure_that_is_not_offered_is_not_found(
    metric_id: str, told: str, calling: Callable[[Role], Caller]
) -> None:
    answer = calling(Role.LEADER).get(f"/metrics/{metric_id}", **PERIOD)
    assert (answer.status_code, answer.get_json()["detail"]) == (404, told)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, ["from", "to"]),
        ({"from": "2025-03-10", "to": "2025-03-10"}, ["to"]),
        ({"from": "2025-02-30", "to": "2025-03-10"}, ["from"]),
        (PERIOD | {"group_by": "colour"}, ["group_by"]),
        (PERIOD | {"group_by": "cause"}, ["group_by"]),
        (PERIOD | {"source": "pigeon"}, ["source"]),
        (PERIOD | {"colour": "red"}, ["colour"]),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_its_field(
    query: dict[str, str], fields: list[str], calling: Callable[[Role], Caller]
) -> None:
    answer = calling(Role.LEADER).get("/metrics/disputes_received", **query)
    assert (answer.status_code, sorted(answer.get_json()["errors"])) == (422, fields)
