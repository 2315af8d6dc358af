"""The register of mediators and who is suggested, by program."""

from datetime import date, timedelta
from uuid import uuid4

from config.vocabulary import Role
from service.clock import utc_now
from tests.factories.dispute import APPLICANT
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id
from tests.factories.program import Program, dispatched, of_role

PATH = "/api/v1/mediators"


def added(office: Office, caller: Program, name: str = "b", **changes: object) -> dict[str, object]:
    """A mediator of the committee with a row of the register."""
    person = office.actor(Role.MEDIATOR, "committee", name=name)
    body = {
        "organisation": str(office.units["committee"]),
        "user": str(person.user_id),
        "name": person.name,
        "skills": ["neighbour"],
        "languages": ["zh", "mn"],
        "load_limit": 5,
    }
    answer = caller.post(PATH, body | changes, key=uuid4().hex)
    assert answer.status_code == 201, answer.text
    shown: dict[str, object] = answer.get_json()
    return shown


def test_one_is_taken_in_changed_and_found(office: Office) -> None:
    liaison = of_role(office, Role.LIAISON, "committee")
    made = added(office, liaison, id_number=resident_id(9), phone=mobile(9))
    path = f"{PATH}/{made['id']}"
    assert made["id_number"] == resident_id(9)[:6] + "********" + resident_id(9)[-4:]
    assert made["phone"] == mobile(9)[:3] + "****" + mobile(9)[-4:]
    changed = liaison.patch(path, {"village": "河东村", "phone": None}, version='"1"')
    told = changed.get_json()
    assert (changed.status_code, told["village"], told["phone"], told["version"]) == (
        200,
        "河东村",
        None,
        2,
    )
    assert liaison.patch(path, {"village": "别村"}, version='"1"').status_code == 412
    mediator = of_role(office, Role.MEDIATOR, "committee")
    own = {"organisation": str(office.units["committee"])}
    for query, number in ((own, 2), ({"skill": "debt"}, 0), ({"language": "mn"}, 1)):
        assert len(mediator.get(PATH, query_string=query).get_json()["items"]) == number
    seen = mediator.get(path).get_json()
    assert (seen["interests"], seen["mix"], seen["id_number"]) == (None, None, None)
    wrong = {"organisation": str(office.units["station"]), "name": "丁", "skills": ["x"]}
    wrong |= {"id_number": "1", "appointed_from": "2026-02-01", "appointed_until": "2026-01-01"}
    refused = liaison.post(PATH, wrong, key=uuid4().hex)
    assert (refused.status_code, sorted(refused.get_json()["errors"])) == (
        422,
        ["appointed_until", "id_number", "organisation", "skills"],
    )
    outside = of_role(office, Role.LIAISON, "station")
    assert outside.patch(path, {"village": "别村"}, version='"2"').status_code == 404


def test_three_are_suggested_and_who_must_step_aside_is_refused_by_hand(office: Office) -> None:
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    liaison = of_role(office, Role.LIAISON, "committee")
    dispute_id = dispatched(office, clerk, director)
    path = f"/api/v1/disputes/{dispute_id}/mediators"
    skilled, tied = added(office, liaison), added(office, liaison, "c")
    away, full = (
        added(office, liaison, "d"),
        added(office, liaison, "e", appointed_until="2020-01-01"),
    )
    relation = {"relation": "relative", "name": "王小满", "id_number": APPLICANT["id_number"]}
    declared = liaison.post(f"{PATH}/{tied['id']}/interests", relation, key=uuid4().hex)
    assert declared.status_code == 201, declared.text
    today: date = office.desk.today(utc_now())
    days = {"from": today.isoformat(), "until": (today + timedelta(days=2)).isoformat()}
    noted = liaison.post(
        f"{PATH}/{away['id']}/leaves", days | {"reason": "illness"}, key=uuid4().hex
    )
    assert noted.status_code == 201, noted.text
    told = liaison.get(path).get_json()
    assert [each["id"] for each in told["offered"]] == [
        skilled["user"],
        str(office.mediator.user_id),
    ]
    assert told["offered"][0]["score"] == 60
    against = {each["id"]: [f["code"] for f in each["findings"]] for each in told["others"]}
    assert against == {
        tied["user"]: ["relative"],
        away["user"]: ["away"],
        full["user"]: ["unlisted"],
    }
    refused = liaison.take(dispute_id, "assign", {"mediator": tied["user"]})
    assert (refused.status_code, refused.get_json()["errors"]) == (
        422,
        {"mediator": ["应当回避：申报过与申请人是近亲属，请另选一位"]},
    )
    asked = liaison.take(dispute_id, "assign", {"mediator": away["user"]})
    assert (asked.status_code, list(asked.get_json()["errors"])) == (422, ["reason"])
    liaison.taken(dispute_id, "assign", {"mediator": away["user"], "reason": "明天就回来"})
    interest = f"{PATH}/{tied['id']}/interests/{declared.get_json()['id']}/end"
    assert liaison.post(interest).status_code == 204
    liaison.taken(dispute_id, "assign", {"mediator": tied["user"]})
    assert of_role(office, Role.LIAISON, "station").get(path).status_code == 404
