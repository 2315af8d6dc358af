"""Terms of letters, lawsuits and duties: counted to the day, one of a rule, told once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.clock_subject import ClockSubject
from config.vocabulary import ClockEnd
from models import Clock, db, transaction
from service.operations import audit
from service.operations import clock_subject as operations
from service.operations.clock_subject import Owed, Promise
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
S = ClockSubject

# of cases L1, L2 and L3: rule, day it came, day it is due, whether that is certain
TERMS = [
    ("PROC.PIL", date(2026, 9, 30), date(2026, 11, 30), False),
    ("PROC.PIL.URG", date(2026, 11, 16), date(2026, 12, 1), False),
    ("COURT.SUG", date(2026, 10, 31), date(2026, 12, 31), True),
    # no such day in February, whose last one is a Sunday; nobody has published 2027 yet
    ("COURT.SUG", date(2026, 12, 31), date(2027, 3, 1), True),
    ("LIT.ANSWER", date(2026, 10, 26), date(2026, 11, 10), False),
    ("LIT.APPEAL.J", date(2026, 12, 3), date(2026, 12, 18), False),
]


def owed(office: Office, subject: ClockSubject = S.SUGGESTION) -> Owed:
    """Something that a station owes."""
    return Owed(subject=subject, id=uuid4(), organisation_id=office.units["station"])


@contextmanager
def deed() -> Iterator[Session]:
    """A deed on something that owes, told in the trail as such deeds are."""
    with transaction() as session:
        yield session
        audit.note(
            session,
            "suggestion.registered",
            subject="suggestion",
            subject_id=uuid4(),
            actor=None,
            now=MONDAY_9AM,
            detail={},
        )


def test_the_terms_of_letters_and_lawsuits_are_counted_to_the_day(office: Office) -> None:
    desk, now = office.desk, MONDAY_9AM
    with deed() as session:
        for rule, start_on, due_on, provisional in TERMS:
            each = owed(office)
            made = operations.start(session, each, rule, start_on=start_on, desk=desk, now=now)
            found = operations.promise(operations.running(session, each.subject, each.id))
            assert found == Promise(due_on, rule, provisional), rule
            assert made.organisation_id == office.units["station"]
            if due_on.year == 2027:
                assert made.raw_due_on == date(2027, 2, 28)
        with pytest.raises(ValueError, match="期限"):
            operations.start(
                session, owed(office), "DV.ORDER", start_on=date(2026, 11, 2), desk=desk, now=now
            )


def test_one_runs_of_a_rule_a_stated_date_replaces_it_and_late_stays(office: Office) -> None:
    desk, now = office.desk, MONDAY_9AM + timedelta(days=31)
    mine = owed(office)
    with deed() as session:
        begun = date(2026, 10, 31)
        first = operations.start(session, mine, "COURT.SUG", start_on=begun, desk=desk, now=now)
        again = operations.start(session, mine, "COURT.SUG", start_on=begun, desk=desk, now=now)
        assert again is first
        told = date(2026, 11, 29)  # a Sunday, as the letter has it: never moved
        said = operations.state(session, mine, "COURT.SUG", told, begun, desk=desk, now=now)
        assert said is operations.state(session, mine, "COURT.SUG", told, begun, desk=desk, now=now)
        other = operations.start(
            session, mine, "PROC.GEN", start_on=date(2026, 11, 2), desk=desk, now=now
        )
    with deed() as session:
        running = operations.running(session, mine.subject, mine.id)
        assert [each.id for each in running] == [said.id, other.id]
        assert operations.promise(running) == Promise(told, "COURT.SUG", False)
        assert session.get_one(Clock, first.id).ended is ClockEnd.REPLACED
        moved = Owed(subject=mine.subject, id=mine.id, organisation_id=office.units["justice"])
        operations.assign(session, moved)
        operations.stop(
            session,
            moved,
            ClockEnd.MET,
            date(2026, 12, 1),
            rules=["COURT.SUG"],
            desk=desk,
            now=now,
        )
        (left,) = operations.running(session, mine.subject, mine.id)
        assert (left.rule, left.organisation_id) == ("PROC.GEN", office.units["justice"])
        operations.stop(session, moved, ClockEnd.CLOSED, date(2026, 12, 2), desk=desk, now=now)
        assert operations.promise(operations.running(session, mine.subject, mine.id)) is None
    late = db.session.scalars(sa.select(Clock.id).where(Clock.stopped_on > Clock.due_on)).all()
    assert late == [said.id]


def test_a_clock_is_of_a_dispute_or_of_another_subject_never_of_both_or_none(
    office: Office,
) -> None:
    with deed() as session:
        mine = owed(office, S.LAWSUIT)
        operations.start(
            session,
            mine,
            "LIT.ANSWER",
            start_on=date(2026, 10, 26),
            desk=office.desk,
            now=MONDAY_9AM,
        )
    for values in ({"subject_id": None}, {"subject": None}):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(sa.update(Clock).where(Clock.subject_id == mine.id).values(**values))
