"""The doors of duplicates and links for programs."""

from typing import Any

import pytest

from config.vocabulary import Role
from tests.factories.dispute import APPLICANT, RESPONDENT
from tests.factories.office import Office
from tests.factories.person import mobile
from tests.factories.program import INTAKE, dispatched, of_role, program

DUPLICATES = "/api/v1/duplicates"
FOREIGN = {"number", "organisation", "reasons"}


def test_a_whole_intake_may_be_asked_about(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    made = clerk.registered()
    answer = clerk.post(DUPLICATES, INTAKE)
    assert answer.status_code == 200
    (item,) = answer.get_json()["items"]
    assert item["number"] == made["number"]
    assert item["id"] == made["id"]
    assert (item["status"], item["category"]) == ("registered", "neighbour")
    assert item["parties"] == "王** 与 李**"
    assert item["reasons"][0] == {"code": "id_number", "text": "申请人身份证号相同"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"category": None, "parties": []},
        {"category": "nonsense", "narrative": "", "parties": [{}]},
        {"parties": [{"role": "applicant", "name": "", "id_number": "1", "phone": "二"}]},
    ],
)
def test_half_a_form_is_no_error(office: Office, body: dict[str, Any]) -> None:
    clerk = of_role(office, Role.WINDOW)
    clerk.registered()
    answer = clerk.post(DUPLICATES, body)
    assert (answer.status_code, answer.get_json()) == (200, {"items": []})


def test_unknown_fields_are_refused(office: Office) -> None:
    answer = of_role(office, Role.WINDOW).post(DUPLICATES, {"partys": []})
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"partys": ["不认识的字段"]}


def test_a_foreign_dispute_has_number_unit_and_reasons_only(office: Office) -> None:
    dispatched(office, of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR))
    stranger = of_role(office, Role.WINDOW, "justice")
    (item,) = stranger.post(DUPLICATES, {"parties": [APPLICANT]}).get_json()["items"]
    assert item.keys() == FOREIGN
    assert item["organisation"] == "柳溪镇人民调解委员会"


def test_too_many_different_numbers_are_told_to_wait(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    for place in range(1, 121, 8):
        people = [{"phone": mobile(each)} for each in range(place, place + 8)]
        assert clerk.post(DUPLICATES, {"parties": people}).status_code == 200
    assert clerk.post(DUPLICATES, {"parties": [{"phone": mobile(1)}]}).status_code == 200
    answer = clerk.post(DUPLICATES, {"parties": [{"phone": mobile(121)}]})
    assert (answer.status_code, answer.get_json()["code"]) == (429, "too-often")
    assert 0 < int(answer.headers["Retry-After"]) <= 3601


def test_a_leader_checks_nothing(office: Office) -> None:
    assert of_role(office, Role.LEADER).post(DUPLICATES, {}).status_code == 403


def test_links_are_decided_and_read(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    first = clerk.registered()
    links = [{"number": first["number"], "relation": "same"}]
    second = clerk.registered(links=links)
    path = f"/api/v1/disputes/{first['id']}/links"
    (tie,) = clerk.get(path).get_json()["items"]
    assert (tie["number"], tie["relation"], tie["id"]) == (
        second["number"],
        "same",
        second["id"],
    )
    body = {"number": second["number"], "relation": "linked"}
    answer = clerk.post(path, body, key="k1")
    assert answer.status_code == 201
    assert [each["relation"] for each in answer.get_json()["items"]] == ["linked"]
    assert clerk.post(path, body, key="k1").get_json() == answer.get_json()


def test_a_wrong_number_is_told_at_its_field(office: Office) -> None:
    clerk = of_role(office, Role.WINDOW)
    made = clerk.registered()
    links = [{"number": "LXZ2026-99999", "relation": "same"}]
    answer = clerk.intake(links=links, parties=[APPLICANT, RESPONDENT])
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == {"links.0.number": ["没有这个编号，请核对"]}
    path = f"/api/v1/disputes/{made['id']}/links"
    answer = clerk.post(path, links[0], key="k2")
    assert answer.get_json()["errors"] == {"number": ["没有这个编号，请核对"]}


def test_links_of_a_dispute_one_may_not_see_are_not_found(office: Office) -> None:
    made = of_role(office, Role.WINDOW).registered()
    stranger = program(office, office.actor(Role.WINDOW, "justice"))
    path = f"/api/v1/disputes/{made['id']}/links"
    assert stranger.get(path).status_code == 404
    body = {"number": made["number"], "relation": "same"}
    assert stranger.post(path, body, key="k3").status_code == 404
