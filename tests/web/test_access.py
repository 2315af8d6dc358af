"""Every route has an action, every role is let in where the table says, nobody anywhere else."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from config.vocabulary import STAFF
from models import UserRole, transaction
from tests.factories.office import Office
from tests.factories.program import of_role, program

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

# what somebody may see who has not signed in
PUBLIC = {
    ("GET", "/static/<path:filename>"),
    ("POST", "/api/v1/sign-in"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/docs"),
    ("GET", "/public"),
    ("GET", "/privacy"),
    ("POST", "/public"),
    ("POST", "/api/v1/public/progress"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-in/code"),
    ("POST", "/sign-out"),
    ("GET", "/first-sign-in"),
    ("POST", "/first-sign-in"),
    ("GET", "/first-sign-in/<long_code>"),
}
NOBODY = UUID("00000000-0000-4000-8000-000000000000")
VALUES = {
    "step": "close",
    "week": "2026-W45",
    "kind": "sessions",
    "sheet": "notice",
    "suggestion_step": "assign",
    "document": "answer",
    "metric_id": "disputes_received",
    "long_code": "x",
    "filename": "app.css",
    "register_id": "training-hours",
    "entry_step": "answered",
}


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method of every route."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def address(app: Flask, rule: Rule) -> str:
    """An address that the route takes, of something that does not exist."""
    values = {name: VALUES.get(name, NOBODY) for name in rule.arguments}
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(rule.endpoint, values, append_unknown=False)
    return str(built)


def action(app: Flask, rule: Rule) -> str | None:
    """The action of a route, for the step we ask for."""
    name = getattr(app.view_functions[rule.endpoint], "action", None)
    return name and str(name).format(**VALUES)


def test_every_route_has_an_action_that_is_known(app: Flask) -> None:
    known = app.extensions["fengqiao"].policy.access.actions | {"public", "signed-in"}
    unknown = {rule.rule: action(app, rule) for _, rule in routes(app)}
    assert {path: name for path, name in unknown.items() if name not in known} == {}


def test_what_is_public_is_this_and_no_more(app: Flask) -> None:
    found = {(method, rule.rule) for method, rule in routes(app) if action(app, rule) == "public"}
    assert found == PUBLIC


def test_nobody_is_asked_to_sign_in_everywhere_else(app: Flask, client: FlaskClient) -> None:
    for method, rule in routes(app):
        if (method, rule.rule) in PUBLIC:
            continue
        answer = client.open(address(app, rule), method=method)
        if rule.rule.startswith("/api/"):
            assert (answer.status_code, answer.get_json()["code"]) == (401, "not-signed-in"), rule
        elif method == "GET":
            assert answer.status_code == 303, rule
            assert answer.headers["Location"].startswith("/sign-in"), rule
        else:  # a form that nobody was given is forged, whoever sends it
            assert answer.status_code in (303, 400), rule


@pytest.mark.daily("sqlite")
def test_a_role_is_let_in_where_the_table_says_and_refused_everywhere_else(
    app: Flask, office: Office
) -> None:
    policy = app.extensions["fengqiao"].policy.access
    for role in STAFF:
        caller = of_role(office, role)
        for method, rule in routes(app):
            name = action(app, rule)
            if not rule.rule.startswith("/api/v1/") or name in ("public", "signed-in"):
                continue
            answer = caller.send(method, address(app, rule), version='"1"')
            refused = answer.status_code == 403
            assert refused is not bool(policy.reach(role, name or "")), (role, method, rule.rule)


def test_who_has_no_role_is_let_in_nowhere(app: Flask, office: Office) -> None:
    nobody = program(office, office.window)
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(UserRole))
    for method, rule in routes(app):
        name = action(app, rule)
        if rule.rule.startswith("/api/v1/") and name not in ("public", "signed-in"):
            assert nobody.send(method, address(app, rule)).status_code == 403, rule.rule
