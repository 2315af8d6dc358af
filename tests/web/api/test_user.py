"""Accounts for programs: the link is told once, and an account that is closed is out."""

from typing import Any
from uuid import uuid4

import pytest

from config.vocabulary import Role
from tests.factories.office import Office
from tests.factories.program import Program, of_role, program

PATH = "/api/v1/users"


@pytest.fixture
def admin(office: Office) -> Program:
    return of_role(office, Role.SYSADMIN)


def body(office: Office, **changes: Any) -> dict[str, Any]:
    unit = str(office.units["centre"])
    return {"username": "he", "name": "何晓云", "organisation": unit, "roles": ["window"]} | changes


def test_an_account_is_created_once_with_its_link(office: Office, admin: Program) -> None:
    key = uuid4().hex
    first = admin.post(PATH, body(office), key=key)
    again = admin.post(PATH, body(office), key=key)
    shown = first.get_json()
    assert (first.status_code, again.data) == (201, first.data)
    assert shown["link"].startswith("http://localhost/first-sign-in/")
    read = admin.get(first.headers["Location"]).get_json()
    assert (read["username"], "link" in read) == ("he", False)
    assert admin.client.get("/first-sign-in").status_code == 200


def test_a_reset_ends_the_session_and_tells_a_link(office: Office, admin: Program) -> None:
    clerk = program(office, office.window)
    assert clerk.get("/api/v1/disputes").status_code == 200
    answer = admin.post(f"{PATH}/{office.window.user_id}/reset")
    assert (answer.status_code, "/first-sign-in/" in answer.get_json()["link"]) == (200, True)
    assert clerk.get("/api/v1/disputes").status_code == 401


def test_a_closed_account_is_out_and_comes_back_in(office: Office, admin: Program) -> None:
    clerk, path = program(office, office.window), f"{PATH}/{office.window.user_id}"
    assert admin.post(f"{path}/disable").get_json()["active"] is False
    assert clerk.get("/api/v1/disputes").status_code == 401
    assert admin.post(f"{path}/enable").get_json()["active"] is True


def test_ones_own_account_stays(office: Office, admin: Program) -> None:
    own = office.actor(Role.SYSADMIN).user_id
    assert admin.post(f"{PATH}/{own}/disable").status_code == 409
    assert admin.post(f"{PATH}/{own}/reset").status_code == 409


def test_the_role_of_a_program_goes_to_nobody(office: Office, admin: Program) -> None:
    answer = admin.post(PATH, body(office, roles=["platform"]), key=uuid4().hex)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["roles"])


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.SECADMIN, Role.WINDOW])
def test_who_is_no_system_administrator_keeps_no_account(office: Office, role: Role) -> None:
    caller, path = of_role(office, role), f"{PATH}/{office.window.user_id}"
    assert caller.post(PATH, body(office), key=uuid4().hex).status_code == 403
    for deed in ("reset", "disable", "enable"):
        assert caller.post(f"{path}/{deed}").status_code == 403


def test_a_system_administrator_sees_no_dispute(office: Office, admin: Program) -> None:
    made = program(office, office.window).registered()
    assert admin.get("/api/v1/disputes").status_code == 403
    assert admin.get(f"/api/v1/disputes/{made['id']}").status_code == 403
