"""The whole way of a dispute over HTTP, every role signed in by its own password."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from config.vocabulary import Role
from tests.factories.office import PASSWORD, Office
from tests.factories.program import DISPUTES, Program

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def sign_in(office: Office) -> Callable[..., Program]:
    """Sign somebody in by name and password."""

    def signed_in(role: Role, unit: str = "centre") -> Program:
        office.actor(role, unit, password=PASSWORD)
        client = office.app.test_client()
        body = {"username": f"{role.value}-{unit}", "password": PASSWORD}
        answer = client.post("/api/v1/sign-in", json=body)
        assert answer.status_code == 200, answer.text
        return Program(client, answer.get_json()["token"])

    return signed_in


@pytest.fixture
def mediator(sign_in: Callable[..., Program]) -> Program:
    """The committee's mediator."""
    return sign_in(Role.MEDIATOR, "committee")


@pytest.fixture
def clerk(sign_in: Callable[..., Program]) -> Program:
    """The clerk at the window."""
    return sign_in(Role.WINDOW)


@pytest.fixture
def director(sign_in: Callable[..., Program]) -> Program:
    """The director."""
    return sign_in(Role.DIRECTOR)


def dispatched(office: Office, clerk: Program, director: Program, **changes: Any) -> str:
    """A dispute that was sent to the committee's mediator; its id."""
    made = clerk.registered(**changes)
    unit = next(
        each
        for each in director.get("/api/v1/organisations").get_json()["items"]
        if each["kind"] == "people_mediation_committee"
    )
    mediator = next(
        each
        for each in director.get("/api/v1/mediators").get_json()["items"]
        if each["organisation"]["id"] == unit["id"]
    )
    body = {"organisation": unit["id"], "mediator": mediator["id"]}
    assert unit["id"] == str(office.units["committee"])
    shown = director.taken(made["id"], "dispatch", body)
    assert (shown["status"], shown["organisation"]["id"]) == ("dispatched", unit["id"])
    dispute_id: str = made["id"]
    return dispute_id


def test_from_the_window_to_the_archive(
    office: Office, clerk: Program, director: Program, mediator: Program
) -> None:
    preview = clerk.post("/api/v1/routing/preview", {"category": "neighbour"}).get_json()
    assert preview["lead"] == "people_mediation_committee"

    dispute_id = dispatched(office, clerk, director)
    path = f"{DISPUTES}/{dispute_id}"
    assert [row["id"] for row in mediator.get(DISPUTES).get_json()["items"]] == [dispute_id]

    accepted = mediator.taken(dispute_id, "accept")
    assert (accepted["status"], accepted["due"]["rule"]) == ("accepted", "PM.DEFAULT")
    assert accepted["next_step"] == "start"
    assert mediator.taken(dispute_id, "start")["status"] == "mediating"

    parties = mediator.get(f"{path}/parties").get_json()["items"]
    assert [party["name"] for party in parties] == ["王小满", "李大有"]
    held = {
        "held_at": "2026-01-05T09:00:00+08:00",
        "place": "调解室一",
        "minutes": "谈妥",
        "attendance": [{"party": party["id"], "attended": True} for party in parties],
    }
    session = mediator.post(f"{path}/sessions", held, key=uuid4().hex)
    assert (session.status_code, session.get_json()["ordinal"]) == (201, 1)

    written = {"form": "written", "terms": "各出一半", "amount": "800.50"}
    assert mediator.taken(dispute_id, "agree", written)["status"] == "agreed"
    agreement = mediator.get(f"{path}/agreement").get_json()
    assert (agreement["terms"], agreement["amount"]) == ("各出一半", "800.50")

    performed = mediator.taken(dispute_id, "perform")
    assert performed["steps"] == ["close"]
    closed = mediator.taken(dispute_id, "close", {"outcome": "agreed"})
    assert (closed["status"], closed["outcome"], closed["due"]) == ("closed", "agreed", None)

    visited = {"visited_on": closed["closed_on"], "result": "performed", "satisfied": True}
    assert mediator.post(f"{path}/visits", visited, key=uuid4().hex).status_code == 201
    assert director.taken(dispute_id, "archive")["status"] == "archived"
    assert director.get(path).get_json()["steps"] == []

    told = director.get(f"{path}/events").get_json()["items"]
    assert [each["action"] for each in told] == [
        "register",
        "dispatch",
        "accept",
        "start",
        "session",
        "agree",
        "perform",
        "close",
        "visit",
        "archive",
    ]


