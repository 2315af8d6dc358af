"""One's own inbox by program."""

import pytest
from flask import Flask

from config.vocabulary import Step
from service.operations import restricted
from service.rules.access import Actor
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.program import program

NOTICES = "/api/v1/notices"


@pytest.fixture(autouse=True)
def director(office: Office) -> Actor:
    """The director is at work before anything comes in."""
    return office.director


def test_a_notice_is_listed_read_and_read_again(office: Office) -> None:
    director, clerk = program(office, office.director), program(office, office.window)
    made = clerk.registered()
    shown = director.get(NOTICES).get_json()
    (told,) = shown["items"]
    assert (shown["unread"], shown["next_cursor"], told["read_at"]) == (1, None, None)
    names = {*"id kind number status term dispute subject subject_id told_at read_at".split()}
    assert told.keys() == names
    assert (told["kind"], told["number"], told["dispute"]) == (
        "registered",
        made["number"],
        made["id"],
    )
    first = director.post(f"{NOTICES}/{told['id']}/read")
    assert (first.status_code, first.get_json()["read_at"] is None) == (200, False)
    assert director.post(f"{NOTICES}/{told['id']}/read").get_json() == first.get_json()
    assert director.get(NOTICES).get_json()["unread"] == 0
    assert clerk.post(f"{NOTICES}/{told['id']}/read").status_code == 404


def test_of_what_was_closed_to_its_reader_the_number_is_left_and_can_be_read(
    office: Office,
) -> None:
    window, liaison = program(office, office.window), program(office, office.liaison)
    with office.app.app_context():
        handling = registered(office)
        handling.take(Step.DISPATCH)
        number = handling.row.number
    (told,) = liaison.get(NOTICES).get_json()["items"]
    assert (told["kind"], told["number"]) == ("dispatched", number)
    with office.app.app_context():
        restricted.restrict(
            handling.id,
            "涉及家庭暴力",
            actor=office.director,
            desk=office.desk,
            now=MONDAY_9AM,
        )
    assert liaison.get(f"/api/v1/disputes/{handling.id}").status_code == 404
    (left,) = liaison.get(NOTICES).get_json()["items"]
    assert (left["number"], left.get("kind"), left.get("dispute")) == (number, None, None)
    answer = liaison.post(f"{NOTICES}/{told['id']}/read")
    assert (answer.status_code, answer.get_json()["number"]) == (200, number)
    assert window.post(f"{NOTICES}/{told['id']}/read").status_code == 404


def test_no_word_of_the_matter_stands_in_a_notice(office: Office) -> None:
    director, clerk = program(office, office.director), program(office, office.window)
    clerk.registered()
    text = director.get(NOTICES).text
    for word in ("王小满", "李大有", "院墙", "neighbour", "柳溪镇东街"):
        assert word not in text


def test_the_description_lists_what_is_new(app: Flask) -> None:
    paths = app.test_client().get("/api/openapi.json").get_json()["paths"]
    new = {path for path in paths if any(w in path for w in ("notices", "tokens", "outside"))}
    assert new == {
        "/api/v1/notices",
        "/api/v1/notices/{notice_id}/read",
        "/api/v1/tokens",
        "/api/v1/tokens/{token_id}",
        "/api/v1/tokens/{token_id}/revoke",
        "/api/v1/disputes/{dispute_id}/outside-entries",
        "/api/v1/disputes/{dispute_id}/outside-entries/{entry_id}/withdraw",
    }
