"""Handing over by program: refused with what is left, done in one request."""

from uuid import uuid4

import pytest
from flask import Flask

from config.vocabulary import DisputeStatus, Role
from models import db
from tests.factories.dispute import Handling, registered
from tests.factories.office import Office
from tests.factories.program import Program, of_role

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def admin(office: Office) -> Program:
    return of_role(office, Role.SYSADMIN)


def held(office: Office, *, restricted: bool = False) -> Handling:
    with office.app.app_context():
        return registered(office, restricted=restricted).until(DisputeStatus.MEDIATING)


def test_the_old_way_of_closing_still_works_when_nothing_is_open(
    office: Office, admin: Program
) -> None:
    answer = admin.post(f"/api/v1/users/{office.mediator.user_id}/disable")
    assert (answer.status_code, answer.get_json()["active"]) == (200, False)


def test_open_work_is_named_and_goes_to_the_successor(
    app: Flask, office: Office, admin: Program
) -> None:
    handling, path = held(office), f"/api/v1/users/{office.mediator.user_id}/disable"
    refused = admin.post(path)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "work-left")
    assert refused.get_json()["left"] == {"disputes": 1, "restricted": 0}
    wrong = admin.post(path, {"successor": str(uuid4())})
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["successor"])
    successor = office.actor(Role.MEDIATOR, "committee", name="b")
    answer = admin.post(path, {"successor": str(successor.user_id)})
    assert (answer.status_code, answer.get_json()["active"]) == (200, False)
    with app.app_context():
        assert handling.row.mediator_id == successor.user_id
        db.session.remove()


def test_what_is_in_hand_is_shown_without_its_matter(office: Office, admin: Program) -> None:
    handling = held(office)
    path = f"/api/v1/users/{office.mediator.user_id}/hand-over"
    shown = admin.get(path)
    (row,) = shown.get_json()["disputes"]
    assert set(row) == {
        "id",
        "number",
        "category",
        "status",
        "due_on",
        "restricted",
        "organisation",
    }
    assert "院墙" not in shown.get_data(as_text=True)
    successor = office.actor(Role.MEDIATOR, "committee", name="b")
    given = admin.post(path, {"each": {str(handling.id): str(successor.user_id)}})
    assert (given.get_json()["handed_over"], given.get_json()["disputes"]) == (1, [])


def test_the_director_gives_a_restricted_one(office: Office, admin: Program) -> None:
    handling = held(office, restricted=True)
    path = f"/api/v1/users/{office.mediator.user_id}/hand-over"
    successor = office.actor(Role.MEDIATOR, "committee", name="b")
    plan = {"each": {str(handling.id): str(successor.user_id)}}
    refused = admin.post(path, plan)
    assert list(refused.get_json()["errors"]) == [f"each.{handling.id}"]
    assert of_role(office, Role.DIRECTOR).post(path, plan).get_json()["handed_over"] == 1


def test_nobody_has_nothing_in_hand(admin: Program) -> None:
    assert admin.get(f"/api/v1/users/{uuid4()}/hand-over").status_code == 404
    assert admin.post(f"/api/v1/users/{uuid4()}/hand-over", {}).status_code == 404
