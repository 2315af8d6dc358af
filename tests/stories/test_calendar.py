"""A year is signed while others work: nobody's date stays behind, and one signature counts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Event
from uuid import UUID

from flask import Flask

from jobs.registry import TIMETABLE
from jobs.runner import run_due
from models import Dispute, db, transaction
from service.errors import Conflict, Refusal, Stale
from service.operations import calendar as operations
from service.operations import clock as clocks
from service.queries import calendar as queries
from service.queries import sight
from service.rules.calendar import WorkCalendar
from tests.factories.calendar import drafted, due
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

PATIENCE = 20
SETTLING = [job for job in TIMETABLE if job.name == "settle-calendar"]
START = date(2026, 12, 25)


def begin(office: Office, dispute_id: UUID, calendar: WorkCalendar) -> UUID:
    """Start a clock with a calendar somebody held; inside a transaction."""
    then = replace(office.desk, calendars=lambda: calendar)
    with transaction() as session:
        dispute = session.get_one(Dispute, dispute_id)
        made = clocks.start(session, dispute, "MEDI.PM", start_on=START, desk=then, now=MONDAY_9AM)
        clocks.settle(session, dispute, desk=then, now=MONDAY_9AM)
        clocks.kept(
            session,
            dispute,
            "clock-enter",
            {"rule": "MEDI.PM"},
            actor=office.people["director-centre"],
            now=MONDAY_9AM,
        )
        return made.id


def sign(office: Office, draft_id: UUID) -> None:
    operations.sign(
        draft_id,
        version=queries.one(draft_id, 2027).version,
        actor=office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )


def caught_up(office: Office) -> None:
    for minutes in (3, 62):
        run_due(office.app, MONDAY_9AM + timedelta(minutes=minutes), SETTLING)


def test_a_clock_that_was_begun_before_the_signing_and_kept_after_it_is_moved(
    office: Office, database: str
) -> None:
    app: Flask = office.app
    with app.app_context():
        dispute_id, draft_id = registered(office).id, drafted(office)
        office.director  # noqa: B018 -- hired before anybody is in a hurry
    read, was_signed = Event(), Event()

    def start() -> UUID:
        with app.app_context(), sight.whole("tests"):
            held = office.desk.calendar
            if database == "postgresql":  # its transaction is open while the other one signs
                with transaction():
                    made = begin(office, dispute_id, held)
                    db.session.flush()
                    read.set()
                    assert was_signed.wait(PATIENCE)
                    return made
            read.set()
            assert was_signed.wait(PATIENCE)
            return begin(office, dispute_id, held)

    def signing() -> None:
        assert read.wait(PATIENCE)
        with app.app_context(), sight.whole("tests"):
            sign(office, draft_id)
        was_signed.set()

    with ThreadPoolExecutor(2) as people:
        begun, done = people.submit(start), people.submit(signing)
        done.result()
        term = begun.result()
    with app.app_context():
        assert due(term) == (date(2027, 2, 5), True)
        db.session.remove()
        caught_up(office)
        assert due(term) == (date(2027, 2, 15), False)
        row = db.session.get_one(Dispute, dispute_id, populate_existing=True)
        assert (row.due_on, row.due_provisional) != (date(2027, 2, 5), True)


def test_of_two_who_sign_at_once_one_does(office: Office) -> None:
    app = office.app
    with app.app_context():
        draft_id = drafted(office)
        office.director  # noqa: B018 -- hired before anybody is in a hurry
        version = queries.one(draft_id, 2027).version

    def attempt(_: int) -> str:
        with app.app_context(), sight.whole("tests"):
            try:
                operations.sign(
                    draft_id,
                    version=version,
                    actor=office.director,
                    desk=office.desk,
                    now=MONDAY_9AM,
                )
            except (Conflict, Stale):
                return "refused"
            except Refusal as other:
                return repr(other)
            return "signed"

    with ThreadPoolExecutor(4) as people:
        done = sorted(people.map(attempt, range(4)))
    assert done == ["refused", "refused", "refused", "signed"]
    with app.app_context():
        assert office.desk.calendar.version == 2
