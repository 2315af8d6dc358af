"""The citizen's slip: three keys and no more, one answer for every miss, and only so often."""

import statistics
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from time import perf_counter
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.policy import Limit, LimitPolicy
from config.vocabulary import DisputeStatus, Step
from models import Dispute, Event, db, transaction
from tests.factories.dispute import Handling, every
from tests.factories.office import Office

S = DisputeStatus
PATH = "/api/v1/public/progress"
NOWHERE = "LXZ2026-99999"
WRONG = "ZZZZZZZZ"
FREE = LimitPolicy(
    progress_by_address=Limit(10**6, timedelta(hours=1)),
    progress_by_number=Limit(10**6, timedelta(hours=1)),
    progress_by_anybody=Limit(10**6, timedelta(hours=1)),
)


@pytest.fixture
def now() -> datetime:
    """The instant the test began; the door reads the clock itself."""
    return datetime.now(UTC)


@pytest.fixture
def limited(app: Flask) -> Callable[[LimitPolicy], None]:
    """Sets what is limited, and how often."""

    def set_limits(limits: LimitPolicy) -> None:
        desk = app.extensions["fengqiao"]
        policy = replace(desk.policy, limits=limits)
        app.extensions["fengqiao"] = replace(desk, policy=policy)

    return set_limits


def slip(office: Office, now: datetime, **changes: Any) -> tuple[str, str, Handling]:
    """Number and code of a fresh dispute."""
    with office.app.app_context():
        made = every(office, now=now, **changes)[0]
        return made.number, made.code, Handling(office, made.id)


def ask(client: FlaskClient, number: str, code: str) -> TestResponse:
    return client.post(PATH, json={"number": number, "code": code})


def without_id(answer: TestResponse) -> bytes:
    body: bytes = answer.data
    return body.replace(answer.headers["X-Request-Id"].encode(), b"-")


def test_a_slip_is_told_stage_unit_and_date_and_nothing_else(
    office: Office, client: FlaskClient, now: datetime
) -> None:
    number, code, handling = slip(office, now)
    told = {"stage": "登记", "organisation": "柳溪镇综治中心", "next_on": None}
    assert ask(client, number, code).get_json() == told
    with office.app.app_context():
        handling.until(S.ACCEPTED, now=now)
        due_on = handling.row.due_on
    assert isinstance(due_on, date)
    unit = "柳溪镇人民调解委员会"
    told = {"stage": "受理", "organisation": unit, "next_on": due_on.isoformat()}
    assert ask(client, number, code).get_json() == told
    with office.app.app_context():
        handling.until(S.CLOSED, now=now)
    assert ask(client, number, code).get_json() == {
        "stage": "办结",
        "organisation": unit,
        "next_on": None,
    }


def test_of_an_agreement_the_date_it_is_to_be_performed_on_is_told(
    office: Office, client: FlaskClient, now: datetime
) -> None:
    number, code, handling = slip(office, now)
    day = (now + timedelta(days=20)).date()
    with office.app.app_context():
        handling.until(S.MEDIATING, now=now)
        body = {"form": "oral", "performed_by": day.isoformat()}
        handling.take(Step.AGREE, body, now=now)
    assert ask(client, number, code).get_json()["next_on"] == day.isoformat()


def test_width_spaces_and_case_do_not_count(
    office: Office, client: FlaskClient, now: datetime
) -> None:
    number, code, _ = slip(office, now)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in code.lower())
    typed = f" {wide[:4]} {wide[4:]} "
    assert ask(client, f" {number.lower()} ", typed).status_code == 200


