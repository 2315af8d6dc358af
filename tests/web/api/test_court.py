"""Docking with the court by program: once, by the version, and in the shape that is promised."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from config.vocabulary import DisputeStatus, Step
from service.clock import utc_now as now
from tests.factories.court import BEFORE, UNDATED
from tests.factories.dispute import Handling, registered
from tests.factories.office import Office
from tests.factories.program import DISPUTES, program

S = DisputeStatus


def case(office: Office) -> Handling:
    with office.app.app_context():
        at = now()
        return registered(office, now=at).until(S.MEDIATING, now=at)


def days(office: Office, count: int = 0) -> str:
    """A day from today; the doors read the clock themselves."""
    return (office.desk.today(now()) + timedelta(days=count)).isoformat()


def test_it_is_received_once_confirmed_by_version_and_told(office: Office) -> None:
    one = case(office)
    director = program(office, office.director)
    path = f"{DISPUTES}/{one.id}/court_referrals"
    body: dict[str, Any] = {
        "kind": "assigned",
        "court": "奈曼旗人民法院",
        "case_number": BEFORE,
        "received_on": days(office),
    }
    assert director.post(path, body).status_code == 400  # no Idempotency-Key
    key = uuid4().hex
    made = director.post(path, body, key=key)
    assert made.status_code == 201
    assert director.post(path, body, key=key).get_json() == made.get_json()
    (item,) = made.get_json()["items"]
    assert (item["state"], item["due_on"]) == ("waiting", None)
    assert item["answer_by"] >= days(office, 3)
    rows = director.get("/api/v1/court_referrals?count=true").get_json()
    assert ([each["id"] for each in rows["items"]], rows["total"]) == ([item["id"]], 1)
    confirm = f"{path}/{item['id']}/confirm"
    assert director.post(confirm, {}).status_code == 428
    assert director.post(confirm, {}, version='"1"').status_code == 412
    done = director.post(confirm, {}, version=made.headers["ETag"])
    assert done.get_json()["items"][0]["due_on"] >= days(office, 30)
    back = director.post(
        f"{path}/{item['id']}/send-back", {"reason": "不在本镇"}, version=done.headers["ETag"]
    )
    assert back.status_code == 409
    with office.app.app_context():
        one.take(Step.AGREE, UNDATED, now=now())
    told = {"result": "agreed", "reported_on": days(office)}
    version = director.get(path).headers["ETag"]
    said = director.post(f"{path}/{item['id']}/report", told, version=version)
    assert said.get_json()["items"][0]["state"] == "reported"


def test_an_application_is_judged_prepared_and_followed(office: Office) -> None:
    one = case(office)
    mediator = program(office, office.mediator)
    path = f"{DISPUTES}/{one.id}/confirmation"
    assert mediator.get(path).get_json()["may"] is False
    with office.app.app_context():
        one.take(Step.AGREE, UNDATED, now=now())
    judged = mediator.get(path).get_json()
    assert (judged["may"], judged["bars"]) == (True, [])
    assert judged["apply_by"] >= days(office, 30)
    body = {"court": "奈曼旗人民法院", "ground": "seat"}
    barred = mediator.post(path, body | {"matter": "title"}, key=uuid4().hex)
    assert (barred.status_code, list(barred.get_json()["errors"])) == (422, ["matter"])
    made = mediator.post(path, body, key=uuid4().hex)
    assert (made.status_code, made.get_json()["items"][0]["steps"]) == (201, ["file", "withdraw"])
    filed = mediator.post(f"{path}/steps/file", {"on": days(office)}, version=made.headers["ETag"])
    assert filed.get_json()["items"][0]["filed_on"] == days(office)
    wrong = mediator.post(
        f"{path}/steps/confirm", {"on": days(office)}, version=filed.headers["ETag"]
    )
    assert wrong.status_code == 409
    written = {"terms": "再写一遍"}
    again = mediator.post(f"{path}/terms", written, version=filed.headers["ETag"])
    assert (again.status_code, again.get_json()["detail"]) == (409, "没有要补记的口头协议")
    assert mediator.post(f"{path}/steps/x", {"on": days(office)}).status_code == 404
