"""The preview over HTTP: stores nothing, names every wrong field, and answers the given cases."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config.facts import FACTS
from config.vocabulary import Role
from models import Dispute, Route, db
from tests.factories.office import Office
from tests.factories.program import Program, of_role

PREVIEW = "/api/v1/routing/preview"
TESTS = Path(__file__).parents[2]
GIVEN = TESTS.parents[1] / "shared" / "data" / "cases.expected.json"


@pytest.fixture
def clerk(office: Office) -> Program:
    """The window's program."""
    return of_role(office, Role.WINDOW)


def test_a_preview_says_where_and_why_and_stores_nothing(office: Office, clerk: Program) -> None:
    body = {"category": "neighbour", "registered_on": "2026-11-02", "facts": {"injury": "none"}}
    shown = clerk.post(PREVIEW, body).get_json()
    assert (shown["accept"], shown["channel"], shown["lead"]) == (
        "yes",
        "people",
        "people_mediation_committee",
    )
    assert shown["rule"]["id"] == "neighbour"
    assert set(shown) >= {
        "assist",
        "go_to",
        "reasons",
        "basis",
        "deadlines",
        "must_do",
        "must_not",
        "runner_up",
        "flips",
        "ask",
        "level",
        "parts",
    }  # fmt: skip -- the names of the contract
    assert shown["matched"] == [{"fact": "category", "value": "neighbour", "label": "纠纷类型"}]
    assert shown["companions"] == ["consent"]
    with office.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Dispute.id))) == 0
        assert db.session.scalar(sa.select(sa.func.count(Route.id))) == 0


def test_danger_protects_with_the_police_in_the_lead(clerk: Program) -> None:
    shown = clerk.post(PREVIEW, {"category": "neighbour", "facts": {"danger": True}}).get_json()
    assert (shown["accept"], shown["lead"]) == ("protect", "police_station")


def test_several_matters_are_split_in_their_order(clerk: Program) -> None:
    matters = [{"category": "traffic"}, {"category": "debt"}]
    shown = clerk.post(PREVIEW, {"category": "other", "matters": matters}).get_json()
    assert shown["accept"] == "split"
    assert [part["rule"]["id"] for part in shown["parts"]] == ["traffic", "debt"]


def test_every_wrong_field_is_named(clerk: Program) -> None:
    body = {
        "category": "nonsense",
        "facts": {"dangr": 1},
        "matters": [{"category": "debt", "facts": {"injury": "big"}}, {"category": "x"}],
    }
    answer = clerk.post(PREVIEW, body)
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {
        "category",
        "facts.dangr",
        "matters.0.facts.injury",
        "matters.1.category",
    }


def test_unknown_fields_are_refused(clerk: Program) -> None:
    answer = clerk.post(PREVIEW, {"category": "debt", "office": "x"})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["office"])


def test_the_rules_in_force_end_with_one_that_catches_all(clerk: Program) -> None:
    shown = clerk.get("/api/v1/routing/rules").get_json()
    assert len({rule["id"] for rule in shown["items"]}) == len(shown["items"]) > 20
    assert shown["version"] >= 1


def test_a_leader_reads_the_rules_and_previews_nothing(office: Office) -> None:
    leader = of_role(office, Role.LEADER)
    assert leader.get("/api/v1/routing/rules").status_code == 200
    assert leader.post(PREVIEW, {"category": "debt"}).status_code == 403


@pytest.mark.skipif(not GIVEN.exists(), reason="the given cases are not beside us")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the answer asks no database
def test_the_given_requests_are_all_taken(clerk: Program) -> None:
    cases: list[dict[str, Any]] = json.loads(GIVEN.read_text(encoding="utf-8"))
    for case in cases:
        request = case["request"]
        answer = clerk.post(PREVIEW, request)
        assert answer.status_code == 200, (case["id"], answer.text)


DATES = [each.name for each in FACTS.values() if each.kind == "date"]


@pytest.mark.parametrize("category", ["labour", "consumer", "land_contract", "traffic"])
def test_the_last_day_of_all_gives_terms_and_the_one_after_is_refused(
    clerk: Program, category: str
) -> None:
    for fact in DATES:
        last = clerk.post(PREVIEW, {"category": category, "facts": {fact: "2199-12-31"}})
        after = clerk.post(PREVIEW, {"category": category, "facts": {fact: "9999-12-31"}})
        assert (last.status_code, after.status_code) == (200, 422)
        assert list(after.get_json()["errors"]) == [f"facts.{fact}"]
