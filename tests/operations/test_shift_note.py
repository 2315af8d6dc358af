"""The window is handed over with its counts, and taken over once, by somebody else."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from config.vocabulary import MaterialForm, MaterialState, Role
from models import Event, Material, ShiftNote, db, transaction
from service.errors import Conflict, Forbidden, NotFound
from service.operations import shift_note as operations
from service.queries import shift_note as queries
from service.rules.access import Actor
from tests.factories.consultation import asked
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM, MONDAY_10AM, TUESDAY_8AM
from tests.factories.office import Office
from tests.statements import plans

WORDS = "王小满下午两点再来，先别让他等"


@pytest.fixture
def colleague(office: Office) -> Actor:
    return office.actor(Role.WINDOW, name="second")


def hand_over(office: Office, words: str = WORDS) -> UUID:
    return operations.hand_over(words, actor=office.window, desk=office.desk, now=MONDAY_10AM)


def take(office: Office, note_id: UUID, actor: Actor) -> None:
    operations.take(note_id, actor=actor, desk=office.desk, now=TUESDAY_8AM)


@pytest.mark.usefixtures("inside")
def test_the_counts_are_those_of_the_moment_and_stay(office: Office) -> None:
    waits = registered(office)
    danger = registered(office, facts={"danger": True}, now=MONDAY_9AM + timedelta(minutes=1))
    yesterday = registered(office, now=MONDAY_9AM - timedelta(days=1))
    asked(office)
    paper = {
        "position": 0,
        "name": "借条",
        "form": MaterialForm.COPY,
        "state": MaterialState.WANTED,
    }
    with transaction() as session:
        session.add(Material(dispute_id=waits.id, **paper))
    note = hand_over(office)
    registered(office, now=MONDAY_10AM)
    view = queries.one(note, actor=office.window, desk=office.desk)
    assert view.counts == {
        "undispatched": 2,
        "earlier": 1,
        "urgent": 1,
        "materials": 1,
        "consultations": 1,
        "drafts": 0,
    }
    assert view.numbers == {
        "undispatched": [waits.row.number, danger.row.number],
        "earlier": [yesterday.row.number],
        "urgent": [danger.row.number],
        "materials": [waits.row.number],
    }


@pytest.mark.usefixtures("inside")
def test_what_came_in_elsewhere_takes_no_room_and_what_is_cut_is_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_OPEN", 2)
    danger = {"danger": True}
    old = registered(office, facts=danger, now=MONDAY_9AM - timedelta(days=1))
    for minute in range(3):
        other = office.actor(Role.WINDOW, "justice")
        registered(office, actor=other, now=MONDAY_9AM + timedelta(minutes=minute))

    def look() -> queries.OpenNow:
        return queries.open_now(actor=office.window, desk=office.desk, now=MONDAY_10AM)

    found = look()
    assert [each.id for each in found.urgent] == [old.id]
    assert (found.counts["earlier"], found.at_least) == (1, frozenset())
    for minute in range(2):
        registered(office, facts=danger, now=MONDAY_9AM + timedelta(minutes=minute))
    found = look()
    assert (found.counts["urgent"], found.counts["undispatched"], found.counts["earlier"]) == (
        2,
        2,
        0,
    )
    assert found.at_least == {"urgent", "materials", "earlier", "undispatched"}
    view = queries.one(hand_over(office), actor=office.window, desk=office.desk)
    assert (view.at_least, set(view.counts)) == (found.at_least, set(found.counts))


@pytest.mark.usefixtures("inside")
def test_a_restricted_dispute_is_counted_and_not_named(office: Office) -> None:
    registered(office, restricted=True)
    view = queries.one(hand_over(office), actor=office.window, desk=office.desk)
    assert (view.counts["undispatched"], view.numbers) == (1, {"undispatched": []})


@pytest.mark.usefixtures("inside")
def test_the_words_are_sealed(office: Office) -> None:
    note = hand_over(office)
    assert "王小满".encode() not in db.session.get_one(ShiftNote, note).words_sealed
    assert queries.one(note, actor=office.window, desk=office.desk).words == WORDS


@pytest.mark.usefixtures("inside")
def test_nothing_to_say_is_a_handover_too(office: Office) -> None:
    note = hand_over(office, "")
    assert queries.one(note, actor=office.window, desk=office.desk).words == ""


@pytest.mark.usefixtures("inside")
def test_a_colleague_takes_it_over_and_both_are_on_record(office: Office, colleague: Actor) -> None:
    note = hand_over(office)
    now = TUESDAY_8AM
    waited = queries.waiting_count(actor=colleague, now=now)
    take(office, note, colleague)
    view = queries.one(note, actor=colleague, desk=office.desk)
    assert (waited, queries.waiting_count(actor=colleague, now=now)) == (1, 0)
    assert (view.taken_by, view.taken_at, view.may_take) == (colleague.name, now, False)
    events = db.session.scalars(sa.select(Event).where(Event.subject_id == note).order_by(Event.id))
    assert [(event.action, event.actor_id) for event in events] == [
        ("hand_over", office.window.user_id),
        ("take", colleague.user_id),
    ]


@pytest.mark.usefixtures("inside")
def test_one_s_own_is_for_somebody_else(office: Office) -> None:
    note = hand_over(office)
    assert queries.waiting(actor=office.window, desk=office.desk, now=TUESDAY_8AM) == []
    with pytest.raises(Forbidden):
        take(office, note, office.window)


@pytest.mark.usefixtures("inside")
def test_who_comes_second_is_told_who_was_first(office: Office, colleague: Actor) -> None:
    note = hand_over(office)
    take(office, note, colleague)
    with pytest.raises(Conflict) as refusal:
        take(office, note, office.director)
    assert refusal.value.detail == f"这份交班已经由{colleague.name}接了"


@pytest.mark.usefixtures("inside")
def test_another_unit_does_not_learn_that_it_exists(office: Office) -> None:
    note, stranger = hand_over(office), office.actor(Role.WINDOW, "justice")
    assert queries.past(actor=stranger, desk=office.desk, now=TUESDAY_8AM) == []
    for look in (
        lambda: queries.one(note, actor=stranger, desk=office.desk),
        lambda: take(office, note, stranger),
    ):
        with pytest.raises(NotFound):
            look()


@pytest.mark.usefixtures("inside")
def test_a_mediator_hands_nothing_over(office: Office) -> None:
    with pytest.raises(Forbidden):
        operations.hand_over(WORDS, actor=office.mediator, desk=office.desk, now=MONDAY_10AM)


@pytest.mark.usefixtures("inside")
def test_a_note_nobody_took_is_no_news_after_a_week(office: Office, colleague: Actor) -> None:
    hand_over(office)
    later = MONDAY_10AM + timedelta(days=7)
    assert queries.waiting_count(actor=colleague, now=later) == 0
    assert len(queries.past(actor=colleague, desk=office.desk, now=later)) == 1


def test_of_several_at_once_one_takes_it(app: Flask, office: Office) -> None:
    with app.app_context():
        note = hand_over(office)
    people = [office.actor(Role.WINDOW, name=f"n{place}") for place in range(4)]

    def try_to(actor: Actor) -> bool:
        with app.app_context():
            try:
                take(office, note, actor)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_to, people)) == [False, False, False, True]


@pytest.mark.plans
def test_only_what_is_open_is_looked_at(app: Flask, office: Office) -> None:
    with app.app_context():
        registered(office)
        told = plans(
            lambda: queries.open_now(actor=office.window, desk=office.desk, now=MONDAY_10AM)
        )
    of_disputes = [plan for plan in told if "ix_dispute_status_newest" in plan]
    assert len(of_disputes) == 9  # what is cut, four counts, and the rows behind each
    whole = re.compile(r"SCAN dispute(?! USING)|Seq Scan on dispute\b|INDEX ix_dispute_regist")
    assert [plan for plan in of_disputes if whole.search(plan)] == []
