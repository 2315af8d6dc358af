"""Every error of the JSON doors is one shape, in Chinese, with a code and no word of the inside."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.settings import Settings
from config.vocabulary import Role
from models import db
from service.app import create_app
from tests.factories.office import Office
from tests.factories.program import DISPUTES, INTAKE, Program, of_role
from tests.statements import away, failing

NOBODY = "00000000-0000-4000-8000-000000000000"
INSIDE = ("Traceback", "sqlalchemy", "psycopg", "sqlite3", "SELECT", ".py", "Error:", "werkzeug")


@pytest.fixture
def clerk(office: Office) -> Program:
    """The window's program."""
    return of_role(office, Role.WINDOW)


def told(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem, checked for its shape."""
    problem: dict[str, Any] = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert problem["type"] == f"/api/docs#{code}"
    for text in (problem["title"], problem["detail"]):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text)
    assert not [word for word in INSIDE if word in answer.text]
    return problem


def test_nobody_is_401(client: FlaskClient) -> None:
    answer = client.get(DISPUTES)
    assert told(answer, 401, "not-signed-in")["instance"] == DISPUTES
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_function_of_another_role_is_403(clerk: Program) -> None:
    told(clerk.get("/api/v1/users"), 403, "forbidden")


def test_what_is_not_there_is_404(clerk: Program) -> None:
    for path in (f"{DISPUTES}/{NOBODY}", f"{DISPUTES}/7", "/api/v1/nonsense", "/api/v1/"):
        told(clerk.get(path), 404, "not-found")


def test_a_method_that_is_not_there_is_405_with_those_that_are(clerk: Program) -> None:
    answer = clerk.send("DELETE", f"{DISPUTES}/{NOBODY}")
    told(answer, 405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PATCH"}
    told(clerk.send("PUT", "/healthz"), 405, "method-not-allowed")


def test_what_is_no_json_is_400(clerk: Program) -> None:
    for text in (
        "{",
        "{'a': 1}",
        '{"a": 1,}',
        b"\xff\xfe",
        "[" * 100_000,
        '{"people_count": ' + "9" * 5000 + "}",
        "\ufeff{}",
    ):
        answer = clerk.post(DISPUTES, data=text, content_type="application/json", key="k")
        told(answer, 400, "malformed")


def test_json_that_is_no_object_is_422(clerk: Program) -> None:
    for text in ("[]", "7", '"x"', "true", "NaN", "[[]]"):
        answer = clerk.post(DISPUTES, data=text, content_type="application/json", key="k")
        told(answer, 422, "invalid")


def test_another_media_type_is_415(clerk: Program) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
        answer = clerk.post(DISPUTES, data="category=debt", content_type=kind, key="k")
        told(answer, 415, "unsupported-media-type")


def test_too_much_is_413(clerk: Program) -> None:
    much = b'{"narrative": "' + b"x" * (20 * 1024 * 1024) + b'"}'
    answer = clerk.post(DISPUTES, data=much, content_type="application/json", key="k")
    told(answer, 413, "too-large")


@pytest.mark.parametrize("path", ["/api/v1/sign-in", "/api/v1/public/progress", DISPUTES])
def test_a_program_sends_a_megabyte_and_no_more(clerk: Program, path: str) -> None:
    def sent(size: int) -> TestResponse:
        body = b'{"narrative":"' + b"a" * size + b'"}'
        return clerk.post(path, data=body, content_type="application/json", key="k")

    assert sent(1000 * 1024).status_code == 422
    told(sent(1024 * 1024), 413, "too-large")


def test_what_is_wrong_is_422_at_its_field(clerk: Program) -> None:
    answer = clerk.post(DISPUTES, INTAKE | {"category": "nonsense"}, key="k")
    assert told(answer, 422, "invalid")["errors"] == {"category": ["没有这个纠纷类型"]}


def test_a_missing_key_is_400_and_a_missing_version_428(clerk: Program) -> None:
    told(clerk.post(DISPUTES, INTAKE), 400, "idempotency-key-required")
    path = f"{DISPUTES}/{clerk.registered()['id']}"
    told(clerk.patch(path, {"amount": "5"}), 428, "version-required")


def test_a_stale_version_is_412(clerk: Program) -> None:
    path = f"{DISPUTES}/{clerk.registered()['id']}"
    answer = clerk.patch(path, {"amount": "5"}, version='"9"')
    assert told(answer, 412, "stale")["changed"] == []


def test_an_illegal_step_is_409(clerk: Program, office: Office) -> None:
    made = clerk.registered()
    answer = of_role(office, Role.DIRECTOR).take(made["id"], "archive")
    assert told(answer, 409, "step-not-allowed")["steps"][0] == "dispatch"


def test_a_database_that_is_away_is_503_with_a_time_to_come_back(clerk: Program) -> None:
    with failing(away()):
        answer = clerk.get(DISPUTES)
    told(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "5"


def test_an_error_of_ours_is_500_and_tells_nothing(clerk: Program) -> None:
    with failing(RuntimeError("SELECT name FROM party WHERE name = '王小满'")):
        answer = clerk.get(DISPUTES)
    told(answer, 500, "unexpected")
    assert "王小满" not in answer.text


def test_another_host_is_refused_without_a_fall(settings: Settings) -> None:
    app = create_app(replace(settings, allowed_hosts=("centre.example",)))
    client = app.test_client()
    right = client.get("/healthz", base_url="http://centre.example")
    wrong = client.get("/healthz", base_url="http://evil.example")
    page = client.get("/sign-in", base_url="http://evil.example")
    assert (right.status_code, wrong.status_code, page.status_code) == (200, 400, 400)
    told(wrong, 400, "malformed")
    with app.app_context():
        db.engine.dispose()
