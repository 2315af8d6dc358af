"""Joint handling by program: asked once, answered by its own unit, and no more seen than that."""

from uuid import uuid4

from config.vocabulary import DisputeStatus, Role
from tests.factories.dispute import Handling, registered
from tests.factories.joint import OPINION, WAIVED, WORDS
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.program import DISPUTES, program

ALL = "/api/v1/joint-tasks"
S = DisputeStatus


def case(office: Office, status: S = S.MEDIATING) -> Handling:
    with office.app.app_context():
        return registered(office, now=MONDAY_9AM).until(status)


def test_it_is_asked_once_answered_and_waited_for(office: Office) -> None:
    one, other = case(office), case(office)
    lead, mediator = program(office, office.liaison), program(office, office.mediator)
    station = program(office, office.actor(Role.LIAISON, "station"))
    justice = program(office, office.actor(Role.LIAISON, "justice"))
    units = [str(office.units[each]) for each in ("station", "justice")]
    body = {"tasks": [{"organisation": each, "words": WORDS} for each in units]}
    path, foreign = (f"{DISPUTES}/{each.id}/tasks" for each in (one, other))
    assert station.get(path).status_code == 404
    assert lead.post(path, body).status_code == 400  # no Idempotency-Key
    assert mediator.post(path, body, key=uuid4().hex).status_code == 403
    key = uuid4().hex
    made = lead.post(path, body, key=key)
    assert made.status_code == 201
    assert lead.post(path, body, key=key).get_json() == made.get_json()
    tasks = {each["organisation_id"]: each for each in made.get_json()["items"]}
    mine, theirs = (f"{path}/{tasks[each]['id']}" for each in units)
    again = lead.post(path, body, key=uuid4().hex).get_json()
    assert sorted(again["errors"]) == ["tasks.0.organisation", "tasks.1.organisation"]
    # of the two each reads its own words, of the other dispute neither anything
    for caller, unit in ((station, units[0]), (justice, units[1])):
        rows = {each["organisation_id"]: each for each in caller.get(path).get_json()["items"]}
        assert {name: each["words"] for name, each in rows.items() if each["words"]} == {
            unit: WORDS
        }
        listed = caller.get(f"{ALL}?count=true").get_json()
        assert [each["organisation_id"] for each in listed["items"]] == [unit]
        assert (listed["total"], caller.get(foreign).status_code) == (1, 404)
    assert station.post(f"{theirs}/answer", {"words": OPINION}).status_code == 403
    assert station.post(f"{mine}/waive", {"reason": WAIVED}).status_code == 403
    assert station.post(f"{mine}/answer", {}).status_code == 422
    assert station.post(f"{foreign}/{uuid4()}/answer", {"words": OPINION}).status_code == 404
    said = station.post(f"{mine}/answer", {"words": OPINION}).get_json()
    assert (said["state"], said["opinion"], said["may_answer"]) == ("done", OPINION, False)
    assert station.post(f"{mine}/answer", {"words": OPINION}).status_code == 409
    cannot = justice.post(f"{theirs}/refuse", {"words": "不归我们"}).get_json()
    assert cannot["state"] == "refused"
    step = f"{DISPUTES}/{one.id}/steps/terminate"
    version = mediator.get(f"{DISPUTES}/{one.id}").headers["ETag"]
    waits = mediator.post(step, {"reason": "谈不拢"}, version=version)
    assert (waits.status_code, waits.get_json()["detail"]) == (
        409,
        "还有协办任务没有结果：柳溪司法所。请等答复，或者逐项写明为什么不再等",
    )
    gone = mediator.post(f"{theirs}/waive", {"reason": WAIVED}).get_json()
    assert (gone["state"], gone["opinion"], gone["reason"]) == ("waived", "不归我们", WAIVED)
    assert mediator.post(step, {"reason": "谈不拢"}, version=version).status_code == 200
    assert station.get(path).status_code == 404  # its sight ended with the dispute
    assert len(mediator.get(path).get_json()["items"]) == 2
