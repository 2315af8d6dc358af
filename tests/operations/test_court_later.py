"""What a court sent stays due as it was promised, whatever else becomes of the dispute."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config.court import ConfirmationStep, CourtState
from config.vocabulary import DisputeStatus, Role, Source, Step
from models import Clock, db
from service.errors import Conflict, Invalid
from service.gateways.attachment import Store
from service.operations import confirmation as confirmations
from service.operations import correction
from service.operations import merge as merges
from tests.factories.court import WRITTEN, agreed, confirmed, prepared, received, reported, row
from tests.factories.dispute import Handling, registered
from tests.factories.handover import accepted, sent
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
OTHER = "（2026）内0525民诉前调13号"


def running(handling: Handling, rule: str) -> list[date]:
    found = sa.select(Clock.due_on).where(
        Clock.dispute_id == handling.id, Clock.stopped_at.is_(None), Clock.rule == rule
    )
    return sorted(db.session.scalars(found))


def days(count: int) -> datetime:
    return MONDAY_9AM + timedelta(days=count)


def test_each_letter_is_answered_within_three_working_days_of_its_own(office: Office) -> None:
    one = registered(office)
    first = received(one)
    second = received(one, now=days(2), received_on=date(2026, 11, 4), case_number=OTHER)
    assert (row(first).answer_by, row(second).answer_by) == (date(2026, 11, 5), date(2026, 11, 9))
    confirmed(one, first, now=days(2))
    assert running(one, "COURT.ACK") == [date(2026, 11, 9)]


def test_a_letter_that_came_before_it_was_registered_is_due_from_its_receipt(
    office: Office,
) -> None:
    facts = {"pending_at": "court_before_filing"}
    one = registered(office, source=Source.COURT_ASSIGNED, category="debt", facts=facts)
    made = received(one, received_on=date(2026, 10, 30))  # a Friday
    assert row(made).answer_by == date(2026, 11, 4)
    assert running(one, "COURT.ACK") == [date(2026, 11, 4)]


def test_that_the_unit_accepts_is_no_answer_to_the_court(office: Office) -> None:
    one = registered(office)
    received(one)
    one.until(S.ACCEPTED)
    assert running(one, "COURT.ACK") == [date(2026, 11, 5)]


def test_the_term_of_the_court_runs_from_our_confirmation_alone(office: Office) -> None:
    facts = {"pending_at": "court_before_filing", "pending_since": "2026-11-02"}
    one = registered(office, source=Source.COURT_ASSIGNED, category="debt", facts=facts)
    one.until(S.DISPATCHED)
    made = received(one)
    confirmed(one, made)
    one.take(Step.ACCEPT, now=days(2))
    assert running(one, "COURT.DELEG") == [row(made).due_on] == [date(2026, 12, 2)]


def test_another_unit_has_what_is_left_of_the_term_of_the_court(office: Office) -> None:
    one = registered(office).until(S.MEDIATING)
    made = received(one)
    confirmed(one, made)
    accepted(one, sent(one), actor=office.actor(Role.LIAISON, "station"), now=days(1))
    assert running(one, "COURT.DELEG") == [row(made).due_on] == [date(2026, 12, 2)]


def test_to_tell_the_court_of_one_does_not_end_the_term_of_another(office: Office) -> None:
    one = registered(office).until(S.MEDIATING)
    first = received(one)
    second = received(one, case_number=OTHER)
    confirmed(one, first)
    confirmed(one, second, now=days(1))
    one.take(Step.AGREE, WRITTEN)
    reported(one, first)
    assert row(second).state is CourtState.RUNNING


def test_what_the_court_sent_runs_on_in_the_dispute_that_remains(
    office: Office, tmp_path: Path
) -> None:
    into, gone = registered(office), registered(office).until(S.MEDIATING)
    waits, runs = received(gone), received(gone, case_number=OTHER)
    confirmed(gone, runs)
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}
    body = {"number": gone.row.number, "reason": "同一件事"}
    store = Store(tmp_path / "attachments")
    merge_id = merges.merge(into.id, body, version=into.row.version, store=store, **told)
    assert row(waits).dispute_id == row(runs).dispute_id == into.id
    assert running(into, "COURT.ACK") == [date(2026, 11, 5)]
    assert running(into, "COURT.DELEG") == [date(2026, 12, 2)]
    merges.undo(into.id, merge_id, "不是同一件", version=into.row.version, **told)
    assert (running(into, "COURT.ACK"), running(into, "COURT.DELEG")) == ([], [])
    assert running(gone, "COURT.ACK") == [date(2026, 11, 5)]
    assert running(gone, "COURT.DELEG") == [date(2026, 12, 2)]


def filed(handling: Handling, **changes: Any) -> None:
    body = {"on": MONDAY, "case_number": None, "reason": None}
    confirmations.take(
        handling.id,
        ConfirmationStep.FILE,
        body | changes,
        version=handling.row.version,
        actor=handling.office.director,
        desk=handling.office.desk,
        now=MONDAY_9AM,
    )


def test_an_agreement_that_no_longer_stands_is_not_brought_to_the_court(office: Office) -> None:
    one = agreed(office)
    prepared(one)
    one.take(Step.CLOSE, {"outcome": "agreed"})
    one.take(Step.REOPEN, {"reason": "对方不认协议"})
    with pytest.raises(Conflict, match="达成调解协议以后"):
        filed(one)


def test_what_was_performed_meanwhile_is_not_brought_to_the_court(office: Office) -> None:
    one = agreed(office)
    prepared(one)
    one.take(Step.PERFORM)
    with pytest.raises(Invalid) as refusal:
        filed(one)
    assert refusal.value.fields == {"": ["协议已经全部履行，不用申请司法确认"]}


def test_what_was_answered_is_not_due_again_because_something_is_corrected(office: Office) -> None:
    facts = {"pending_at": "court_before_filing"}
    one = registered(office, source=Source.COURT_ASSIGNED, category="debt", facts=facts)
    confirmed(one, received(one, received_on=date(2026, 10, 30)))
    changes = {"facts": facts | {"iou_only": True}}
    correction.correct(
        one.id,
        changes,
        version=one.row.version,
        actor=office.window,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    assert (running(one, "COURT.ACK"), running(one, "COURT.DELEG")) == ([], [date(2026, 12, 2)])
