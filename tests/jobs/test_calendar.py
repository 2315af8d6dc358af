"""A clock that was started with the calendar of before is found after a year was signed."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from config.vocabulary import ClockChangeKind
from jobs.registry import TIMETABLE
from jobs.runner import run_due
from models import ClockChange, db
from service.queries import calendar as queries
from tests.factories.calendar import clock, due, signed
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

pytestmark = pytest.mark.usefixtures("inside")
SETTLING = [job for job in TIMETABLE if job.name == "settle-calendar"]
OLD = {
    "raw_due_on": date(2027, 2, 5),
    "due_on": date(2027, 2, 5),
    "provisional": True,
    "made_under": {"name": "医疗纠纷人民调解", "provisional": False, "calendar": 1},
}


def summaries(office: Office, after: timedelta) -> list[str]:
    db.session.rollback()
    return [
        each.summary or str(each.error or "")
        for each in run_due(office.app, MONDAY_9AM + after, SETTLING)
    ]


def test_a_straggler_is_moved_once_with_its_history(office: Office) -> None:
    signed(office)
    term = clock(office, registered(office).id, "MEDI.PM", date(2026, 12, 25), **OLD)
    assert summaries(office, timedelta(minutes=1)) == [""]
    assert due(term) == (date(2027, 2, 5), True)
    assert summaries(office, timedelta(minutes=3)) == ["工作日历公布后补算期限 1 个"]
    assert due(term) == (date(2027, 2, 15), False)
    kinds = sa.select(ClockChange.due_before).where(ClockChange.kind == ClockChangeKind.CALENDAR)
    assert list(db.session.scalars(kinds)) == [date(2027, 2, 5)]
    assert summaries(office, timedelta(minutes=4)) == [""]


def test_it_looks_again_an_hour_later_and_then_no_more(office: Office) -> None:
    signed(office)
    assert summaries(office, timedelta(minutes=3)) == [""]
    term = clock(office, registered(office).id, "MEDI.PM", date(2026, 12, 25), **OLD)
    assert summaries(office, timedelta(minutes=50)) == [""]
    assert summaries(office, timedelta(minutes=61)) == ["工作日历公布后补算期限 1 个"]
    assert due(term) == (date(2027, 2, 15), False)
    assert queries.unsettled(MONDAY_9AM + timedelta(days=1)) == []