ENDINGS: list[tuple[str, list[str], str, dict[str, Any], str]] = [
    ("director", [], "withdraw", {"reason": "两家和好了"}, "withdrawn"),
    ("director", [], "void", {"reason": "登记重复"}, "mistaken"),
    (
        "mediator",
        [],
        "decline",
        {"ground": "no_jurisdiction", "go_to": "other_town"},
        "declined",
    ),
    ("mediator", ["accept"], "terminate", {"reason": "一方不再来"}, "terminated"),
    ("mediator", ["accept", "start"], "fail", {"reasons": ["amount_apart"]}, "not_agreed"),
    ("mediator", ["accept", "start"], "withdraw", {"reason": "两家和好了"}, "withdrawn"),
    ("director", ["accept"], "close", {"outcome": "guided"}, "guided"),
]


def test_the_other_ways_to_an_end(
    office: Office, clerk: Program, director: Program, mediator: Program
) -> None:
    people = {"director": director, "mediator": mediator}
    for who, before, step, body, outcome in ENDINGS:
        dispute_id = dispatched(office, clerk, director)
        for each in before:
            mediator.taken(dispute_id, each)
        shown = people[who].taken(dispute_id, step, body)
        assert (shown["status"], shown["outcome"]) == ("closed", outcome), step


@pytest.mark.usefixtures("mediator")
def test_the_window_ends_what_it_registered_until_it_is_dispatched(
    office: Office, clerk: Program, director: Program
) -> None:
    for step, outcome in (("withdraw", "withdrawn"), ("void", "mistaken")):
        body = {"reason": "登记重复"}
        assert clerk.taken(clerk.registered()["id"], step, body)["outcome"] == outcome
        gone = dispatched(office, clerk, director)
        assert clerk.take(gone, step, body).status_code == 403


def test_a_reopened_dispute_has_a_second_round(
    office: Office, clerk: Program, director: Program, mediator: Program
) -> None:
    dispute_id = dispatched(office, clerk, director)
    for step in ("accept", "start"):
        mediator.taken(dispute_id, step)
    mediator.taken(dispute_id, "fail", {"reasons": ["facts_disputed"]})
    reopened = director.taken(dispute_id, "reopen", {"reason": "有了新证据"})
    assert (reopened["status"], reopened["outcome"], reopened["closed_on"]) == (
        "registered",
        None,
        None,
    )
    body = {
        "organisation": str(office.units["committee"]),
        "mediator": str(office.mediator.user_id),
    }
    director.taken(dispute_id, "dispatch", body)
    for step, said in (("accept", {}), ("start", {}), ("agree", {"form": "oral"})):
        mediator.taken(dispute_id, step, said)
    closed = mediator.taken(dispute_id, "close", {"outcome": "agreed"})
    assert (closed["status"], closed["outcome"]) == ("closed", "agreed")
    told = director.get(f"{DISPUTES}/{dispute_id}/events").get_json()["items"]
    assert [each["detail"] for each in told if each["action"] == "reopen"] == [{"episode": 2}]


def test_a_restricted_dispute_is_its_mediator_s_and_the_director_s_alone(
    office: Office,
    clerk: Program,
    director: Program,
    mediator: Program,
    sign_in: Callable[..., Program],
) -> None:
    dispute_id = dispatched(office, clerk, director, restricted=True)
    path = f"{DISPUTES}/{dispute_id}"
    liaison, leader = sign_in(Role.LIAISON, "committee"), sign_in(Role.LEADER)
    for stranger in (liaison, clerk):
        assert stranger.get(path).status_code == 404
        assert stranger.get(DISPUTES).get_json()["items"] == []
    (brief,) = leader.get(DISPUTES).get_json()["items"]
    assert brief["parties"] == "受限"
    assert leader.get(path).status_code == 403

    for step, said in (("accept", {}), ("start", {}), ("agree", {"form": "oral"})):
        mediator.taken(dispute_id, step, said)
    refused = mediator.take(dispute_id, "close", {"outcome": "agreed"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    assert "close" not in mediator.get(path).get_json()["steps"]
    closed = director.taken(dispute_id, "close", {"outcome": "agreed"})
    assert (closed["status"], closed["outcome"]) == ("closed", "agreed")
