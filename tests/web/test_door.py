"""No way around the door: forged forms, foreign hosts, other methods, stolen and old cookies."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from config.vocabulary import Role
from models import Event, UserSession, db, transaction
from service.web.cookie import COOKIE, SECURE_COOKIE
from service.web.form import local_address
from tests.factories.office import PASSWORD, Office
from tests.factories.visitor import Visitor, session_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SAFE = {"GET", "HEAD", "OPTIONS"}
VALUES = {"week": "2026-W45", "step": "close", "long_code": "x", "filename": "app.css"}
VALUES |= {"kind": "sessions", "sheet": "notice", "metric_id": "disputes_received"}
VALUES |= {"suggestion_step": "assign"}
VALUES |= {"document": "answer"}
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
NEXT = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example/",
    "///evil.example",
    "////evil.example/%2e%2e",
    "/\\evil.example/",
    "\\\\evil.example/",
    "\\/evil.example",
    "/\t/evil.example/",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "JavaScript://%0aalert(1)",
    "data:text/html,x",
    "vbscript:x",
    "evil.example",
    "evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "//evil.example@localhost/",
    "//localhost@evil.example/",
    "https://localhost.evil.example/",
    "//[::1]/",
    "//[",
    "ftp://evil.example",
    "mailto:a@evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "..//evil.example",
    "\u2028//evil.example",
    "",
]  # fmt: skip -- a list of addresses


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method of every route."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def address(app: Flask, rule: Rule) -> str:
    """An address that the route takes, of something that does not exist."""
    nobody = UUID("00000000-0000-4000-8000-000000000000")
    values = {name: VALUES.get(name, nobody) for name in rule.arguments}
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(rule.endpoint, values, append_unknown=False)
    return str(built)


def browser(app: Flask, office: Office, role: Role) -> FlaskClient:
    """A browser with the cookie of somebody."""
    client = app.test_client()
    client.set_cookie(COOKIE, session_of(app, office.actor(role)))
    return client


def events(app: Flask) -> int:
    """How much has happened."""
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Event.id))) or 0


def test_every_route_answers_with_the_strict_headers(app: Flask, office: Office) -> None:
    clerk = browser(app, office, Role.WINDOW)
    for method, rule in routes(app):
        for client in (clerk, app.test_client()):
            answer = client.open(address(app, rule), method=method)
            answer.close()  # a file of ours that is sent stays open until then
            headers = answer.headers
            assert {key: headers.get(key) for key in EVERYWHERE} == EVERYWHERE, (method, rule)
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, (method, rule)
            assert "frame-ancestors 'none'" in policy, (method, rule)
            assert "unsafe" not in policy, (method, rule)
            assert "Access-Control-Allow-Origin" not in headers, (method, rule)
            assert "Server" not in headers, (method, rule)
            if rule.endpoint != "static":
                assert headers["Cache-Control"] == "no-store", (method, rule)


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.SYSADMIN])
def test_no_form_is_taken_without_its_token_or_with_somebody_elses(
    app: Flask, office: Office, role: Role
) -> None:
    client = browser(app, office, role)
    stranger = Visitor(app).get("/sign-in").form("/sign-in").values["csrf_token"]
    before = events(app)
    asked = 0
    for method, rule in routes(app):
        if method in SAFE or rule.rule.startswith("/api/v1/"):
            continue
        path = address(app, rule)
        for data, headers in (
            ({}, {}),
            ({"csrf_token": stranger}, {}),
            ({"csrf_token": ""}, {}),
            ({}, {"X-CSRFToken": stranger}),
        ):
            answer = client.open(path, method=method, data=data, headers=headers)
            assert answer.status_code == 400, (method, path, answer.status_code)
            asked += 1
    assert (asked > 100, events(app)) == (True, before)


def test_a_cookie_opens_no_door_of_programs(app: Flask, office: Office) -> None:
    client = browser(app, office, Role.SYSADMIN)
    for method, rule in routes(app):
        if method not in SAFE and rule.rule.startswith("/api/v1/") and "public" not in rule.rule:
            answer = client.open(address(app, rule), method=method, json={})
            assert answer.status_code in (401, 422), (method, rule)
            assert answer.status_code == 401 or rule.rule == "/api/v1/sign-in", (method, rule)


@pytest.mark.parametrize("elsewhere", NEXT)
def test_nobody_is_led_elsewhere(app: Flask, office: Office, elsewhere: str) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    assert local_address(elsewhere) is None
    visitor = Visitor(app)
    page = visitor.get("/sign-in", next=elsewhere)
    sent = visitor.fill(page, "/sign-in", username="window-centre", password=PASSWORD)
    assert (sent.status, sent.location) == (303, "/")
    assert visitor.get("/sign-in", next=elsewhere).location == "/"


def test_a_header_or_a_field_makes_no_other_method(app: Flask, office: Office) -> None:
    admin = browser(app, office, Role.SYSADMIN)
    other = office.actor(Role.WINDOW)
    path, before = f"/users/{other.user_id}/disable", events(app)
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        answer = admin.get(path, headers={header: "POST"})
        assert answer.status_code == 405, header
    assert admin.get(f"{path}?_method=POST").status_code == 405
    assert admin.open(path, method="TRACE").status_code == 405
    assert admin.open("/users", method="CONNECT").status_code == 405
    assert events(app) == before


def test_another_host_gets_no_page_and_stands_in_no_answer(app: Flask, office: Office) -> None:
    app.config["TRUSTED_HOSTS"] = ["centre.example"]
    try:
        client = app.test_client()
        for host in ("evil.example", "centre.example.evil.example", "centre.example@evil.example"):
            for path in ("/", "/sign-in", "/users", "/api/v1/me"):
                answer = client.get(path, headers={"Host": host})
                assert (answer.status_code, "evil" in answer.text) == (400, False), (host, path)
                assert "evil" not in str(answer.headers), (host, path)
        right = client.get("/sign-in", headers={"Host": "centre.example"})
        forwarded = client.get(
            "/users", headers={"Host": "centre.example", "X-Forwarded-Host": "evil.example"}
        )
        assert right.status_code == 200
        assert forwarded.headers["Location"] == "/sign-in?next=/users"
    finally:
        app.config["TRUSTED_HOSTS"] = None


def cookies(answer: TestResponse) -> dict[str, str]:
    """The cookies of an answer, each with its flags."""
    return {each.partition("=")[0]: each for each in answer.headers.getlist("Set-Cookie")}


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    app: Flask, office: Office, secure: bool
) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    app.config["SESSION_COOKIE_SECURE"] = secure
    base = "https://localhost" if secure else "http://localhost"
    try:
        client = app.test_client()
        page = client.get("/sign-in", base_url=base)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"csrf_token": token, "username": "window-centre", "password": PASSWORD}
        answer = client.post(
            "/sign-in", data=data, base_url=base, headers={"Referer": f"{base}/sign-in"}
        )
        found = cookies(answer) | cookies(page)
        name = SECURE_COOKIE if secure else COOKIE
        assert set(found) == {name, "fengqiao_form"}
        for flags in found.values():
            said = ["HttpOnly" in flags, "SameSite=Lax" in flags, "Path=/" in flags]
            assert said == [True, True, True]
            assert "Domain" not in flags
            assert ("Secure" in flags) is secure
        strict = answer.headers.get("Strict-Transport-Security")
        assert strict == ("max-age=31536000" if secure else None)
    finally:
        app.config["SESSION_COOKIE_SECURE"] = False


def test_a_cookie_is_worth_nothing_after_signing_out(app: Flask, office: Office) -> None:
    token = session_of(app, office.window)
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    form = client.get("/").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert client.post("/sign-out", data={"csrf_token": form}).status_code == 303
    for later in (app.test_client(), client):
        later.set_cookie(COOKIE, token)
        assert later.get("/").headers["Location"] == "/sign-in?next=/"
    bearer = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/me", headers=bearer).status_code == 401


def test_a_cookie_is_worth_nothing_once_its_time_is_over(app: Flask, office: Office) -> None:
    token = session_of(app, office.window)
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    assert client.get("/").status_code == 200
    with app.app_context(), transaction() as session:
        session.execute(
            sa.update(UserSession).values(seen_at=datetime.now(UTC) - timedelta(hours=1))
        )
    assert client.get("/").status_code == 303


def test_a_session_planted_before_signing_in_is_not_the_one_after(
    app: Flask, office: Office
) -> None:
    office.actor(Role.WINDOW, password=PASSWORD)
    client = app.test_client()
    client.set_cookie(COOKIE, "planted")
    token = client.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "username": "window-centre", "password": PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 303
    kept = client.get_cookie(COOKIE)
    assert kept is not None
    assert (kept.value == "planted", len(kept.value) >= 43) == (False, True)


def test_twenty_pages_of_wrong_passwords_are_held_back_and_told_how_long(
    app: Flask, office: Office
) -> None:
    visitor = Visitor(app, address="192.0.2.8")
    page = visitor.get("/sign-in")
    for place in range(20):
        sent = visitor.fill(page, "/sign-in", username=f"nobody-{place}", password="x")
        assert sent.status == 401
    held = visitor.fill(page, "/sign-in", username="nobody", password="x")
    assert held.status == 429
    assert "试得太频繁了，请过" in held.text
    other = Visitor(app, address="192.0.2.9")
    assert other.fill(other.get("/sign-in"), "/sign-in", username="a", password="x").status == 401
    body = {"username": "nobody", "password": "x"}
    from_there = {"REMOTE_ADDR": "192.0.2.8"}
    told = app.test_client().post("/api/v1/sign-in", json=body, environ_base=from_there)
    assert (told.status_code, told.get_json()["code"]) == (429, "too-often")
    assert 0 < int(told.headers["Retry-After"]) <= 316  # and until one of twenty slides out
    rotating = {"X-Forwarded-For": "198.51.100.7"}  # no proxy of ours says so
    told = app.test_client().post(
        "/api/v1/sign-in", json=body, environ_base=from_there, headers=rotating
    )
    assert told.status_code == 429
