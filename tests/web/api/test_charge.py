"""Leaders in charge by program: named once, written on by who may, and found by the leader."""

from uuid import uuid4

from config.vocabulary import DisputeStatus
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.program import DISPUTES, program

WORDS = "请司法所一周内见双方"


def test_it_is_named_once_written_on_and_found_by_its_leader(office: Office) -> None:
    with office.app.app_context():
        case = registered(office, now=MONDAY_9AM).until(DisputeStatus.MEDIATING)
    callers = (office.director, office.leader, office.mediator, office.window)
    director, leader, mediator, window = (program(office, each) for each in callers)
    path = f"{DISPUTES}/{case.id}/charge"
    body, key = {"leader": str(office.leader.user_id)}, uuid4().hex
    assert director.get(path).get_json()["charges"] == []
    assert leader.get(path).status_code == 404
    assert mediator.post(path, body, key=uuid4().hex).status_code == 403
    wrong = director.post(path, {"leader": str(uuid4())}, key=uuid4().hex)
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["leader"])
    made = director.post(path, body, key=key)
    assert (made.status_code, made.get_json()["may_write"]) == (201, True)
    assert director.post(path, body, key=key).get_json() == made.get_json()
    written = leader.post(f"{path}/measures", {"words": WORDS}, key=uuid4().hex)
    assert written.get_json()["charges"][0]["measures"][0]["words"] == WORDS
    ahead = leader.post(f"{path}/look", {"looked_on": "2126-11-02"})
    assert list(ahead.get_json()["errors"]) == ["looked_on"]
    assert leader.post(f"{path}/look", {}).status_code == 200
    (row,) = leader.get("/api/v1/charges?count=true").get_json()["items"]
    assert (row["dispute"]["number"], row["charge"]["leader"]) == (
        made.get_json()["dispute"]["number"],
        office.leader.name,
    )
    assert window.get("/api/v1/charges").status_code == 403
    assert leader.get(f"{DISPUTES}/{case.id}").status_code == 403  # it is read by its brief row
    assert mediator.post(f"{path}/look", {}).status_code == 403
