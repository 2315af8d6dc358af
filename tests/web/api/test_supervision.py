"""Supervision by program: ordered once however often it is sent, replied to, judged."""

from uuid import UUID, uuid4

from config.vocabulary import DisputeStatus
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.program import DISPUTES, program

ALL = "/api/v1/supervisions"
WORDS = "请三日内与双方见面，把进展报上来"


def case(office: Office, status: DisputeStatus = DisputeStatus.MEDIATING) -> Handling:
    with office.app.app_context():
        return registered(office, now=MONDAY_9AM).until(status)


def test_it_is_ordered_listed_replied_to_and_ended(office: Office) -> None:
    first, second = case(office), case(office)
    leader, mediator = program(office, office.leader), program(office, office.mediator)
    body = {"disputes": [str(first.id), str(second.id)], "kind": "order", "words": WORDS}
    assert leader.post(ALL, body).status_code == 400  # no Idempotency-Key
    key = uuid4().hex
    made = leader.post(ALL, body, key=key)
    assert made.status_code == 201
    assert leader.post(ALL, body, key=key).get_json() == made.get_json()
    rows = made.get_json()["items"]
    assert [each["state"] for each in rows] == ["open", "open"]
    assert [each["number"][-2:] for each in rows] == ["1号", "2号"]
    listed = leader.get(f"{ALL}?state=open&count=true").get_json()
    assert (listed["total"], listed["counts"]["open"]) == (2, 2)
    assert [each["dispute_id"] for each in listed["items"]] == [None, None]  # brief rows
    one = f"{ALL}/{rows[0]['id']}"
    assert mediator.get(one).get_json()["words"] == WORDS
    assert leader.post(f"{one}/answer", {"words": "不归我"}).status_code == 403
    assert mediator.post(f"{one}/answer", {}).status_code == 422
    said = mediator.post(f"{one}/answer", {"words": "已约双方"}).get_json()
    assert (said["row"]["state"], said["reply"], said["may_answer"]) == (
        "answered",
        "已约双方",
        False,
    )
    assert mediator.post(f"{one}/answer", {"words": "再答"}).status_code == 409
    back = leader.post(f"{one}/send-back", {"words": "没有写日期"}).get_json()
    assert (back["row"]["state"], back["reply"]) == ("open", None)
    assert leader.post(f"{one}/finish", {}).get_json()["row"]["state"] == "ended"
    assert leader.post(f"{one}/finish", {}).status_code == 409
    of_one = mediator.get(f"{DISPUTES}/{first.id}/supervisions").get_json()["items"]
    assert [each["id"] for each in of_one] == [rows[0]["id"]]


def test_what_cannot_be_is_refused_at_its_field(office: Office) -> None:
    waits, leader = case(office, DisputeStatus.REGISTERED), program(office, office.leader)
    wrong = {
        "disputes": ({"disputes": [str(waits.id)], "kind": "order", "words": WORDS}),
        "kind": ({"disputes": [str(waits.id)], "kind": "shout", "words": WORDS}),
        "words": ({"disputes": [str(waits.id)], "kind": "order"}),
    }
    for field, body in wrong.items():
        answer = leader.post(ALL, body, key=uuid4().hex)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])
    unknown = {"disputes": [str(UUID(int=1))], "kind": "order", "words": WORDS}
    assert leader.post(ALL, unknown, key=uuid4().hex).status_code == 422
    assert leader.get(f"{ALL}?state=nonsense").status_code == 422
    assert leader.get(f"{ALL}/{UUID(int=1)}").status_code == 404


def test_who_has_no_business_with_it_sees_none(office: Office) -> None:
    handling, leader = case(office), program(office, office.leader)
    body = {"disputes": [str(handling.id)], "kind": "order", "words": WORDS}
    leader.post(ALL, body, key=uuid4().hex)
    path = f"{DISPUTES}/{handling.id}/supervisions"
    assert len(program(office, office.director).get(path).get_json()["items"]) == 1
    assert leader.get(path).status_code == 403  # a leader opens no dispute
    assert program(office, office.window).post(ALL, body, key=uuid4().hex).status_code == 403
