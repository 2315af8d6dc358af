"""Once for each key of a user: the same answer again, another body refused, refusals forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
import sqlalchemy as sa

from models import Counter, IdempotencyRecord, db, transaction
from service.errors import Invalid, KeyBusy, KeyReused
from service.operations.idempotency import TWIN_WAITS_S, Answer, Claim, forget_expired, once
from service.operations.number import take
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

ROUTE = "POST /api/v1/disputes"
DAY = timedelta(days=1)


def claim(office: Office, key: str = "k", body: str = "{}", **more: Any) -> Claim:
    """A claim of the window's clerk."""
    user = more.get("user", office.window)
    return Claim(user.user_id, more.get("route", ROUTE), key, body)


def counted() -> Answer:
    """An effect that shows how often it happened."""
    with transaction() as session:
        value = take(session, "LXZ", 2026)
    return Answer(201, f"第{value}次".encode(), {"ETag": f'"{value}"'})


def ask(office: Office, claimed: Claim, later: timedelta = timedelta()) -> Answer:
    """Ask for the effect under a key."""
    return once(claimed, counted, desk=office.desk, now=MONDAY_9AM + later)


@pytest.mark.usefixtures("inside")
def test_the_same_key_and_body_get_the_first_answer_byte_for_byte(office: Office) -> None:
    first = ask(office, claim(office))
    assert first == Answer(201, "第1次".encode(), {"ETag": '"1"'})
    assert ask(office, claim(office), 6 * DAY) == first


@pytest.mark.usefixtures("inside")
def test_the_same_key_with_another_body_is_refused(office: Office) -> None:
    ask(office, claim(office))
    with pytest.raises(KeyReused):
        ask(office, claim(office, body='{"a":1}'))
    assert db.session.scalars(sa.select(Counter.value)).all() == [1]


@pytest.mark.usefixtures("inside")
def test_keys_are_apart_by_user_and_by_route(office: Office) -> None:
    answers = [
        ask(office, claim(office)),
        ask(office, claim(office, user=office.mediator)),
        ask(office, claim(office, route="POST /api/v1/lawsuits")),
        ask(office, claim(office, key="K")),
    ]
    assert [each.body.decode() for each in answers] == ["第1次", "第2次", "第3次", "第4次"]


@pytest.mark.usefixtures("inside")
def test_a_refusal_keeps_nothing_so_the_key_can_be_used_again(office: Office) -> None:
    def refused() -> Answer:
        counted()
        raise Invalid({"narrative": ["请填写"]})

    with pytest.raises(Invalid):
        once(claim(office), refused, desk=office.desk, now=MONDAY_9AM)
    kept = db.session.scalar(sa.select(sa.func.count()).select_from(IdempotencyRecord))
    assert kept == 0
    assert ask(office, claim(office, body="{2}")).body.decode() == "第1次"


@pytest.mark.usefixtures("inside")
def test_after_seven_days_a_key_is_new(office: Office) -> None:
    ask(office, claim(office))
    almost = 7 * DAY - timedelta(seconds=1)
    assert ask(office, claim(office), almost).body.decode() == "第1次"
    assert ask(office, claim(office), 7 * DAY).body.decode() == "第2次"


@pytest.mark.usefixtures("inside")
def test_what_is_over_is_deleted(office: Office) -> None:
    ask(office, claim(office))
    ask(office, claim(office, key="later"), DAY)
    assert forget_expired(MONDAY_9AM + 7 * DAY) == 1
    assert db.session.scalars(sa.select(IdempotencyRecord.key)).all() == ["later"]


@pytest.mark.usefixtures("inside")
def test_the_kept_answer_is_sealed_and_the_body_is_not_kept(office: Office) -> None:
    ask(office, claim(office, body="王小满"))
    row = db.session.scalars(sa.select(IdempotencyRecord)).one()
    assert "第1次".encode() not in (row.answer_sealed or b"")
    assert "王小满".encode() not in row.fingerprint


def test_twenty_at_once_make_one_effect_and_twenty_equal_answers(office: Office) -> None:
    claimed, together = claim(office), Barrier(20)

    def send(_: int) -> Answer:
        with office.app.app_context():
            together.wait()
            return ask(office, claimed)

    with ThreadPoolExecutor(20) as senders:
        answers = list(senders.map(send, range(20)))
    assert answers == [Answer(201, "第1次".encode(), {"ETag": '"1"'})] * 20


def test_a_twin_waits_for_the_first_answer(office: Office) -> None:
    claimed, inside, go = claim(office), Event(), Event()

    def slow() -> Answer:
        inside.set()
        go.wait(5)
        return counted()

    def first() -> Answer:
        with office.app.app_context():
            return once(claimed, slow, desk=office.desk, now=MONDAY_9AM)

    def twin() -> Answer:
        with office.app.app_context():
            inside.wait(5)
            return ask(office, claimed)

    with ThreadPoolExecutor(2) as senders:
        answers = [senders.submit(first), senders.submit(twin)]
        inside.wait(5)
        go.set()
        assert answers[0].result() == answers[1].result()


@pytest.mark.deep  # as long as a lock is waited for
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite queues every write
def test_a_twin_does_not_wait_for_ever(office: Office) -> None:
    claimed, inside, go = claim(office), Event(), Event()

    def slow() -> Answer:
        inside.set()
        go.wait(2 * TWIN_WAITS_S)
        return counted()

    def first() -> Answer:
        with office.app.app_context():
            return once(claimed, slow, desk=office.desk, now=MONDAY_9AM)

    with ThreadPoolExecutor(1) as sender, office.app.app_context():
        answer = sender.submit(first)
        inside.wait(5)
        try:
            with pytest.raises(KeyBusy):
                ask(office, claimed)
        finally:
            go.set()
        assert answer.result().status == 201
