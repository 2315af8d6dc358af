"""The register of organisations for programs."""

from uuid import uuid4

import pytest

from config.vocabulary import Role
from tests.factories.office import Office
from tests.factories.program import Program, of_role

PATH = "/api/v1/organisations"
VILLAGE = {"kind": "village_committee", "name": "东村", "address": "东街 1 号"}


@pytest.fixture
def director(office: Office) -> Program:
    return of_role(office, Role.DIRECTOR)


@pytest.fixture
def clerk(office: Office) -> Program:
    return of_role(office, Role.WINDOW)


def made(director: Program) -> str:
    path: str = director.post(PATH, VILLAGE, key=uuid4().hex).headers["Location"]
    return path


def test_one_is_taken_in_once_and_read_by_everybody(director: Program, clerk: Program) -> None:
    key = uuid4().hex
    first = director.post(PATH, VILLAGE, key=key)
    again = director.post(PATH, VILLAGE, key=key)
    assert (first.status_code, first.headers["ETag"]) == (201, '"1"')
    assert (again.status_code, again.data) == (201, first.data)
    shown = clerk.get(first.headers["Location"])
    assert (shown.status_code, shown.get_json()) == (200, first.get_json())
    assert shown.get_json()["address"] == "东街 1 号"


def test_without_a_key_nothing_is_taken_in(director: Program) -> None:
    assert director.post(PATH, VILLAGE).status_code == 400


def test_a_change_needs_the_version_it_is_based_on(director: Program) -> None:
    path = made(director)
    body = {"phone": "0475-1"}
    assert director.patch(path, body).status_code == 428
    changed = director.patch(path, body, version='"1"')
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    stale = director.patch(path, {"phone": "0475-2"}, version='"1"')
    assert (stale.status_code, stale.get_json()["changed"]) == (412, ["phone"])
    assert director.get(path).get_json()["phone"] == "0475-1"


def test_what_was_given_up_is_listed_for_who_keeps_the_register(
    director: Program, clerk: Program
) -> None:
    path = made(director)
    assert director.patch(path, {"active": False}, version='"1"').get_json()["active"] is False
    names = [each["name"] for each in clerk.get(PATH).get_json()["items"]]
    assert len(names) == 4
    everything = director.get(PATH, query_string={"all": "true"}).get_json()["items"]
    assert {each["name"] for each in everything} - set(names) == {"东村"}
    assert clerk.get(PATH, query_string={"all": "true"}).status_code == 403


def test_it_pages_as_every_list_and_comes_whole_where_nobody_asks(clerk: Program) -> None:
    whole = clerk.get(PATH).get_json()
    assert (len(whole["items"]), whole["next_cursor"]) == (4, None)
    first = clerk.get(f"{PATH}?limit=3&count=true").get_json()
    second = clerk.get(f"{PATH}?limit=3&cursor={first['next_cursor']}").get_json()
    assert (first["total"], second["next_cursor"]) == (4, None)
    assert first["items"] + second["items"] == whole["items"]
    assert clerk.get(f"{PATH}?limit=201").status_code == 422


def test_a_unit_with_accounts_is_not_given_up(office: Office, director: Program) -> None:
    _ = office.liaison
    path = f"{PATH}/{office.units['committee']}"
    refused = director.patch(path, {"active": False}, version='"1"')
    assert (refused.status_code, refused.get_json()["code"]) == (409, "conflict")


def test_who_does_not_keep_the_register_only_looks(office: Office, clerk: Program) -> None:
    assert clerk.post(PATH, VILLAGE, key=uuid4().hex).status_code == 403
    path = f"{PATH}/{office.units['station']}"
    assert clerk.patch(path, {"name": "别的"}, version='"1"').status_code == 403


def test_wrong_words_are_told_at_their_fields(director: Program) -> None:
    body = {"kind": "castle", "name": " ", "position": -1, "colour": "red"}
    answer = director.post(PATH, body, key=uuid4().hex)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (
        422,
        {"kind", "name", "position", "colour"},
    )


def test_what_is_not_there_is_not_found(director: Program) -> None:
    assert director.get(f"{PATH}/{uuid4()}").status_code == 404
    assert director.patch(f"{PATH}/{uuid4()}", {}, version='"1"').status_code == 404
