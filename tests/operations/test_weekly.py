"""A published week never changes; its letter goes to each subscriber once."""

import email
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.policy import default
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import DisputeStatus, Outcome, Role
from models import (
    Dispute,
    Episode,
    Event,
    OutboxMessage,
    Subscription,
    User,
    UserRole,
    db,
    transaction,
)
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import weekly as operations
from service.queries import figures, subscription
from service.queries import weekly as queries
from service.rules import access
from service.rules import weekly as rules
from service.rules.calendar import Week
from tests.factories.town import Stretch, Town

WEEK = Week(2026, 47)
TUESDAY = date(2026, 11, 17)
MONDAY_8AM = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FROM = "zhoubao@fengqiao.test"


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        yield app.extensions["fengqiao"]


@pytest.fixture
def town(desk: Desk) -> Town:
    return Town()


def publish(desk: Desk, week: Week = WEEK, now: datetime = MONDAY_8AM) -> queries.PublishedView:
    return operations.publish(week, actor=None, desk=desk, now=now)


def promised() -> list[OutboxMessage]:
    return list(db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.recipient)))


def test_publishing_again_gives_the_same_letter(town: Town, desk: Desk) -> None:
    town.dispute(Stretch(TUESDAY))
    first = publish(desk)
    town.dispute(Stretch(TUESDAY))
    assert publish(desk, now=MONDAY_8AM + DAY) == first
    assert first.body["total"]["received"] == 1


def test_the_hash_is_of_the_canonical_body_as_it_is_read_back(town: Town, desk: Desk) -> None:
    town.dispute(Stretch(TUESDAY, TUESDAY, Outcome.AGREED))
    for outcome in (Outcome.NOT_AGREED, Outcome.TERMINATED):
        town.dispute(Stretch(TUESDAY, TUESDAY, outcome))
    stored = publish(desk)
    assert stored.body["total"]["success"]["value"] == 1 / 3
    assert hashlib.sha256(operations.canonical(stored.body)).hexdigest() == stored.sha256


def test_no_later_edit_changes_what_was_published(town: Town, desk: Desk) -> None:
    ids = [town.dispute(Stretch(TUESDAY)) for _ in range(4)]
    before = operations.canonical(publish(desk).body)
    with transaction() as session:
        session.execute(sa.delete(Episode).where(Episode.dispute_id == ids[0]))
        session.execute(sa.update(Dispute).where(Dispute.id == ids[1]).values(category="family"))
        session.execute(
            sa.update(Episode)
            .where(Episode.dispute_id == ids[2])
            .values(closed_on=TUESDAY, outcome=Outcome.AGREED)
        )
        mistaken = {"outcome": Outcome.MISTAKEN, "closed_on": TUESDAY}
        session.execute(
            sa.update(Dispute)
            .where(Dispute.id == ids[3])
            .values(status=DisputeStatus.CLOSED, **mistaken)
        )
    assert operations.canonical(publish(desk).body) == before


def test_the_page_of_a_published_week_shows_it_and_says_what_changed_since(
    town: Town, desk: Desk
) -> None:
    town.dispute(Stretch(TUESDAY))
    publish(desk)
    town.dispute(Stretch(TUESDAY))
    leader = access.scope(town.user(Role.LEADER), "metric.read", desk.policy.access)
    shown = queries.overview(WEEK, scope=leader, desk=desk, now=MONDAY_8AM + DAY)
    assert shown.figures.flow.received == 1
    assert [(c.label, c.published, c.now) for c in shown.corrections] == [
        ("受理", 1, 2),
        ("在办", 1, 2),
    ]


def test_the_page_of_a_running_week_is_not_published_and_has_twelve_weeks_behind_it(
    town: Town, desk: Desk
) -> None:
    town.dispute(Stretch(TUESDAY, TUESDAY + DAY, Outcome.AGREED))
    town.dispute(Stretch(TUESDAY - 77 * DAY), due_on=TUESDAY - DAY)
    town.dispute(Stretch(TUESDAY - 84 * DAY))
    leader = access.scope(town.user(Role.LEADER), "metric.read", desk.policy.access)
    now = datetime(2026, 11, 19, 4, 0, tzinfo=UTC)
    shown = queries.overview(WEEK, scope=leader, desk=desk, now=now)
    assert (shown.published, shown.is_over, shown.is_own_unit) == (None, False, False)
    assert [(point.received, point.closed) for point in shown.trend] == [
        (1, 0),
        *[(0, 0)] * 10,
        (1, 1),
    ]
    assert str(shown.trend[0].week) == "2026-W36"
    assert len(shown.overdue) == shown.figures.overdue == 1


