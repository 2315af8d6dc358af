"""Years of the calendar for tests: what might be published for 2027, and clocks that it moves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from config.vocabulary import Role
from models import Clock, Dispute, db, transaction
from service.operations import calendar as operations
from service.operations import clock as clocks
from service.queries import calendar as queries
from service.queries.calendar_move import Counts
from service.rules.access import Actor
from service.rules.calendar_year import Makeup, Off, YearDays
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office

SOURCE = "国办发明电〔2026〕9号"
YEAR_2027 = YearDays(
    (
        Off("元旦", date(2027, 1, 1), date(2027, 1, 3)),
        Off("春节", date(2027, 2, 5), date(2027, 2, 12)),
        Off("清明节", date(2027, 4, 3), date(2027, 4, 5)),
    ),
    (Makeup("春节", date(2027, 2, 13)), Makeup("春节", date(2027, 2, 20))),
)


def planner(office: Office) -> Actor:
    """Who draws calendars up."""
    return office.actor(Role.PLANNER)


def drafted(office: Office, days: YearDays = YEAR_2027, year: int = 2027) -> UUID:
    """A draft of a year."""
    return operations.draft(
        year, days, SOURCE, actor=planner(office), desk=office.desk, now=MONDAY_9AM
    )


def signed(
    office: Office, days: YearDays = YEAR_2027, year: int = 2027, *, now: datetime = MONDAY_9AM
) -> Counts:
    """A year, drawn up and signed."""
    draft_id = drafted(office, days, year)
    version = queries.one(draft_id, year).version
    return operations.sign(
        draft_id, version=version, actor=office.director, desk=office.desk, now=now
    )


def clock(office: Office, dispute_id: UUID, rule: str, start_on: date, **changes: Any) -> UUID:
    """A clock of a dispute, counted with the calendar in force."""
    director = office.director  # hired before, in a transaction of their own
    with transaction() as session:
        dispute = session.get_one(Dispute, dispute_id)
        made = clocks.start(
            session, dispute, rule, start_on=start_on, desk=office.desk, now=MONDAY_9AM
        )
        session.flush()
        for name, value in changes.items():
            setattr(made, name, value)
        clocks.settle(session, dispute, desk=office.desk, now=MONDAY_9AM)
        clocks.kept(session, dispute, "clock-enter", {"rule": rule}, actor=director, now=MONDAY_9AM)
        return made.id


def due(clock_id: UUID) -> tuple[date, bool]:
    """When a clock is due, and whether that is provisional."""
    db.session.rollback()
    row = db.session.get_one(Clock, clock_id, populate_existing=True)
    return row.due_on, row.provisional
