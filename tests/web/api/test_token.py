"""Other platforms at the door: their token opens three things, and nothing a moment longer."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from config.vocabulary import DisputeStatus, Role
from models import Dispute, Event, IdempotencyRecord, Organisation, Token, User, db, transaction
from tests.factories.dispute import Handling
from tests.factories.office import Office
from tests.factories.program import DISPUTES, Program, of_role, program

TOKENS = "/api/v1/tokens"
ALL = ["dispute.register", "dispute.read", "dispute.list"]
FIELDS = {
    "id",
    "number",
    "source_reference",
    "status",
    "outcome",
    "organisation",
    "registered_on",
    "accepted_on",
    "closed_on",
    "due_on",
}


@pytest.fixture
def keeper(office: Office) -> Program:
    """The administrator who makes tokens."""
    return of_role(office, Role.SYSADMIN)


def draft(office: Office, **changes: Any) -> dict[str, Any]:
    """What is written about a token of the hotline; what is named is otherwise."""
    told = {
        "name": "热线平台",
        "source": "hotline_12345",
        "organisation": str(office.units["justice"]),
        "scopes": ALL,
    }
    return told | changes


@pytest.fixture
def made(office: Office, keeper: Program) -> Callable[..., dict[str, Any]]:
    """Makes a token and gives the answer that shows it."""

    def make(**changes: Any) -> dict[str, Any]:
        answer = keeper.post(TOKENS, draft(office, **changes), key=uuid4().hex)
        assert answer.status_code == 201, answer.text
        shown: dict[str, Any] = answer.get_json()
        return shown

    return make


@pytest.fixture
def platform(office: Office, made: Callable[..., dict[str, Any]]) -> Callable[..., Program]:
    """A program of another platform with a token of its own."""
    return lambda **changes: Program(office.app.test_client(), made(**changes)["token"])


def send(caller: Program, reference: str | None = "R-1", **changes: Any) -> TestResponse:
    """What a platform sends under its own number."""
    told = {"source": "hotline_12345"} | ({"source_reference": reference} if reference else {})
    return caller.intake(**told | changes)


def sent(caller: Program, reference: str = "R-1", **changes: Any) -> dict[str, Any]:
    """What it was answered."""
    answer = send(caller, reference, **changes)
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.get_json()
    return shown


def count(app: Flask) -> int:
    """How many disputes there are."""
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Dispute.id))) or 0


# ---- making one


def test_a_token_is_shown_once_and_kept_as_a_hash(
    app: Flask, office: Office, keeper: Program, made: Callable[..., dict[str, Any]]
) -> None:
    shown = made()
    assert shown["token"].startswith("fqt_")
    assert (shown["standing"], shown["scopes"]) == ("active", sorted(ALL))
    listed = keeper.get(TOKENS).get_json()["items"]
    assert listed == [{name: value for name, value in shown.items() if name != "token"}]
    with app.app_context():
        stored = db.session.scalars(sa.select(Token)).one()
        assert stored.token_hash != shown["token"]
        kept = db.session.scalars(sa.select(IdempotencyRecord)).one()
        assert shown["token"].encode() not in (kept.answer_sealed or b"")


def test_nobody_signs_in_to_the_account_of_a_token(
    app: Flask, made: Callable[..., dict[str, Any]]
) -> None:
    account = made()["account"]
    with app.app_context():
        user = db.session.scalars(sa.select(User).where(User.username == account)).one()
        assert (user.password_hash, user.invite_hash) == (None, None)
        assert [grant.role for grant in user.grants] == [Role.PLATFORM]
    assert account.startswith("platform-")


def test_no_administrator_opens_the_account_of_a_token(
    app: Flask, keeper: Program, made: Callable[..., dict[str, Any]]
) -> None:
    account = made()["account"]
    with app.app_context():
        user_id = db.session.scalars(sa.select(User.id).where(User.username == account)).one()
    assert keeper.post(f"/api/v1/users/{user_id}/reset", {}, key="k").status_code == 404
    listed = [each["username"] for each in keeper.get("/api/v1/users").get_json()["items"]]
    assert listed == ["sysadmin-centre"]


def asked(caller: Program) -> tuple[int, list[str]]:
    """What a request is answered, and the tables of holders its bearer was looked up in."""
    holders: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        holders.extend(name for name in ("user_session", "token") if f"FROM {name}" in statement)

    with caller.client.application.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        return caller.get(DISPUTES).status_code, holders
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_mark_tells_where_to_look(
    app: Flask, office: Office, platform: Callable[..., Program]
) -> None:
    assert asked(platform()) == (200, ["token"])
    assert asked(program(office, office.window)) == (200, ["user_session"])
    assert asked(Program(app.test_client(), "nobody")) == (401, ["user_session"])
    assert asked(Program(app.test_client(), "fqt_nobody")) == (401, ["token", "user_session"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("source", "walk_in"),
        ("source", "nowhere"),
        ("organisation", "00000000-0000-4000-8000-000000000000"),
        ("scopes", []),
        ("scopes", ["dispute.close"]),
        ("expires_on", "2020-01-01"),
        ("replaces", "00000000-0000-4000-8000-000000000000"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused_at_its_field(
    office: Office, keeper: Program, field: str, value: Any
) -> None:
    answer = keeper.post(TOKENS, draft(office, **{field: value}), key=uuid4().hex)
    named = {path.partition(".")[0] for path in answer.get_json()["errors"]}
    assert (answer.status_code, named) == (422, {field})


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.WINDOW, Role.SECADMIN])
def test_only_the_administrator_makes_and_revokes(
    office: Office, made: Callable[..., dict[str, Any]], role: Role
) -> None:
    other = of_role(office, role)
    assert other.post(TOKENS, draft(office), key="k").status_code == 403
    assert other.post(f"{TOKENS}/{made()['id']}/revoke").status_code == 403
    assert other.get(TOKENS).status_code == (200 if role is Role.SECADMIN else 403)


def test_a_new_token_takes_over_what_the_old_one_sent(
    keeper: Program, made: Callable[..., dict[str, Any]], office: Office
) -> None:
    old = made()
    first = sent(Program(office.app.test_client(), old["token"]))
    new = Program(office.app.test_client(), made(replaces=old["id"])["token"])
    assert keeper.send("DELETE", f"{TOKENS}/{old['id']}").status_code == 204
    assert new.get(f"{DISPUTES}/{first['id']}").status_code == 200
    assert send(new).get_json()["id"] == first["id"]
    other = draft(office, replaces=old["id"], organisation=str(office.units["station"]))
    refused = keeper.post(TOKENS, other, key=uuid4().hex)
    assert refused.get_json()["errors"].keys() == {"replaces"}


# ---- what it opens


def test_a_token_does_what_it_was_made_for_and_no_more(platform: Callable[..., Program]) -> None:
    writer = platform(scopes=["dispute.register"])
    first = sent(writer)
    assert writer.get(f"{DISPUTES}/{first['id']}").status_code == 403
    assert writer.get(DISPUTES).status_code == 403
    reader = platform(scopes=["dispute.read"])
    assert send(reader).status_code == 403
    assert reader.get(f"{DISPUTES}/{first['id']}").status_code == 404  # another platform's


def test_a_token_opens_nothing_but_what_is_made_for_programs(
    app: Flask, platform: Callable[..., Program]
) -> None:
    caller = platform()
    dispute_id = sent(caller)["id"]
    views = app.view_functions
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if getattr(views[rule.endpoint], "action", None) != "public"
    ]
    words = {"week": "2026-W45", "metric_id": "disputes_received", "step": "close"}
    words |= {
        "year": "2026",
        "edition": "1",
        "confirmation_step": "file",
        "suggestion_step": "assign",
        "sheet": "notice",
    }
    words |= {"document": "answer", "ordinal": "1", "revision": "1"}
    opened = set()
    for rule in rules:
        ids = {name: dispute_id for name in rule.arguments if name.endswith("_id")}
        others = dict.fromkeys(rule.arguments, "close")
        with app.test_request_context():
            path = str(app.url_map.bind("localhost").build(rule.endpoint, others | ids | words))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            status = caller.send(method, path, version='"1"').status_code
            if rule.rule.startswith("/api/v1/"):
                opened |= {(method, rule.rule)} if status != 403 else set()
            else:
                assert status in (303, 400), rule  # sent to sign in, or a form nobody was given
    assert opened == {
        ("POST", DISPUTES),
        ("GET", DISPUTES),
        ("GET", f"{DISPUTES}/<uuid:dispute_id>"),
    }


def refusal(caller: Program) -> tuple[int, str, str]:
    """How a caller is turned away."""
    told = caller.get(DISPUTES).get_json()
    return told["status"], told["code"], told["detail"]


def test_what_is_over_answers_like_what_never_was(
    app: Flask, office: Office, keeper: Program, made: Callable[..., dict[str, Any]]
) -> None:
    wrong = refusal(Program(app.test_client(), "fqt_nobody"))
    assert wrong[0] == 401

    def caller(shown: dict[str, Any]) -> Program:
        return Program(app.test_client(), shown["token"])

    revoked, expired, closed = made(), made(), made()
    assert caller(revoked).get(DISPUTES).status_code == 200
    assert keeper.send("DELETE", f"{TOKENS}/{revoked['id']}").status_code == 204
    assert keeper.post(f"{TOKENS}/{revoked['id']}/revoke").get_json()["standing"] == "revoked"
    assert refusal(caller(revoked)) == wrong
    with app.app_context(), transaction() as session:
        token = session.get_one(Token, UUID(expired["id"]))
        token.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert refusal(caller(expired)) == wrong
    assert caller(closed).get(DISPUTES).status_code == 200
    with app.app_context(), transaction() as session:
        session.get_one(Organisation, office.units["justice"]).active = False
    assert refusal(caller(closed)) == wrong


def test_a_token_lasts_through_its_last_day(
    app: Flask, office: Office, made: Callable[..., dict[str, Any]]
) -> None:
    shown = made(expires_on="2099-03-01")
    assert shown["expires_on"] == "2099-03-01"
    with app.app_context():
        token = db.session.get_one(Token, UUID(shown["id"]))
        assert token.expires_at == datetime(2099, 3, 1, 16, tzinfo=UTC)  # midnight in the office


def test_use_is_noted_once_a_minute(app: Flask, made: Callable[..., dict[str, Any]]) -> None:
    shown = made()
    caller = Program(app.test_client(), shown["token"])

    def used_at() -> datetime | None:
        with app.app_context():
            return db.session.get_one(Token, UUID(shown["id"])).used_at

    caller.get(DISPUTES)
    first = used_at()
    caller.get(DISPUTES)
    assert first is not None
    assert used_at() == first
    earlier = datetime.now(UTC) - timedelta(seconds=61)
    with app.app_context(), transaction() as session:
        session.get_one(Token, UUID(shown["id"])).used_at = earlier
    caller.get(DISPUTES)
    assert (used_at() or earlier) > earlier


# ---- sending, each number once


def test_what_a_platform_sends_has_its_source_and_its_number(
    app: Flask, platform: Callable[..., Program]
) -> None:
    caller = platform()
    unnamed = send(caller, None)
    assert unnamed.get_json()["errors"] == {"source_reference": ["请填写你方平台的编号"]}
    other = send(caller, source="grid")
    assert other.get_json()["errors"] == {"source": ["这个令牌送来的，来源是“12345热线”"]}
    assert (unnamed.status_code, other.status_code, count(app)) == (422, 422, 0)


def test_the_answer_says_stage_unit_and_dates_only(platform: Callable[..., Program]) -> None:
    caller = platform()
    shown = sent(caller)
    today = shown.pop("registered_on")
    assert abs(date.fromisoformat(today) - datetime.now(UTC).date()) <= timedelta(days=1)
    assert shown.keys() == FIELDS - {"registered_on"}
    assert (shown["source_reference"], shown["status"], shown["organisation"]) == (
        "R-1",
        "registered",
        None,
    )
    read = caller.get(f"{DISPUTES}/{shown['id']}")
    assert read.get_json() == shown | {"registered_on": today}
    assert read.headers["ETag"] == '"1"'


def test_the_same_number_again_is_the_same_dispute(
    app: Flask, platform: Callable[..., Program]
) -> None:
    caller = platform()
    first = sent(caller)
    again = send(caller)
    assert (again.status_code, again.get_json(), count(app)) == (200, first, 1)
    other = send(caller, narrative="说的是另一件事情")
    assert (other.status_code, other.get_json()["code"]) == (409, "conflict")
    assert first["number"] in other.get_json()["detail"]
    assert count(app) == 1


def test_what_the_office_corrected_does_not_make_it_another(
    office: Office, platform: Callable[..., Program]
) -> None:
    caller = platform()
    first = sent(caller)
    director = program(office, office.director)
    path = f"{DISPUTES}/{first['id']}"
    changed = director.patch(path, {"narrative": "核实后改写的经过"}, version='"1"')
    assert changed.status_code == 200
    assert send(caller).get_json()["number"] == first["number"]


def test_two_platforms_may_use_the_same_number(
    app: Flask, platform: Callable[..., Program]
) -> None:
    one, other = platform(), platform(name="另一个平台")
    first, second = sent(one), sent(other)
    assert (first["id"] != second["id"], count(app)) == (True, 2)
    assert other.get(f"{DISPUTES}/{first['id']}").status_code == 404
    assert [each["id"] for each in other.get(DISPUTES).get_json()["items"]] == [second["id"]]


def test_twenty_at_once_are_one_dispute(app: Flask, platform: Callable[..., Program]) -> None:
    token = platform().token
    with ThreadPoolExecutor(20) as senders:
        answers = list(senders.map(lambda _: send(Program(app.test_client(), token)), range(20)))
    assert Counter(each.status_code for each in answers) == {201: 1, 200: 19}
    assert len({each.get_json()["number"] for each in answers}) == 1
    assert count(app) == 1


def test_a_platform_finds_what_it_sent_by_its_own_number(platform: Callable[..., Program]) -> None:
    caller = platform()
    wanted = sent(caller, "R-1")
    sent(caller, "R-2")
    found = caller.get(DISPUTES, query_string={"source_reference": "R-1", "count": "true"})
    assert found.get_json() == {"items": [wanted], "next_cursor": None, "total": 1}
    page = caller.get(DISPUTES, query_string={"limit": "1"}).get_json()
    rest = caller.get(DISPUTES, query_string={"cursor": page["next_cursor"]}).get_json()
    references = [each["source_reference"] for each in page["items"] + rest["items"]]
    assert (references, rest["next_cursor"]) == (["R-2", "R-1"], None)


def test_several_matters_come_back_under_the_one_number(platform: Callable[..., Program]) -> None:
    caller = platform()
    matters = [{"category": "neighbour"}, {"category": "debt"}]
    first = sent(caller, matters=matters)
    found = caller.get(DISPUTES, query_string={"source_reference": "R-1"}).get_json()["items"]
    assert (len(found), first["id"] in {each["id"] for each in found}) == (2, True)
    assert send(caller, matters=matters).get_json()["id"] == first["id"]


@pytest.mark.parametrize("name", ["q", "category", "organisation", "overdue", "village"])
def test_a_platform_narrows_its_list_by_nothing_it_is_not_told(
    office: Office, platform: Callable[..., Program], name: str
) -> None:
    value = {"organisation": str(office.units["centre"]), "overdue": "true"}.get(name, "x")
    refused = platform().get(DISPUTES, query_string={name: value})
    assert (refused.status_code, set(refused.get_json()["errors"])) == (422, {name})


def test_of_a_restricted_one_a_platform_is_told_how_far_it_is(
    platform: Callable[..., Program],
) -> None:
    caller = platform()
    shown = sent(caller, restricted=True)
    assert shown.keys() == {"id", "number", "source_reference", "status"}
    assert caller.get(f"{DISPUTES}/{shown['id']}").get_json() == shown
    assert caller.get(DISPUTES).get_json()["items"] == [shown]


def test_a_platform_follows_its_dispute_to_the_end(
    app: Flask, office: Office, platform: Callable[..., Program]
) -> None:
    caller = platform()
    dispute_id = sent(caller)["id"]
    with app.app_context():
        now = datetime.now(UTC)
        Handling(office, UUID(dispute_id)).until(DisputeStatus.CLOSED, now=now)
    shown = caller.get(f"{DISPUTES}/{dispute_id}").get_json()
    assert shown.keys() == FIELDS
    assert (shown["status"], shown["outcome"], shown["organisation"]) == (
        "closed",
        "agreed",
        "柳溪镇人民调解委员会",
    )
    step = caller.post(f"{DISPUTES}/{dispute_id}/steps/reopen", {"reason": "再办"}, version='"7"')
    assert step.status_code == 403


def test_a_platform_is_never_told_anything_by_notice(
    app: Flask, office: Office, platform: Callable[..., Program]
) -> None:
    caller = platform()
    sent(caller)
    assert caller.get("/api/v1/notices").status_code == 403


def test_what_is_kept_of_the_content_says_nothing(
    app: Flask, platform: Callable[..., Program]
) -> None:
    sent(platform())
    with app.app_context():
        told = db.session.scalars(sa.select(Event.detail).where(Event.action == "send")).one()
    assert (list(told), len(told["content"])) == (["content"], 32)


def test_staff_is_not_asked_for_a_platforms_number(office: Office) -> None:
    refused = program(office, office.director).get(DISPUTES + "?source_reference=R-1")
    assert (refused.status_code, set(refused.get_json()["errors"])) == (422, {"source_reference"})
