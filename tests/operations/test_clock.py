"""Clocks on disputes: what starts, meets and ends them, and what the dispute's row says of them."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import ClockEnd, ClockKind, Step
from models import Clock, db, transaction
from service.operations import clock as operations
from service.operations import correction
from tests.factories.clock import PAUSE, asked, clock_of, clocks, decided, entered
from tests.factories.dispute import AGREED_ORALLY, Handling, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, TUESDAY, TUESDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
BENEFIT: dict[str, Any] = {
    "category": "social_security",
    "facts": {
        "government_party": "respondent",
        "administrative_act": "benefit_decision",
        "deciding_organ": "civil_affairs",
        "learnt_on": "2026-09-18",
        "told_of_rights": True,
    },
}


CONSUMER: dict[str, Any] = {
    "category": "consumer",
    "facts": {"consumption": "living", "applied_on": "2026-11-02"},
}


def told(handling: Handling) -> tuple[Any, ...]:
    """What the row says of its due date."""
    row = handling.row
    return row.due_rule, row.due_on, row.due_provisional, row.due_paused


def ends(handling: Handling) -> dict[str, ClockEnd | None]:
    """How each of its clocks ended."""
    return {rule: each.ended for rule, each in clocks(handling, running=False).items()}


def test_what_is_registered_is_promised_to_be_sent_on_in_a_working_day(office: Office) -> None:
    handling = registered(office)
    clock = clock_of(handling, "SLA.DISPATCH")
    assert (clock.start_on, clock.due_on, clock.episode) == (MONDAY, TUESDAY, 1)
    assert told(handling) == (None, None, False, False)
    assert handling.row.version == 1


def test_each_step_meets_its_clock_and_starts_the_next(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    assert set(clocks(handling)) == {"SLA.ACCEPT"}
    handling.take(Step.ACCEPT)
    assert set(clocks(handling)) == {"PM.DEFAULT", "SLA.CONTACT"}
    assert told(handling) == ("PM.DEFAULT", date(2026, 12, 2), False, False)
    handling.take(Step.START)
    assert set(clocks(handling)) == {"PM.DEFAULT"}
    handling.take(Step.AGREE, AGREED_ORALLY)
    assert told(handling) == (None, None, False, False)
    assert ends(handling) == {
        "SLA.DISPATCH": ClockEnd.MET,
        "SLA.ACCEPT": ClockEnd.MET,
        "SLA.CONTACT": ClockEnd.MET,
        "PM.DEFAULT": ClockEnd.MET,
        "JC.APPLY": None,
    }


def test_the_parties_have_thirty_days_to_ask_the_court_to_confirm(office: Office) -> None:
    handling = registered(office)
    for step, body in (
        (Step.DISPATCH, {}),
        (Step.ACCEPT, {}),
        (Step.START, {}),
        (Step.AGREE, AGREED_ORALLY),
        (Step.CLOSE, {"outcome": "agreed"}),
    ):
        handling.take(step, body)
    assert (handling.row.remedy_rule, handling.row.remedy_on) == ("JC.APPLY", date(2026, 12, 2))
    assert set(clocks(handling)) == {"JC.APPLY"}


@pytest.mark.parametrize(
    ("step", "body", "end"),
    [
        (Step.WITHDRAW, {"reason": "和好了"}, ClockEnd.WITHDRAWN),
        (Step.TERMINATE, {"reason": "一方不再来"}, ClockEnd.CLOSED),
        (Step.CLOSE, {"outcome": "guided"}, ClockEnd.CLOSED),
        (Step.VOID, {"reason": "登记重复"}, ClockEnd.MISTAKEN),
    ],
)
def test_what_is_over_has_no_running_clock(
    office: Office, step: Step, body: dict[str, Any], end: ClockEnd
) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    handling.take(Step.ACCEPT)
    handling.take(step, body, actor=None if step is not Step.VOID else office.director)
    assert [each for each in clocks(handling).values() if each.kind is not ClockKind.REMEDY] == []
    assert ends(handling)["PM.DEFAULT"] is end
    assert told(handling) == (None, None, False, False)


def test_what_is_reopened_gets_new_clocks_when_it_is_sent_on_again(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    handling.take(Step.ACCEPT)
    handling.take(Step.CLOSE, {"outcome": "guided"})
    handling.take(Step.REOPEN, {"reason": "又起争执"}, now=TUESDAY_9AM)
    assert clocks(handling) == {}
    handling.take(Step.DISPATCH, now=TUESDAY_9AM)
    handling.take(Step.ACCEPT, now=TUESDAY_9AM)
    clock = clock_of(handling)
    assert (clock.episode, clock.start_on, clock.due_on) == (2, TUESDAY, date(2026, 12, 3))
    assert told(handling) == ("PM.DEFAULT", date(2026, 12, 3), False, False)


def test_the_review_that_runs_out_tomorrow_stands_on_the_row(office: Office) -> None:
    # 案例 C10: the decision was known on 18 September; asked on 16 November
    on = datetime.fromisoformat("2026-11-16T01:00:00+00:00")
    handling = registered(office, now=on, **BENEFIT)
    assert (handling.row.remedy_rule, handling.row.remedy_on) == ("REC.APPLY", date(2026, 11, 17))
    remedies = {r: c.due_on for r, c in clocks(handling).items() if c.kind is ClockKind.REMEDY}
    assert remedies == {"REC.APPLY": date(2026, 11, 17), "LIT.SUE": date(2027, 3, 18)}


def test_a_corrected_fact_replaces_the_term_that_followed_from_it(office: Office) -> None:
    handling = registered(office, **BENEFIT)
    first = clock_of(handling, "REC.APPLY").id
    facts = BENEFIT["facts"] | {"learnt_on": "2026-10-18"}
    correction.correct(
        handling.id,
        {"facts": facts},
        version=1,
        actor=office.window,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    clock = clock_of(handling, "REC.APPLY")
    assert (clock.start_on, clock.due_on) == (date(2026, 10, 18), date(2026, 12, 17))
    assert db.session.get_one(Clock, first).ended is ClockEnd.REPLACED
    assert handling.row.remedy_on == date(2026, 12, 17)
    assert handling.row.version == 2


def test_the_laws_term_to_accept_goes_on_when_a_unit_hands_it_back(office: Office) -> None:
    handling = registered(office, **CONSUMER)
    first = clock_of(handling, "CONS.ACCEPT")
    place, due_on = first.id, first.due_on
    handling.take(Step.DISPATCH, {"reason": "先由调委会了解"})
    handling.take(Step.RETURN, {"reason": "不属于本单位"}, now=TUESDAY_9AM)
    again = clock_of(handling, "CONS.ACCEPT")
    assert (again.id, again.due_on) == (place, due_on)
    assert told(handling) == ("CONS.ACCEPT", due_on, False, False)
    assert "SLA.ACCEPT" not in clocks(handling)  # that was the unit's
    handling.take(Step.DISPATCH, {"reason": "先由调委会了解"}, now=TUESDAY_9AM)
    handling.take(Step.ACCEPT, now=TUESDAY_9AM)
    assert ends(handling)["CONS.ACCEPT"] is ClockEnd.MET


def test_the_laws_term_binds_whoever_mediates_a_medical_dispute(office: Office) -> None:
    handling = registered(office, category="medical")
    handling.take(Step.DISPATCH, {"reason": "医调委换届，先由镇调委会调解"})
    handling.take(Step.ACCEPT)
    assert told(handling) == ("MEDI.PM", date(2026, 12, 14), False, False)


def test_what_a_unit_hands_back_is_to_be_dispatched_anew_in_time(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    assert set(clocks(handling)) == {"SLA.ACCEPT"}
    handling.take(Step.RETURN, {"reason": "不属于本单位"}, now=TUESDAY_9AM)
    assert set(clocks(handling)) == {"SLA.DISPATCH"}
    anew = clock_of(handling, "SLA.DISPATCH")
    assert (anew.start_on, anew.due_on) == (TUESDAY, date(2026, 11, 4))
    assert told(handling) == (None, None, False, False)
    handling.take(Step.DISPATCH, now=TUESDAY_9AM)
    assert set(clocks(handling)) == {"SLA.ACCEPT"}
    handling.take(Step.ACCEPT, now=TUESDAY_9AM)
    handling.take(Step.RETURN, {"reason": "不属于本单位"}, now=TUESDAY_9AM)
    assert set(clocks(handling)) == {"SLA.DISPATCH"}
    assert ends(handling)["PM.DEFAULT"] is ClockEnd.RETURNED


def test_what_was_accepted_gets_no_term_to_accept_by_a_correction(office: Office) -> None:
    handling = registered(office, **CONSUMER)
    handling.take(Step.DISPATCH, {"reason": "先由调委会了解"})
    handling.take(Step.ACCEPT)
    correction.correct(
        handling.id,
        {"facts": CONSUMER["facts"] | {"applied_on": "2026-10-30"}},
        version=handling.row.version,
        actor=office.mediator,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    assert "CONS.ACCEPT" not in clocks(handling)
    assert ends(handling)["CONS.ACCEPT"] is ClockEnd.MET


def test_a_remedy_that_was_used_does_not_come_back_with_the_reopening(office: Office) -> None:
    handling = registered(office, **BENEFIT)
    stopped(handling, "REC.APPLY", ClockEnd.MET)
    handling.take(Step.CLOSE, {"outcome": "guided"}, actor=office.director)
    assert set(clocks(handling)) == {"LIT.SUE"}
    handling.take(Step.REOPEN, {"reason": "又来"})
    assert set(clocks(handling)) == {"LIT.SUE"}


def stopped(handling: Handling, rule: str, end: ClockEnd, on: date | None = None) -> None:
    """The director says that it was met."""
    from service.operations import clock_entry  # noqa: PLC0415 -- used here only

    clock_entry.stop(
        handling.id,
        clock_of(handling, rule).id,
        end,
        on,
        version=handling.row.version,
        actor=handling.office.director,
        desk=handling.office.desk,
        now=MONDAY_9AM,
    )


def test_a_date_another_office_wrote_down_binds_when_it_is_nearer(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    handling.take(Step.ACCEPT)
    entered(handling, rule="OUT.12345", due_on=date(2026, 11, 10))
    assert told(handling) == ("OUT.12345", date(2026, 11, 10), False, False)
    stopped(handling, "OUT.12345", ClockEnd.MET)
    assert told(handling) == ("PM.DEFAULT", date(2026, 12, 2), False, False)


def test_a_paused_term_leaves_the_row_to_what_still_runs(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    handling.take(Step.ACCEPT)
    entered(handling, rule="OUT.12345", due_on=date(2026, 12, 30))
    decided(handling, asked(handling, PAUSE))
    assert told(handling) == ("OUT.12345", date(2026, 12, 30), False, False)
    stopped(handling, "OUT.12345", ClockEnd.REPLACED)
    assert told(handling) == ("PM.DEFAULT", date(2026, 12, 2), False, True)


def test_settling_again_changes_nothing(office: Office) -> None:
    handling = registered(office, **BENEFIT)
    handling.take(Step.DISPATCH, {"reason": "先调一下"})
    before = told(handling), handling.row.version, clock_of(handling, "LIT.SUE").next_step_at
    with transaction() as session:
        operations.settle(session, handling.row, desk=office.desk, now=MONDAY_9AM)
    after = told(handling), handling.row.version, clock_of(handling, "LIT.SUE").next_step_at
    assert after == before


def test_every_running_clock_knows_when_its_ladder_is_looked_at_next(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.DISPATCH)
    handling.take(Step.ACCEPT)
    half = clock_of(handling).next_step_at
    assert half is not None
    assert MONDAY_9AM < half < MONDAY_9AM + timedelta(days=30)
    decided(handling, asked(handling, PAUSE))
    assert clock_of(handling).next_step_at is None


def test_clocks_that_stopped_warn_nobody(office: Office) -> None:
    handling = registered(office)
    handling.take(Step.VOID, {"reason": "登记重复"})
    stopped_ = sa.select(Clock).where(Clock.dispute_id == handling.id)
    assert [each.next_step_at for each in db.session.scalars(stopped_)] == [None]