def test_every_miss_is_answered_alike(office: Office, client: FlaskClient, now: datetime) -> None:
    number, code, _ = slip(office, now)
    hidden, hidden_code, _ = slip(office, now, restricted=True)
    void, void_code, handling = slip(office, now)
    with office.app.app_context():
        handling.take(Step.VOID, {"reason": "登记重了"}, now=now)
    missed = [
        ask(client, NOWHERE, code),
        ask(client, number, WRONG),
        ask(client, number, "码"),
        ask(client, hidden, hidden_code),
        ask(client, hidden, WRONG),
        ask(client, void, void_code),
    ]
    assert {answer.status_code for answer in missed} == {404}
    assert {without_id(answer) for answer in missed} == {without_id(missed[0])}
    assert {tuple(sorted(answer.headers.keys())) for answer in missed} == {
        tuple(sorted(missed[0].headers.keys()))
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_misses_cost_alike(
    office: Office,
    client: FlaskClient,
    now: datetime,
    limited: Callable[[LimitPolicy], None],
) -> None:
    limited(FREE)
    number, code, _ = slip(office, now)
    hidden, hidden_code, _ = slip(office, now, restricted=True)
    tries = {"none": (NOWHERE, code), "wrong": (number, WRONG), "hidden": (hidden, hidden_code)}
    took: dict[str, list[float]] = {name: [] for name in tries}
    bodies = set()
    for _ in range(60):
        for name, typed in tries.items():
            began = perf_counter()
            answer = ask(client, *typed)
            took[name].append(perf_counter() - began)
            bodies.add(without_id(answer))
    medians = [statistics.median(each) for each in took.values()]
    assert len(bodies) == 1
    assert max(medians) < 1.3 * min(medians)


def test_uses_and_misses_are_recorded_without_the_code(
    office: Office, client: FlaskClient, now: datetime
) -> None:
    number, code, handling = slip(office, now)
    ask(client, number, code)
    ask(client, number, WRONG)
    ask(client, NOWHERE, code)
    with office.app.app_context():
        events = db.session.scalars(
            sa.select(Event).where(Event.subject == "progress").order_by(Event.id)
        ).all()
    assert [(each.action, each.detail) for each in events] == [
        ("ask", {"found": True}),
        ("ask", {"found": False}),
        ("ask", {"found": False}),
    ]
    assert [each.subject_id == handling.id for each in events] == [True, True, False]
    told = " ".join(f"{each.reason} {each.detail}" for each in events)
    assert code not in told
    assert number not in told


@pytest.mark.parametrize("kind", ["progress_by_address", "progress_by_number"])
def test_parallel_tries_do_not_exceed_the_limit(
    office: Office,
    now: datetime,
    limited: Callable[[LimitPolicy], None],
    kind: str,
) -> None:
    limited(replace(FREE, **{kind: Limit(5, timedelta(days=36500))}))
    number, _, _ = slip(office, now)
    together = Barrier(12)

    def once(_: int) -> TestResponse:
        client = office.app.test_client()
        together.wait()
        return ask(client, number, WRONG)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(once, range(12)))
    assert sorted(each.status_code for each in answers) == [404] * 5 + [429] * 7
    held = next(each for each in answers if each.status_code == 429)
    assert held.mimetype == "application/problem+json"
    assert held.get_json()["code"] == "too-often"
    assert int(held.headers["Retry-After"]) > 0


def test_who_is_held_back_uses_up_nobody_elses_tries(
    office: Office,
    now: datetime,
    limited: Callable[[LimitPolicy], None],
) -> None:
    hour = timedelta(days=36500)
    limited(replace(FREE, progress_by_address=Limit(1, hour), progress_by_number=Limit(2, hour)))
    number, code, _ = slip(office, now)
    client = office.app.test_client()
    first = {"REMOTE_ADDR": "192.0.2.1"}
    for _ in range(3):
        client.post(PATH, json={"number": number, "code": WRONG}, environ_overrides=first)
    second = {"REMOTE_ADDR": "192.0.2.2"}
    answer = client.post(PATH, json={"number": number, "code": code}, environ_overrides=second)
    assert answer.status_code == 200


def test_an_unknown_number_is_held_back_like_a_known_one(
    office: Office,
    client: FlaskClient,
    now: datetime,
    limited: Callable[[LimitPolicy], None],
) -> None:
    limited(replace(FREE, progress_by_number=Limit(1, timedelta(days=36500))))
    number, _, _ = slip(office, now)
    for typed in (number, NOWHERE):
        answers = [ask(client, typed, WRONG).status_code for _ in range(2)]
        assert answers == [404, 429]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"number": "LXZ2026-00001"}, {"code"}),
        ({"number": "", "code": "x"}, {"number"}),
        ({"number": "x" * 61, "code": "x"}, {"number"}),
        ({"number": 1, "code": "x", "more": 1}, {"number", "more"}),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_body_that_is_no_slip_is_refused_at_its_fields(
    client: FlaskClient, body: dict[str, object], wrong: set[str]
) -> None:
    answer = client.post(PATH, json=body)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, wrong)


def test_a_row_of_a_ledger_is_told_under_the_words_of_its_sheet(
    office: Office, client: FlaskClient, now: datetime
) -> None:
    number, code, handling = slip(office, now)
    with office.app.app_context(), transaction() as session:
        session.get_one(Dispute, handling.id).office_text = "东街司法所"
    assert ask(client, number, code).get_json()["organisation"] == "东街司法所"
