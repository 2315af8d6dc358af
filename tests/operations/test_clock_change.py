"""Pauses and extensions: asked for by one, granted by another; the date follows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import ClockChangeState, ClockEnd, NoticeKind, Role, Step
from models import Clock, Event, Notice, db
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale, StepNotAllowed
from service.operations import clock_change as changes
from service.operations import clock_entry as entries
from service.queries import clock as queries
from service.queries import clock_change as change_queries
from service.queries import clock_own
from tests.factories.clock import (
    EXTEND,
    PAUSE,
    WORDS,
    asked,
    change_row,
    clock_of,
    clocks,
    decided,
    entered,
    resumed,
)
from tests.factories.dispute import AGREED_ORALLY, Handling, let_in, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, NEXT_MONDAY_9AM, TUESDAY, TUESDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = ClockChangeState


@pytest.fixture
def accepted(office: Office) -> Handling:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    handling.take(Step.ACCEPT)
    return handling


def test_paused_days_do_not_count(accepted: Handling) -> None:
    change = asked(accepted, PAUSE)
    assert change_row(change).state is S.ASKED
    assert accepted.row.due_paused is False
    decided(accepted, change)
    clock, row = clock_of(accepted), accepted.row
    assert (clock.paused_from, clock.due_on) == (MONDAY, date(2026, 12, 2))
    assert (row.due_on, row.due_paused) == (date(2026, 12, 2), True)
    resumed(accepted, now=NEXT_MONDAY_9AM)
    clock, row = clock_of(accepted), accepted.row
    assert (clock.paused_from, clock.due_on) == (None, date(2026, 12, 8))
    assert (row.due_on, row.due_paused) == (date(2026, 12, 8), False)
    kept = change_row(change)
    assert (kept.from_on, kept.until_on) == (MONDAY, date(2026, 11, 9))
    assert (kept.due_before, kept.due_after) == (date(2026, 12, 2), date(2026, 12, 8))


def test_an_extension_lengthens_the_whole_term(accepted: Handling) -> None:
    change = asked(accepted, EXTEND)
    decided(accepted, change)
    row = accepted.row
    # two months end on Saturday 2 January; 2027 is not published, so Monday is provisional 暂定
    assert (row.due_on, row.due_provisional) == (date(2027, 1, 4), True)
    kept = change_row(change)
    assert (kept.due_before, kept.due_after) == (date(2026, 12, 2), date(2027, 1, 4))


def test_it_is_extended_so_often_as_its_rule_says(accepted: Handling) -> None:
    decided(accepted, asked(accepted, EXTEND))
    with pytest.raises(StepNotAllowed, match="最多延长1次"):
        asked(accepted, EXTEND)


def test_nobody_grants_what_they_asked_for(office: Office) -> None:
    both = office.somebody("both", {Role.MEDIATOR, Role.DIRECTOR}, "committee")
    handling = registered(office)
    handling.take(Step.DISPATCH, {"mediator": str(both.user_id)})
    handling.take(Step.ACCEPT, actor=both)
    change = asked(handling, actor=both)
    with pytest.raises(Forbidden, match="不能自己批准"):
        decided(handling, change, actor=both)
    decided(handling, change)


def test_a_liaison_of_the_unit_may_decide_and_one_of_another_may_not(
    accepted: Handling, office: Office
) -> None:
    change = asked(accepted)
    with pytest.raises(NotFound):
        decided(accepted, change, actor=office.actor(Role.LIAISON, "station"))
    decided(accepted, change, actor=office.liaison)
    assert change_row(change).decided_by == office.liaison.user_id


def test_a_refusal_says_why_and_changes_nothing(accepted: Handling) -> None:
    change = asked(accepted)
    with pytest.raises(Invalid) as refused:
        decided(accepted, change, granted=False)
    assert refused.value.fields == {"words": ["不同意请写明理由"]}
    decided(accepted, change, granted=False, words="材料不够")
    assert change_row(change).state is S.REFUSED
    assert (clock_of(accepted).paused_from, accepted.row.due_paused) == (None, False)
    with pytest.raises(Conflict):
        decided(accepted, change)


def test_who_asked_may_drop_it_and_nobody_else(accepted: Handling, office: Office) -> None:
    change = asked(accepted)
    clock = clock_of(accepted)

    def drop(actor: object) -> None:
        changes.drop(
            accepted.id,
            clock.id,
            change,
            version=accepted.row.version,
            actor=actor,  # type: ignore[arg-type]  # an Actor in every call
            desk=office.desk,
            now=MONDAY_9AM,
        )

    with pytest.raises(Forbidden):
        drop(office.director)
    drop(office.mediator)
    assert (change_row(change).state, change_row(change).decided_by) == (S.DROPPED, None)


def test_who_asked_in_time_loses_nothing_by_a_late_answer(accepted: Handling) -> None:
    last = datetime(2026, 12, 2, 1, tzinfo=UTC)
    change = asked(accepted, EXTEND, now=last)
    decided(accepted, change, now=datetime(2026, 12, 4, 1, tzinfo=UTC))
    assert accepted.row.due_on == date(2027, 1, 4)


def test_what_has_run_out_is_not_paused_any_more(accepted: Handling) -> None:
    with pytest.raises(StepNotAllowed, match="已经届满"):
        asked(accepted, now=datetime(2026, 12, 3, 1, tzinfo=UTC))


def test_what_stops_takes_what_was_asked_with_it(accepted: Handling) -> None:
    change = asked(accepted)
    accepted.take(Step.START)
    accepted.take(Step.AGREE, AGREED_ORALLY)
    assert change_row(change).state is S.DROPPED
    with pytest.raises(Conflict, match="停止"):
        decided(accepted, change)
    waits = sa.select(Notice.id).where(
        Notice.kind == NoticeKind.CLOCK_ASKED, Notice.read_at.is_(None)
    )
    assert db.session.scalars(waits).all() == []  # nobody is asked for it any longer


def test_of_two_that_wait_the_one_that_is_decided_is_asked_for_no_longer(
    accepted: Handling,
) -> None:
    first, second = asked(accepted), asked(accepted, EXTEND)
    decided(accepted, first, granted=False, words="还不用")
    waits = sa.select(Notice.cause).where(
        Notice.kind == NoticeKind.CLOCK_ASKED, Notice.read_at.is_(None)
    )
    assert {each.split(":")[1] for each in db.session.scalars(waits)} == {str(second)}


def test_what_was_closed_in_a_pause_was_closed_in_time(accepted: Handling) -> None:
    decided(accepted, asked(accepted))
    later = datetime(2026, 12, 15, 1, tzinfo=UTC)
    accepted.take(Step.TERMINATE, {"reason": "一方不再来"}, now=later)
    clock = db.session.scalars(sa.select(Clock).where(Clock.rule == "PM.DEFAULT")).one()
    assert (clock.ended, clock.stopped_on) == (ClockEnd.CLOSED, date(2026, 12, 15))
    assert clock.due_on == date(2027, 1, 13)


def test_a_version_that_is_gone_is_refused(accepted: Handling, office: Office) -> None:
    with pytest.raises(Stale):
        changes.ask(
            accepted.id,
            clock_of(accepted).id,
            changes.Wish(kind=PAUSE, ground="appraisal", words=WORDS),
            version=accepted.row.version - 1,
            actor=office.mediator,
            desk=office.desk,
            now=MONDAY_9AM,
        )


def test_every_deed_is_one_version_and_one_event(accepted: Handling) -> None:
    before = accepted.row.version
    change = asked(accepted)
    decided(accepted, change)
    resumed(accepted, now=TUESDAY_9AM)
    assert accepted.row.version == before + 3
    deeds = sa.select(Event.action).where(Event.subject_id == accepted.id).order_by(Event.id)
    assert list(db.session.scalars(deeds))[-3:] == ["clock-ask", "clock-decide", "clock-resume"]


def test_a_term_that_steps_meet_is_stopped_by_no_hand(accepted: Handling, office: Office) -> None:
    with pytest.raises(Conflict):
        entries.stop(
            accepted.id,
            clock_of(accepted).id,
            ClockEnd.MET,
            version=accepted.row.version,
            actor=office.director,
            desk=office.desk,
            now=MONDAY_9AM,
        )


def test_an_entry_says_what_is_missing_at_its_field(accepted: Handling) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "rule": {"rule": "SLA.ACCEPT", "start_on": MONDAY},
        "due_on": {"rule": "OUT.STATED"},
        "start_on": {"rule": "REC.APPLY", "start_on": TUESDAY},
        "start_at": {"rule": "DV.ORDER"},
    }
    for field, entry in wrong.items():
        with pytest.raises(Invalid) as refused:
            entered(accepted, **entry)
        assert list(refused.value.fields) == [field]
    entered(accepted, rule="REC.APPLY", start_on=MONDAY)
    with pytest.raises(Conflict):
        entered(accepted, rule="REC.APPLY", start_on=MONDAY)


def test_hours_run_from_an_instant_to_an_instant(accepted: Handling) -> None:
    entered(accepted, rule="SEC.TRANSFER", start_at=MONDAY_9AM)
    clock = clock_of(accepted, "SEC.TRANSFER")
    assert (clock.due_at, clock.due_on) == (TUESDAY_9AM, TUESDAY)


def test_who_may_grant_is_told_and_then_who_asked(accepted: Handling, office: Office) -> None:
    people = {office.director.user_id, office.liaison.user_id}
    change = asked(accepted)
    told = sa.select(Notice).where(Notice.kind == NoticeKind.CLOCK_ASKED)
    assert {each.user_id for each in db.session.scalars(told)} == people
    decided(accepted, change)
    db.session.expire_all()
    assert [each.read_at is None for each in db.session.scalars(told)] == [False, False]
    answer = sa.select(Notice.user_id).where(Notice.kind == NoticeKind.CLOCK_DECIDED)
    assert list(db.session.scalars(answer)) == [office.mediator.user_id]


def test_what_waits_is_listed_for_who_may_grant_it(accepted: Handling, office: Office) -> None:
    asked(accepted)

    def waiting(who: object) -> list[str | None]:
        page = change_queries.waiting(
            actor=who,  # type: ignore[arg-type]  # an Actor in every call
            desk=office.desk,
            now=MONDAY_9AM,
        )
        return [each.change.words for each in page.items]

    assert waiting(office.director) == [WORDS]
    assert waiting(office.liaison) == [WORDS]
    assert waiting(office.actor(Role.LIAISON, "station")) == []


def test_of_a_restricted_one_the_director_grants_without_the_words(office: Office) -> None:
    handling = registered(office, restricted=True)
    let_in(handling, office.director)
    handling.take(Step.DISPATCH)
    handling.take(Step.ACCEPT)
    change = asked(handling)
    other = office.actor(Role.DIRECTOR, name="b")
    page = change_queries.waiting(actor=other, desk=office.desk, now=MONDAY_9AM)
    assert [(each.number, each.change.words) for each in page.items] == [
        (handling.row.number, None)
    ]
    view = queries.of_dispute(handling.id, actor=other, desk=office.desk, now=MONDAY_9AM)[0]
    assert (view.rule, [each.words for each in view.changes]) == ("SLA.CONTACT", [])
    decided(handling, change, actor=other)
    assert handling.row.due_paused is True


def test_the_own_terms_are_those_of_ones_own_disputes(accepted: Handling, office: Office) -> None:
    own = clock_own.own(office.mediator, desk=office.desk, now=MONDAY_9AM)
    assert [(each.name, each.due_on) for each in own] == [
        (clocks(accepted)["SLA.CONTACT"].made_under["name"], date(2026, 11, 4)),
        ("人民调解", date(2026, 12, 2)),
    ]
    assert clock_own.own(office.director, desk=office.desk, now=MONDAY_9AM) == []


def test_paused_is_not_overdue_in_the_view(accepted: Handling, office: Office) -> None:
    decided(accepted, asked(accepted))
    later = datetime(2027, 1, 20, 1, tzinfo=UTC)
    found = queries.of_dispute(accepted.id, actor=office.mediator, desk=office.desk, now=later)
    shown = {each.rule: (each.overdue, each.days_left) for each in found}
    assert shown["PM.DEFAULT"] == (False, None)
    assert shown["SLA.CONTACT"] == (True, -77)


def test_of_a_decision_and_a_step_at_once_one_is_told_that_it_came_late(
    accepted: Handling, office: Office
) -> None:
    change = asked(accepted)
    version, clock = accepted.row.version, clock_of(accepted).id
    db.session.remove()

    def decide() -> None:
        changes.decide(
            accepted.id,
            clock,
            change,
            changes.Decision(granted=True),
            version=version,
            actor=office.director,
            desk=office.desk,
            now=TUESDAY_9AM,
        )

    def close() -> None:
        accepted.take(Step.TERMINATE, {"reason": "一方不再来"}, version=version, now=TUESDAY_9AM)

    def run(deed: Callable[[], None]) -> str:
        with office.app.app_context():
            try:
                deed()
            except Stale:
                return "stale"
        return "done"

    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(run, [decide, close]))
    assert told == ["done", "stale"]
    state, stored = change_row(change).state, db.session.get_one(Clock, clock)
    if state is S.GRANTED:
        assert (stored.paused_from, stored.stopped_on) == (MONDAY, None)
    else:
        assert (state, stored.paused_from, stored.stopped_on) == (S.DROPPED, None, TUESDAY)
