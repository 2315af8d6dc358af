"""Signing in over HTTP: one answer to every refusal, sessions that end, tokens that are enough."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from config.vocabulary import Role
from models import User, UserRole, transaction
from service.gateways import totp
from service.operations import second_factor
from tests.factories.office import PASSWORD, Office
from tests.factories.program import Program, of_role

SIGN_IN = "/api/v1/sign-in"
NAME = "window-centre"
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def clerk(office: Office) -> Office:
    """An office whose clerk has a password."""
    office.actor(Role.WINDOW, password=PASSWORD)
    return office


def signed_in(client: FlaskClient) -> Program:
    """The program of the clerk, signed in by the door."""
    answer = client.post(SIGN_IN, json={"username": NAME, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return Program(client, answer.get_json()["token"])


def test_a_sign_in_gives_token_user_and_end(clerk: Office, client: FlaskClient) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = client.post(SIGN_IN, json={"username": NAME, "password": PASSWORD}).get_json()
    user = answer["user"]
    assert set(answer) == {"token", "user", "expires_at"}
    assert datetime.fromisoformat(answer["expires_at"]) == NOON + timedelta(hours=12)
    assert (user["username"], user["roles"]) == (NAME, ["window"])
    assert user["organisation"]["id"] == str(clerk.units["centre"])


def test_every_refusal_is_the_same_bytes(clerk: Office, client: FlaskClient) -> None:
    def refused(username: str, password: str) -> tuple[int, dict[str, object], dict[str, str]]:
        answer = client.post(SIGN_IN, json={"username": username, "password": password})
        headers = {k: v for k, v in answer.headers.items() if k != "X-Request-Id"}
        return answer.status_code, answer.get_json() | {"request_id": ""}, headers

    wrong = [refused(NAME, "not this one") for _ in range(5)]
    locked = refused(NAME, PASSWORD)
    unknown = refused("nobody", PASSWORD)
    with clerk.app.app_context(), transaction() as session:
        session.execute(sa.update(User).values(active=False, locked_until=None, failure_count=0))
    disabled = refused(NAME, PASSWORD)
    assert all(each == wrong[0] for each in (*wrong, locked, unknown, disabled))
    assert wrong[0][0] == 401
    assert wrong[0][1]["code"] == "sign-in-refused"


@pytest.mark.usefixtures("clerk")
def test_a_stale_token_beside_a_sign_in_does_not_spoil_it(client: FlaskClient) -> None:
    stale = {"Authorization": "Bearer long-gone"}
    body = {"username": NAME, "password": PASSWORD}
    assert client.post(SIGN_IN, json=body, headers=stale).status_code == 200
    assert client.get("/healthz", headers=stale).status_code == 200


@pytest.mark.usefixtures("clerk")
def test_what_is_no_name_or_password_is_refused_at_its_field(client: FlaskClient) -> None:
    for body, field in (
        ({"username": NAME}, "password"),
        ({"password": PASSWORD}, "username"),
        ({"username": "", "password": PASSWORD}, "username"),
        ({"username": NAME, "password": "\ud800"}, "password"),
        ({"username": NAME, "password": "x" * 201}, "password"),
        ({"username": 5, "password": PASSWORD}, "username"),
        ({"username": NAME, "password": PASSWORD, "role": "director"}, "role"),
    ):
        answer = client.post(SIGN_IN, json=body)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field]), body


@pytest.mark.usefixtures("clerk")
def test_a_name_that_nobody_can_have_is_refused_like_any_other(client: FlaskClient) -> None:
    for name in ("\0", "a\0b", "\ud800", "x" * 60, "王", "' OR 1=1 --"):
        answer = client.post(SIGN_IN, json={"username": name, "password": PASSWORD})
        assert (answer.status_code, answer.get_json()["code"]) == (401, "sign-in-refused"), name


@pytest.mark.usefixtures("clerk")
def test_signing_out_ends_the_token(client: FlaskClient) -> None:
    mine, other = signed_in(client), signed_in(client)
    assert mine.get("/api/v1/me").get_json()["username"] == NAME
    assert mine.post("/api/v1/sign-out").status_code == 204
    assert mine.get("/api/v1/me").status_code == 401
    assert other.get("/api/v1/me").status_code == 200


@pytest.mark.usefixtures("clerk")
def test_a_fourth_sign_in_ends_the_first(client: FlaskClient) -> None:
    sessions = [signed_in(client) for _ in range(4)]
    answers = [each.get("/api/v1/me").status_code for each in sessions]
    assert answers == [401, 200, 200, 200]


@pytest.mark.usefixtures("clerk")
def test_use_keeps_a_token_for_twelve_hours_and_idleness_ends_it(client: FlaskClient) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        used, idle = signed_in(client), signed_in(client)
        for _ in range(35):
            clock.shift(timedelta(minutes=20))
            assert used.get("/api/v1/me").status_code == 200
        assert idle.get("/api/v1/me").status_code == 401
        clock.shift(timedelta(minutes=20))
        assert used.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "x", "Bearer \xff", "bearer  a b"]
)
def test_anything_else_than_a_token_is_nobody(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/me", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.get_json()["code"] == "not-signed-in"


@pytest.mark.usefixtures("clerk")
def test_a_page_cookie_is_no_token(client: FlaskClient) -> None:
    token = signed_in(client).token
    for name in ("fengqiao_session", "__Host-fengqiao_session"):
        client.set_cookie(name, token)
    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/api/v1/disputes", json={}).status_code == 401


def test_rights_are_those_of_this_moment(office: Office) -> None:
    program = of_role(office, Role.WINDOW)
    assert program.get("/api/v1/users").status_code == 403
    with office.app.app_context(), transaction() as session:
        session.execute(sa.update(UserRole).values(role=Role.SECADMIN))
    assert program.get("/api/v1/users").status_code == 200
    assert program.get("/api/v1/disputes").status_code == 403
    with office.app.app_context(), transaction() as session:
        session.execute(sa.update(User).values(active=False))
    assert program.get("/api/v1/users").status_code == 401


@pytest.fixture
def asking(app: Flask) -> None:
    """The deployment asks some roles for a code."""
    desk = app.extensions["fengqiao"]
    policy = desk.policy
    asked = replace(policy, sign_in=replace(policy.sign_in, second_factor=True))
    app.extensions["fengqiao"] = replace(desk, policy=asked)


@pytest.mark.usefixtures("asking")
def test_a_missing_code_is_asked_for_and_a_wrong_one_is_refused(
    app: Flask, office: Office, client: FlaskClient
) -> None:
    director = office.actor(Role.DIRECTOR, password=PASSWORD)
    then = datetime.now(UTC) - timedelta(minutes=5)
    desk = app.extensions["fengqiao"]
    with app.app_context():
        begun = second_factor.begin(actor=director, issuer="x", desk=desk, now=then)
        code = totp.code(begun.secret, then)
        second_factor.confirm(code, token="", actor=director, desk=desk, now=then)
    body = {"username": "director-centre", "password": PASSWORD}
    asked = client.post(SIGN_IN, json=body)
    assert (asked.status_code, asked.get_json()["code"]) == (401, "totp-required")
    wrong = client.post(SIGN_IN, json={**body, "totp": "000000"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (401, "sign-in-refused")
    nobody = client.post(SIGN_IN, json={**body, "username": "nobody"})
    assert nobody.get_json()["code"] == "sign-in-refused"
    code = totp.code(begun.secret, datetime.now(UTC))
    right = client.post(SIGN_IN, json={**body, "totp": code})
    assert right.status_code == 200
    assert Program(client, right.get_json()["token"]).get("/api/v1/disputes").status_code == 200
    assert client.post(SIGN_IN, json={**body, "totp": code}).status_code == 401


@pytest.mark.usefixtures("asking")
def test_whose_code_is_not_enrolled_may_do_nothing_else(
    office: Office, client: FlaskClient
) -> None:
    office.actor(Role.DIRECTOR, password=PASSWORD)
    body = {"username": "director-centre", "password": PASSWORD}
    director = Program(client, client.post(SIGN_IN, json=body).get_json()["token"])
    answer = director.get("/api/v1/disputes")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "account-unsettled")
    assert answer.get_json()["detail"] == "请先在网页上登记动态口令，再使用其他功能"
    assert director.get("/api/v1/me").status_code == 200
    assert director.post("/api/v1/sign-out").status_code == 204


@pytest.mark.usefixtures("clerk")
def test_sessions_are_listed_and_ended(client: FlaskClient) -> None:
    mine, other = signed_in(client), signed_in(client)
    items = mine.get("/api/v1/sessions").get_json()["items"]
    assert [each["current"] for each in items].count(True) == 1
    assert {each["device"] for each in items} == {"程序"}
    assert set(items[0]) == {
        "id",
        "started_at",
        "seen_at",
        "expires_at",
        "address",
        "device",
        "current",
    }
    ending = next(each["id"] for each in items if not each["current"])
    assert mine.send("DELETE", f"/api/v1/sessions/{ending}").status_code == 204
    assert [mine.get("/api/v1/me").status_code, other.get("/api/v1/me").status_code] == [200, 401]
    assert mine.send("DELETE", f"/api/v1/sessions/{uuid4()}").status_code == 404


def test_administrators_end_sessions_and_reset_second_factors(
    clerk: Office, client: FlaskClient
) -> None:
    mine = signed_in(client)
    path = f"/api/v1/users/{clerk.window.user_id}"
    sysadmin, secadmin = (of_role(clerk, role) for role in (Role.SYSADMIN, Role.SECADMIN))
    assert sysadmin.post(f"{path}/sessions/end").status_code == 200
    assert mine.get("/api/v1/me").status_code == 401
    assert sysadmin.post(f"{path}/second-factor/reset").status_code == 403
    assert secadmin.post(f"{path}/second-factor/reset").status_code == 200
    assert secadmin.post(f"/api/v1/users/{uuid4()}/second-factor/reset").status_code == 404
