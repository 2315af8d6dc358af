"""The headers of every answer, and cookies that no script and no other site gets."""

import pytest
from flask.testing import FlaskClient

from config.vocabulary import Role
from tests.factories.office import Office
from tests.factories.program import DISPUTES, of_role

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # no answer of the database
def test_every_answer_says_how_it_may_be_used(office: Office, client: FlaskClient) -> None:
    clerk = of_role(office, Role.WINDOW)
    made = clerk.registered()
    answers = {
        "read": clerk.get(f"{DISPUTES}/{made['id']}"),
        "list": clerk.get(DISPUTES),
        "missing": clerk.get("/api/v1/nonsense"),
        "nobody": client.get(DISPUTES),
        "forbidden": clerk.get("/api/v1/users"),
        "alive": client.get("/healthz"),
        "page": client.get("/sign-in"),
        "led": client.get("/disputes"),
        "no page": client.get("/nonsense"),
        "document": client.get("/api/docs"),
        "description": client.get("/api/openapi.json"),
    }
    for name, answer in answers.items():
        headers = answer.headers
        assert {key: headers.get(key) for key in EVERYWHERE} == EVERYWHERE, name
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert headers["Cache-Control"] == "no-store", name
        assert len(headers["X-Request-Id"]) == 32, name
        assert "Access-Control-Allow-Origin" not in headers, name


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_requests_have_two_ids(client: FlaskClient) -> None:
    ids = {client.get("/healthz").headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3
