"""Handovers by program: sent once, answered by the unit, followed by the sender, counted."""

from typing import Any
from uuid import uuid4

from config.vocabulary import DisputeStatus, Role
from tests.factories.dispute import Handling, registered
from tests.factories.handover import PAPERS, REASON, RISK, parties
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.program import DISPUTES, Program, program

ALL = "/api/v1/handovers"
S = DisputeStatus


def case(office: Office, status: S = S.MEDIATING) -> Handling:
    with office.app.app_context():
        return registered(office, now=MONDAY_9AM).until(status)


def letter(office: Office, handling: Handling, unit: str = "station") -> dict[str, Any]:
    with office.app.app_context():
        people = [str(each) for each in parties(handling)]
    return {
        "organisation": str(office.units[unit]),
        "consent": {"how": "signed", "on": "2026-11-02", "parties": people},
        "papers": list(PAPERS),
        "risk": RISK,
        "reason": REASON,
    }


def etag(caller: Program, handling: Handling) -> str:
    return caller.get(f"{DISPUTES}/{handling.id}").headers["ETag"]


def test_it_is_sent_once_seen_answered_and_followed_by_its_brief_row(office: Office) -> None:
    one = case(office)
    sender = program(office, office.liaison)
    station = program(office, office.actor(Role.LIAISON, "station"))
    path, body = f"{DISPUTES}/{one.id}/handovers", letter(office, one)
    assert sender.post(path, body).status_code == 400  # no Idempotency-Key
    key = uuid4().hex
    made = sender.post(path, body, key=key)
    assert made.status_code == 201
    assert sender.post(path, body, key=key).get_json() == made.get_json()
    told = made.get_json()
    assert (told["row"]["kind"], told["row"]["state"], told["papers"]) == (
        "transfer",
        "open",
        list(PAPERS),
    )
    again = sender.post(path, body, key=uuid4().hex)
    assert (again.status_code, again.get_json()["detail"]) == (
        409,
        "已经移交给柳溪派出所，正在等对方签收；要改送别的单位，请先撤回",
    )
    waiting = station.get(ALL).get_json()["items"]
    assert [each["id"] for each in waiting] == [told["row"]["id"]]
    address = f"{path}/{told['row']['id']}"
    assert station.post(f"{address}/accept", {}).status_code == 428
    assert station.post(f"{address}/accept", {}, version='"1"').status_code == 412
    done = station.post(f"{address}/accept", {}, version=etag(station, one))
    assert done.get_json() == {"id": told["row"]["id"], "state": "accepted"}
    mediator = program(office, office.mediator)
    assert mediator.get(f"{DISPUTES}/{one.id}").status_code == 404
    rows = mediator.get(f"{ALL}?box=sent").get_json()["items"]
    assert [
        (each["number"], each["dispute_id"], each["lead"], each["status"]) for each in rows
    ] == [(waiting[0]["number"], None, "柳溪派出所", "accepted")]
    kept = mediator.get(path).get_json()["items"]
    assert [(each["row"]["ordinal"], each["sealed"], each["reason"]) for each in kept] == [
        (2, True, None)
    ]


def test_a_return_names_its_code_and_leaves_it_with_the_sender(office: Office) -> None:
    one = case(office)
    sender = program(office, office.liaison)
    station = program(office, office.actor(Role.LIAISON, "station"))
    path = f"{DISPUTES}/{one.id}/handovers"
    made = sender.post(path, letter(office, one), key=uuid4().hex).get_json()["row"]["id"]
    version = etag(station, one)
    bare = station.post(f"{path}/{made}/return", {"code": "other"}, version=version)
    assert (bare.status_code, bare.get_json()["errors"]) == (422, {"words": ["请写明退回的理由"]})
    said = station.post(f"{path}/{made}/return", {"code": "not_ours"}, version=version)
    assert said.get_json() == {"id": made, "state": "returned"}
    assert station.get(f"{DISPUTES}/{one.id}").status_code == 404
    rows = sender.get(f"{ALL}?box=sent").get_json()["items"]
    assert [(each["state"], each["return_code"], each["lead"]) for each in rows] == [
        ("returned", "not_ours", "柳溪镇人民调解委员会")
    ]
    taken = sender.post(path, letter(office, one), key=uuid4().hex).get_json()["row"]["id"]
    back = sender.post(f"{path}/{taken}/withdraw", {}, version=etag(sender, one))
    assert back.get_json() == {"id": taken, "state": "withdrawn"}


def test_consent_that_is_missing_is_refused_at_its_field(office: Office) -> None:
    one = case(office)
    body = letter(office, one) | {"consent": {"how": "signed", "parties": []}}
    answer = program(office, office.liaison).post(
        f"{DISPUTES}/{one.id}/handovers", body, key=uuid4().hex
    )
    assert (answer.status_code, answer.get_json()["errors"]) == (
        422,
        {
            "consent.on": ["请填写当事人同意的日期"],
            "consent.parties": ["请选择同意移交的当事人，申请人和被申请人都要有"],
        },
    )


def test_the_flow_counts_each_pair_and_has_exactly_the_rows_behind_it(office: Office) -> None:
    station = program(office, office.actor(Role.LIAISON, "station"))
    sender = program(office, office.liaison)
    for answer in ("accept", "return", None):
        one = case(office)
        path = f"{DISPUTES}/{one.id}/handovers"
        made = sender.post(path, letter(office, one), key=uuid4().hex).get_json()["row"]["id"]
        if answer:
            body = {"code": "not_ours"} if answer == "return" else {}
            station.post(f"{path}/{made}/{answer}", body, version=etag(station, one))
    leader = program(office, office.leader)
    for caller in (leader, program(office, office.director), sender):
        found = caller.get(f"{ALL}/flow?from=2026-01-01&to=2026-12-31").get_json()
        assert found["pairs"] == [
            {
                "before": "people",
                "after": "administrative",
                "counts": {
                    "sent": 3,
                    "accepted": 1,
                    "back": 1,
                    "open": 1,
                    "withdrawn": 0,
                    "ended": 0,
                    "agreed": 0,
                },
            }
        ]
        for measure, count in found["pairs"][0]["counts"].items():
            rows = caller.get(
                f"{ALL}/flow/rows?from=2026-01-01&to=2026-12-31&measure={measure}"
                "&before=people&after=administrative"
            )
            assert len(rows.get_json()["items"]) == count
    wrong = leader.get(f"{ALL}/flow?from=2026-12-31&to=2026-01-01")
    assert (wrong.status_code, wrong.get_json()["errors"]) == (422, {"to": ["不能早于开始日期"]})
