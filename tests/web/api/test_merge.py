"""Merging for programs: what it takes, what it tells, who may, and the way back."""

from uuid import uuid4

import pytest

from config.vocabulary import DisputeStatus, Role
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.person import resident_id
from tests.factories.program import DISPUTES, program

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
REASON = "同一件事两处登记"


def pair(office: Office) -> tuple[Handling, Handling, str]:
    """Two disputes, and the number of the second."""
    with office.app.app_context():
        into, gone = (registered(office, now=MONDAY_9AM) for _ in range(2))
        return into, gone, gone.row.number


def test_a_merge_names_the_version_it_saw_and_shows_where_a_merged_one_leads(
    office: Office,
) -> None:
    into, gone, number = pair(office)
    director, path = program(office, office.director), f"{DISPUTES}/{into.id}/merge"
    body = {"number": number, "reason": REASON}
    assert director.post(path, body).status_code == 428
    assert director.post(path, body, version='"9"').status_code == 412
    assert director.post(path, {"number": number}, version='"1"').status_code == 422
    unknown = director.post(path, body | {"number": "LXZ2026-99999"}, version='"1"')
    assert unknown.get_json()["errors"] == {"number": ["没有这个编号，请核对"]}
    made = director.post(path, body, version='"1"')
    assert (made.status_code, made.headers["ETag"]) == (200, '"2"')
    read = director.get(f"{DISPUTES}/{gone.id}").get_json()
    assert read["merged_into"] == {"number": made.get_json()["number"], "id": str(into.id)}
    assert (read["status"], read["steps"]) == ("closed", [])
    step = director.post(f"{DISPUTES}/{gone.id}/steps/reopen", {"reason": "又来"}, version='"2"')
    assert (step.status_code, step.get_json()["code"]) == (409, "merged")
    assert step.get_json()["merged_into"] == made.get_json()["number"]
    (one,) = director.get(f"{DISPUTES}/{into.id}/merges").get_json()["items"]
    assert (one["number"], one["reason"], one["merge"]) == (
        number,
        REASON,
        made.get_json()["merge"],
    )
    assert director.get(f"{DISPUTES}?count=true").get_json()["total"] == 1


def test_it_is_undone_once_by_who_may_merge(office: Office) -> None:
    into, gone, number = pair(office)
    director = program(office, office.director)
    body = {"number": number, "reason": REASON}
    made = director.post(f"{DISPUTES}/{into.id}/merge", body, version='"1"').get_json()["merge"]
    undo, why = f"{DISPUTES}/{into.id}/merges/{made}/undo", {"reason": "不是同一件"}
    for role in (Role.WINDOW, Role.MEDIATOR, Role.LEADER, Role.AUDITOR):
        assert program(office, office.actor(role)).post(undo, why, version='"2"').status_code == 403
    assert director.post(undo, why).status_code == 428
    other = f"{DISPUTES}/{into.id}/merges/{uuid4()}/undo"
    assert director.post(other, why, version='"2"').status_code == 404
    assert director.post(undo, why, version='"2"').get_json()["parted"] == str(gone.id)
    assert director.post(undo, why, version='"3"').status_code == 409
    assert "merged_into" not in director.get(f"{DISPUTES}/{gone.id}").get_json()


def test_a_visit_again_is_counted_as_such_and_never_as_a_new_dispute(office: Office) -> None:
    with office.app.app_context():
        one = registered(office, now=MONDAY_9AM).until(DisputeStatus.MEDIATING)
        number = one.row.number
    director, path = program(office, office.director), f"{DISPUTES}/{one.id}/repeats"
    told = {"came_on": "2026-11-03", "words": "问什么时候开会"}
    assert director.post(path, told).status_code == 400
    made = director.post(path, told, key=uuid4().hex)
    assert (made.status_code, made.get_json()["ordinal"]) == (201, 2)
    new = director.post(path, told | {"new_facts": True}, key=uuid4().hex)
    assert (new.status_code, new.get_json()["code"]) == (409, "conflict")
    early = director.post(path, told | {"came_on": "2026-11-01"}, key=uuid4().hex)
    assert early.get_json()["errors"] == {"came_on": ["来访日期不能早于登记的那天"]}
    assert director.get(path).get_json()["review"] is False
    clerk = program(office, office.actor(Role.WINDOW, "justice"))
    card = told | {"number": number, "id_number": resident_id(1)}
    taken = clerk.post("/api/v1/repeats", card, key=uuid4().hex)
    assert taken.get_json() == {"number": number, "ordinal": 3}
    wrong = clerk.post("/api/v1/repeats", card | {"id_number": resident_id(5)}, key=uuid4().hex)
    assert wrong.status_code == 404
    week = "from=2026-11-02&to=2026-11-08"
    figures = "/api/v1/metrics"
    assert director.get(f"{figures}/repeated_visits?{week}").get_json()["numerator"] == 2
    assert director.get(f"{figures}/disputes_received?{week}").get_json()["numerator"] == 1
    rows = director.get(f"{figures}/repeated_visits/rows?{week}").get_json()["items"]
    assert [each["number"] for each in rows] == [number, number]


def test_the_likeliest_of_a_stored_dispute_come_with_reasons_and_what_was_decided(
    office: Office,
) -> None:
    into, gone, number = pair(office)
    director = program(office, office.director)
    body = {"number": number, "relation": "different"}
    director.post(f"{DISPUTES}/{into.id}/links", body, key=uuid4().hex)
    (one,) = director.get(f"{DISPUTES}/{into.id}/duplicates").get_json()["items"]
    assert (one["number"], one["decided"], one["reasons"][0]["code"]) == (
        number,
        "different",
        "id_number",
    )
    (same,) = director.get(f"{DISPUTES}/{gone.id}/duplicates").get_json()["items"]
    assert same["decided"] == "different"
    clerk = program(office, office.actor(Role.WINDOW, "justice"))
    assert clerk.get(f"{DISPUTES}/{into.id}/duplicates").status_code == 404