def test_a_unit_s_page_shows_its_own_figures_and_no_letter_of_the_town(
    town: Town, desk: Desk
) -> None:
    town.dispute(Stretch(TUESDAY), organisation=town.station)
    town.dispute(Stretch(TUESDAY), organisation=town.committee)
    publish(desk)
    liaison = town.user(Role.LIAISON, town.station)
    scope = access.scope(liaison, "metric.read", desk.policy.access)
    shown = queries.overview(WEEK, scope=scope, desk=desk, now=MONDAY_8AM)
    assert (shown.figures.flow.received, shown.published, shown.is_own_unit) == (1, None, True)


def test_what_the_week_before_gained_after_its_letter_is_told(town: Town, desk: Desk) -> None:
    publish(desk, WEEK.previous(), MONDAY_8AM - 7 * DAY)
    town.dispute(Stretch(TUESDAY - 7 * DAY, TUESDAY - 7 * DAY, Outcome.AGREED))
    before = publish(desk).figures.before
    assert (before.late_received, before.late_closed) == (1, 1)


def test_a_week_that_still_runs_is_not_published(town: Town, desk: Desk) -> None:
    director = town.user(Role.DIRECTOR)
    sunday = datetime(2026, 11, 22, 15, 59, 59, 999_999, tzinfo=UTC)
    with pytest.raises(Conflict):
        operations.publish(WEEK, actor=director, desk=desk, now=sunday)
    midnight = sunday + timedelta(microseconds=1)
    assert operations.publish(WEEK, actor=director, desk=desk, now=midnight).revision == 1


def test_only_a_director_publishes(town: Town, desk: Desk) -> None:
    with pytest.raises(Forbidden):
        operations.publish(WEEK, actor=town.user(Role.LEADER), desk=desk, now=MONDAY_8AM)


@pytest.mark.usefixtures("town")
def test_publishing_is_one_event_however_often_it_is_asked(desk: Desk) -> None:
    publish(desk)
    publish(desk)
    events = db.session.scalars(sa.select(Event.action).where(Event.subject == "weekly")).all()
    assert list(events) == ["publish"]


@pytest.mark.usefixtures("town")
def test_many_who_publish_at_once_get_one_letter(app: Flask, desk: Desk) -> None:
    together = Barrier(4)

    def once() -> str:
        with app.app_context():
            together.wait()
            return publish(desk).sha256

    with ThreadPoolExecutor(4) as pool:
        hashes = {each.result() for each in [pool.submit(once) for _ in range(4)]}
    assert len(hashes) == len(queries.revisions(WEEK)) == 1


def test_each_subscriber_is_promised_one_letter_with_an_id_that_stays(
    town: Town, desk: Desk
) -> None:
    for address in ("a@town.test", "B@town.test"):
        town.subscriber(address)
    assert operations.send(WEEK, sender=FROM, desk=desk, now=MONDAY_8AM) == 2
    ids = [message.message_id for message in promised()]
    assert operations.send(WEEK, sender=FROM, desk=desk, now=MONDAY_8AM + DAY) == 0
    assert [message.message_id for message in promised()] == ids
    reader = hashlib.sha256(b"b@town.test").hexdigest()[:16]
    assert f"<weekly-2026-W47.{reader}@fengqiao>" in ids


def test_the_letter_is_a_page_the_same_in_text_and_a_workbook(town: Town, desk: Desk) -> None:
    town.subscriber("a@town.test")
    town.dispute(Stretch(TUESDAY))
    operations.send(WEEK, sender=FROM, desk=desk, now=MONDAY_8AM)
    (message,) = promised()
    mail = email.message_from_bytes(message.content, policy=default)
    assert mail["Subject"] == "2026 年第 47 周周报：受理 1 件，办结 0 件"
    assert (mail["To"], mail["Message-ID"]) == ("a@town.test", message.message_id)
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
    page = mail.get_body(("html",))
    assert page is not None
    assert "本周受理 <strong>1</strong> 件" in page.get_content()


