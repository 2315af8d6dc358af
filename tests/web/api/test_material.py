"""The JSON door of papers: noted once for each key, shown as they stand."""

from uuid import uuid4

import pytest

from config.vocabulary import Role
from tests.factories.office import Office
from tests.factories.program import DISPUTES, Program, of_role


@pytest.fixture
def clerk(office: Office) -> Program:
    """The window's program."""
    return of_role(office, Role.WINDOW)


def test_papers_are_noted_once_and_shown(clerk: Program, office: Office) -> None:
    path = f"{DISPUTES}/{clerk.registered()['id']}/materials"
    assert clerk.get(path).get_json() == {"items": []}
    key = uuid4().hex
    body = {
        "items": [
            {"name": "借条", "form": "original", "copies": 1, "state": "received"},
            {"name": "身份证明", "state": "wanted"},
        ]
    }
    first, second = clerk.post(path, body, key=key), clerk.post(path, body, key=key)
    assert (first.status_code, second.data) == (201, first.data)
    items = clerk.get(path).get_json()["items"]
    assert [(i["name"], i["form"], i["copies"], i["state"]) for i in items] == [
        ("借条", "original", 1, "received"),
        ("身份证明", "copy", 1, "wanted"),
    ]
    assert items[0]["received_by"] == office.window.name
    assert (items[0]["told_on"], items[1]["received_on"]) == (None, None)
    more = {"items": [{"id": items[1]["id"], "form": "copy", "copies": 2, "state": "received"}]}
    shown = clerk.post(path, more, key=uuid4().hex).get_json()["items"]
    assert [(i["state"], i["copies"]) for i in shown] == [("received", 1), ("received", 2)]


def test_a_key_is_needed_and_odd_items_are_refused_at_their_fields(clerk: Program) -> None:
    path = f"{DISPUTES}/{clerk.registered()['id']}/materials"
    body = {"items": [{"name": "借条", "state": "wanted"}]}
    assert clerk.post(path, body).status_code == 400
    odd = {"items": [{"name": "借条", "state": "lost", "copies": 0}]}
    answer = clerk.post(path, odd, key=uuid4().hex)
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {"items.0.state", "items.0.copies"}
    assert clerk.post(path, {"items": []}, key=uuid4().hex).status_code == 422


def test_whose_dispute_it_is_not_finds_no_papers(clerk: Program, office: Office) -> None:
    path = f"{DISPUTES}/{clerk.registered()['id']}/materials"
    mediator = of_role(office, Role.MEDIATOR, "committee")
    body = {"items": [{"name": "借条", "state": "wanted"}]}
    assert mediator.get(path).status_code == 404
    assert mediator.post(path, body, key=uuid4().hex).status_code == 404
    assert of_role(office, Role.LEADER).get(path).status_code == 403
