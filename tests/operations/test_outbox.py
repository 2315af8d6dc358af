"""Delivery: once when all is well, again when it was refused, never silently lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import OutboxState
from models import OutboxMessage, db, transaction
from service.desk import Desk
from service.gateways.mail import NotDelivered
from service.operations import outbox
from service.operations.outbox import Delivered
from service.queries import job_run
from service.rules.outbox import Message

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Killed(BaseException):
    """The worker dies here."""


@dataclass
class Post:
    """A way out that does as it is told for each message, and keeps what it took."""

    sender: str = "zhoubao@fengqiao.test"
    refusals: list[BaseException | None] = field(default_factory=list)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    dies_after: bool = False
    meanwhile: Callable[[], object] = lambda: None

    def send(self, content: bytes, recipient: str) -> None:
        self.meanwhile()
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal
        self.taken.append((recipient, content))
        if self.dies_after:
            raise Killed


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        yield app.extensions["fengqiao"]


def promise(desk: Desk, *names: str) -> list[bool]:
    with transaction() as session:
        return [
            outbox.promise(
                session,
                Message(f"key:{name}", f"<{name}@fengqiao>", f"{name}@town.test", name.encode()),
                desk=desk,
                now=NOW,
            )
            for name in names
        ]


def deliver(post: Post, desk: Desk, now: datetime = NOW) -> Delivered:
    return outbox.deliver_due(post, desk=desk, clock=lambda: now)


def stored(name: str = "a") -> OutboxMessage:
    db.session.rollback()
    found = sa.select(OutboxMessage).where(OutboxMessage.dedupe_key == f"key:{name}")
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def test_what_was_promised_is_sent_once(desk: Desk) -> None:
    promise(desk, "a", "b")
    post = Post()
    assert deliver(post, desk) == Delivered(2, 0)
    assert deliver(post, desk, NOW + HOUR) == Delivered(0, 0)
    assert sorted(post.taken) == [("a@town.test", b"a"), ("b@town.test", b"b")]
    row = stored()
    assert (row.state, row.attempts, row.sent_at, row.maybe_duplicate) == (
        OutboxState.SENT,
        1,
        NOW,
        False,
    )


def test_a_second_promise_of_the_same_thing_is_none(desk: Desk) -> None:
    assert promise(desk, "a", "a", "b") == [True, False, True]


def test_what_is_rolled_back_is_never_sent(desk: Desk) -> None:
    def promise_and_die() -> None:
        with transaction():
            promise(desk, "a")
            raise Killed

    with pytest.raises(Killed):
        promise_and_die()
    post = Post()
    assert (deliver(post, desk), post.taken) == (Delivered(0, 0), [])


def test_a_message_put_off_is_sent_later_with_the_same_bytes(desk: Desk) -> None:
    promise(desk, "a")
    post = Post(refusals=[NotDelivered("RCPT: 451")])
    assert deliver(post, desk) == Delivered(0, 1)
    assert deliver(post, desk, NOW + 30 * timedelta(seconds=1)) == Delivered(0, 0)
    assert (stored().state, stored().last_error) == (OutboxState.NEW, "RCPT: 451")
    assert deliver(post, desk, NOW + MINUTE) == Delivered(1, 0)
    assert (post.taken, stored().last_error, stored().attempts) == (
        [("a@town.test", b"a")],
        None,
        2,
    )


def test_a_message_refused_for_good_is_dead_at_once_and_seen(desk: Desk) -> None:
    promise(desk, "a", "b")
    post = Post(refusals=[NotDelivered("RCPT: 550", final=True)])
    assert deliver(post, desk) == Delivered(1, 1)
    assert deliver(post, desk, NOW + 24 * HOUR) == Delivered(0, 0)
    assert job_run.outbox().dead == 1


def test_a_server_that_is_away_is_not_asked_for_every_message(desk: Desk) -> None:
    promise(desk, "a", "b", "c")
    post = Post(refusals=[NotDelivered("no answer", away=True)] * 3)
    assert deliver(post, desk) == Delivered(0, 1)
    assert len(post.refusals) == 2


def test_a_server_away_for_26_hours_costs_ten_more_minutes(desk: Desk) -> None:
    promise(desk, "a")
    back, now, post = NOW + 26 * HOUR, NOW, Post()
    while not post.taken:
        post.refusals = [NotDelivered("no answer", away=True)] if now < back else []
        deliver(post, desk, now)
        now += MINUTE
    assert now - back <= 12 * MINUTE
    assert stored().queued_at == NOW


def test_after_seven_days_a_message_is_given_up_unsent(desk: Desk) -> None:
    promise(desk, "a")
    post = Post()
    assert deliver(post, desk, NOW + timedelta(days=7)) == Delivered(0, 0)
    assert (stored().state, post.taken) == (OutboxState.DEAD, [])


@pytest.mark.parametrize("after_sending", [False, True])
def test_a_worker_killed_while_sending_is_followed_after_its_lease_with_the_same_bytes(
    after_sending: bool, desk: Desk
) -> None:
    promise(desk, "a")
    post = Post(refusals=[] if after_sending else [Killed()], dies_after=after_sending)
    with pytest.raises(Killed):
        deliver(post, desk)
    post.dies_after = False
    lease = desk.policy.outbox.lease
    assert deliver(post, desk, NOW + lease - timedelta(microseconds=1)) == Delivered(0, 0)
    assert deliver(post, desk, NOW + lease) == Delivered(1, 0)
    assert post.taken == [("a@town.test", b"a")] * (1 + after_sending)
    assert (stored().maybe_duplicate, job_run.outbox().maybe_duplicate) == (True, 1)


def test_a_line_that_broke_after_the_message_is_noted_as_a_possible_repeat(desk: Desk) -> None:
    promise(desk, "a")
    post = Post(refusals=[NotDelivered("broken off", away=True, unsure=True)])
    deliver(post, desk)
    deliver(post, desk, NOW + MINUTE)
    assert (stored().state, stored().maybe_duplicate) == (OutboxState.SENT, True)


def test_a_late_failure_does_not_take_the_message_from_its_new_owner(desk: Desk) -> None:
    promise(desk, "a")
    slow = Post(refusals=[NotDelivered("RCPT: 550", final=True)])
    slow.meanwhile = lambda: deliver(Post(), desk, NOW + HOUR)
    deliver(slow, desk)
    assert stored().state is OutboxState.SENT


def test_many_workers_at_once_send_each_message_once(app: Flask, desk: Desk) -> None:
    names = [f"r{n}" for n in range(12)]
    promise(desk, *names)
    post = Post()

    def work() -> None:
        with app.app_context():
            deliver(post, desk)

    _at_once(work, 4)
    assert sorted(recipient for recipient, _ in post.taken) == sorted(
        f"{name}@town.test" for name in names
    )


def _at_once(work: Callable[[], None], times: int) -> None:
    with ThreadPoolExecutor(times) as pool:
        for each in [pool.submit(work) for _ in range(times)]:
            each.result()