def test_no_party_is_in_a_letter(town: Town, desk: Desk) -> None:
    town.subscriber("a@town.test")
    town.dispute(Stretch(TUESDAY), village="柳东村", office_text="赵小满经办")
    body = rules.as_body(figures.measure(WEEK, scope=None, desk=desk, now=MONDAY_8AM))
    told = str(body)
    assert [word for word in ("院墙", "柳东村", "赵小满", "LXZ-") if word in told] == []


def test_an_empty_week_is_a_letter_too(town: Town, desk: Desk) -> None:
    town.subscriber("a@town.test")
    operations.send(WEEK, sender=FROM, desk=desk, now=MONDAY_8AM)
    (message,) = promised()
    mail = email.message_from_bytes(message.content, policy=default)
    assert mail["Subject"] == "2026 年第 47 周周报：本周无变化"


def test_letter_and_promises_are_written_together_or_not_at_all(town: Town, desk: Desk) -> None:
    town.subscriber("a@town.test")

    def send_and_fail() -> None:
        with transaction():
            operations.send(WEEK, sender=FROM, desk=desk, now=MONDAY_8AM)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        send_and_fail()
    assert (promised(), queries.published(WEEK)) == ([], None)


def test_who_left_or_may_no_longer_read_gets_no_letter(town: Town, desk: Desk) -> None:
    left, demoted, _ = (town.subscriber(f"{name}@town.test") for name in ("l", "d", "s"))
    with transaction() as session:
        session.get_one(User, left.user_id).active = False
        session.execute(sa.delete(UserRole).where(UserRole.user_id == demoted.user_id))
    assert subscription.addresses(desk) == ["s@town.test"]


def test_two_orders_to_one_address_are_one_letter(town: Town, desk: Desk) -> None:
    town.subscriber("office@town.test")
    town.subscriber("OFFICE@town.test")
    assert len(subscription.addresses(desk)) == 1


def test_an_order_is_made_renewed_and_ended(town: Town, desk: Desk) -> None:
    director, leader = town.user(Role.DIRECTOR), town.user(Role.LEADER, email="x@town.test")
    made = operations.subscribe(leader.user_id, None, actor=director, desk=desk, now=MONDAY_8AM)
    assert subscription.addresses(desk) == ["x@town.test"]
    operations.unsubscribe(made, actor=director, desk=desk, now=MONDAY_8AM)
    assert subscription.addresses(desk) == []
    again = operations.subscribe(
        leader.user_id, "y@town.test", actor=director, desk=desk, now=MONDAY_8AM
    )
    assert (again, subscription.addresses(desk)) == (made, ["y@town.test"])


def test_an_order_is_refused_at_the_field_that_is_wrong(town: Town, desk: Desk) -> None:
    director = town.user(Role.DIRECTOR)
    window, leader = town.user(Role.WINDOW), town.user(Role.LEADER)
    for user_id, field in ((window.user_id, "user"), (leader.user_id, "email")):
        with pytest.raises(Invalid) as refusal:
            operations.subscribe(user_id, None, actor=director, desk=desk, now=MONDAY_8AM)
        assert list(refusal.value.fields) == [field]


def test_a_leader_sees_their_own_order_and_a_director_every_one(town: Town, desk: Desk) -> None:
    leader = town.subscriber("a@town.test")
    town.subscriber("b@town.test")
    assert [each.email for each in subscription.visible_to(leader, desk)] == ["a@town.test"]
    assert len(subscription.visible_to(town.user(Role.DIRECTOR), desk)) == 2
    with pytest.raises(Forbidden):
        subscription.visible_to(town.user(Role.WINDOW), desk)


def test_only_a_director_ends_an_order_and_only_once(town: Town, desk: Desk) -> None:
    leader = town.subscriber("a@town.test")
    order = db.session.scalars(sa.select(Subscription.id)).one()
    with pytest.raises(Forbidden):
        operations.unsubscribe(order, actor=leader, desk=desk, now=MONDAY_8AM)
    director = town.user(Role.DIRECTOR)
    operations.unsubscribe(order, actor=director, desk=desk, now=MONDAY_8AM)
    with pytest.raises(NotFound):
        operations.unsubscribe(order, actor=director, desk=desk, now=MONDAY_8AM)
