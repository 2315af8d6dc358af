"""Consultations over HTTP: recorded once, read with a tag, corrected on a version, listed."""

from uuid import uuid4

import pytest

from config.vocabulary import Role
from tests.factories.consultation import ANSWER, QUESTION
from tests.factories.office import Office
from tests.factories.program import Program, of_role, program

PATH = "/api/v1/consultations"
BODY = {"question": QUESTION, "answer": ANSWER, "source": "phone"}
FULL = BODY | {
    "category": "housing",
    "name": "赵小满",
    "phone": "19900000001",
    "village": "东街村",
    "guided_to": ["justice_office"],
}


@pytest.fixture
def clerk(office: Office) -> Program:
    return program(office, office.window)


def test_it_is_recorded_under_its_own_number(clerk: Program) -> None:
    answer = clerk.post(PATH, FULL, key="a")
    told = answer.get_json()
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == f"{PATH}/{told['id']}"
    assert told["number"].endswith("-00001")
    assert "ZX" in told["number"]
    given = {name: told[name] for name in FULL}
    assert given == FULL
    assert (told["dispute"], told["version"]) == (None, 1)
    assert clerk.get(f"{PATH}/{told['id']}").get_json() == told


def test_the_same_key_records_one(clerk: Program) -> None:
    first, second = (clerk.post(PATH, BODY, key="a") for _ in range(2))
    assert first.get_json() == second.get_json()
    assert clerk.get(PATH, query_string={"count": "true"}).get_json()["total"] == 1
    assert clerk.post(PATH, FULL, key="a").status_code == 422
    assert clerk.post(PATH, BODY).status_code == 400


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"question": " "}, ["question"]),
        ({"answer": None}, ["answer"]),
        ({"source": "pigeon"}, ["source"]),
        ({"category": "weather", "phone": "12"}, ["category", "phone"]),
        ({"guided_to": ["moon"]}, ["guided_to.0"]),
        ({"colour": "red"}, ["colour"]),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    clerk: Program, changes: dict[str, object], fields: list[str]
) -> None:
    answer = clerk.post(PATH, BODY | changes, key="a")
    assert (answer.status_code, sorted(answer.get_json()["errors"])) == (422, fields)


def test_a_correction_needs_the_version_it_is_based_on(clerk: Program) -> None:
    path = f"{PATH}/{clerk.post(PATH, FULL, key='a').get_json()['id']}"
    assert clerk.patch(path, {"answer": "到法庭问"}).status_code == 428
    done = clerk.patch(path, {"answer": "到法庭问", "name": None}, version='"1"')
    told = done.get_json()
    assert (told["answer"], told["name"], done.headers["ETag"]) == ("到法庭问", None, '"2"')
    stale = clerk.patch(path, {"answer": "不知道"}, version='"1"')
    assert (stale.status_code, sorted(stale.get_json()["changed"])) == (412, ["answer", "name"])
    assert clerk.patch(path, {}, version='"2"').status_code == 422


def test_the_list_names_nobody_and_goes_on(clerk: Program) -> None:
    for place in range(3):
        clerk.post(PATH, FULL, key=str(place))
    first = clerk.get(PATH, query_string={"limit": 2, "category": "housing"}).get_json()
    query = {"limit": 2, "cursor": first["next_cursor"]}
    second = clerk.get(PATH, query_string=query).get_json()
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
    assert "name" not in first["items"][0]
    assert "赵" not in clerk.get(PATH).text


def test_another_unit_s_is_as_if_it_were_not_there(clerk: Program, office: Office) -> None:
    made = clerk.post(PATH, FULL, key="a").get_json()["id"]
    mediator = program(office, office.mediator)
    strange, none = (mediator.get(f"{PATH}/{each}") for each in (made, uuid4()))
    assert (strange.status_code, strange.get_json()["detail"]) == (404, none.get_json()["detail"])
    assert mediator.get(PATH).get_json()["items"] == []


def test_figures_and_their_rows_are_offered(clerk: Program, office: Office) -> None:
    clerk.post(PATH, FULL, key="a")
    director = of_role(office, Role.DIRECTOR)
    period = {"from": "2020-01-01", "to": "2100-01-01"}
    path = "/api/v1/metrics/consultations"
    told = director.get(path, query_string=period | {"group_by": "category"}).get_json()
    assert (told["numerator"], told["denominator"]) == (1, None)
    assert [each["key"] for each in told["groups"]] == ["housing"]
    (row,) = director.get(f"{path}/rows", query_string=period).get_json()["items"]
    assert sorted(row) == sorted(
        ["id", "number", "asked_on", "source", "category", "organisation", "counted"]
    )
    wrong = director.get(path, query_string=period | {"group_by": "channel"})
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["group_by"])
