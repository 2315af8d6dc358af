"""Look at the calendar 工作日历: the one in force now, its years, their versions and drafts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, aliased

from models import CalendarYear, JobRun, User, db
from service.errors import NotFound
from service.rules import calendar_year as rules
from service.rules.calendar import WorkCalendar
from service.rules.calendar_year import YearDays

SETTLING: Final = "settle-calendar"
# how long after the signing stragglers are looked for: what began before it has ended by then
LOOKS: Final = (timedelta(minutes=2), timedelta(hours=1))
FIRST: Final = 1  # the version of what ships in the file
SEEN: Final = "calendar in force"
_signed: Final = CalendarYear.signed_at.is_not(None)
_REVISION: Final = (
    sa.select(CalendarYear.id, CalendarYear.version, sa.func.count().over().label("signings"))
    .where(_signed)
    .order_by(CalendarYear.signed_at.desc(), CalendarYear.id)
    .limit(1)
)
_made: Final[WeakKeyDictionary[Engine, tuple["Revision", WorkCalendar]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Revision:
    """Which calendar is in force: how many years were signed, and which was the last.

    `version` is that of its row: what was read of a signing that failed is never taken for it.
    """

    count: int
    last: UUID
    version: int
    base: WorkCalendar


@dataclass(frozen=True, slots=True)
class YearView:
    """One version of one year; a draft until it is signed."""

    id: UUID
    year: int
    number: int
    days: YearDays
    source: str
    drafted_by: str
    drafted_by_id: UUID
    drafted_at: datetime
    signed_by: str | None
    signed_at: datetime | None
    version: int


def in_force(base: WorkCalendar) -> WorkCalendar:
    """The calendar of this moment: `base` as it ships, and every year that was signed since.

    Asked once for a request, a tick or a transaction, by one small read; what it was made of is
    read again only when somebody has signed.
    """
    session = db.session()
    seen: WorkCalendar | None = session.info.get(SEEN)
    if seen is None:
        seen = session.info[SEEN] = _read(session, base)
    return seen


def forget(session: Session) -> None:
    """A year was signed in this transaction: what is asked for next has it."""
    session.info.pop(SEEN, None)


def signed_years(session: Session) -> dict[int, YearDays]:
    """The version in force of every signed year: of one year the one with the highest number."""
    found = session.execute(
        sa.select(CalendarYear.year, CalendarYear.days).where(_signed).order_by(CalendarYear.number)
    )
    return {year: YearDays.from_json(days) for year, days in found}


def versions(year: int) -> list[YearView]:
    """Every version of a year, a draft among them, the newest first."""
    return [
        _view(*row)
        for row in db.session.execute(
            _VIEWS.where(CalendarYear.year == year).order_by(CalendarYear.number.desc())
        )
    ]


def one(draft_id: UUID, year: int) -> YearView:
    """One version of a year, draft or signed; NotFound when there is none of that id."""
    asked = _VIEWS.where(CalendarYear.id == draft_id, CalendarYear.year == year)
    found = db.session.execute(asked).first()
    if found is None:
        raise NotFound("没有这份日历草稿，可能已经撤回")
    return _view(*found)


def drafts() -> list[YearView]:
    """What waits for a signature, by year."""
    asked = _VIEWS.where(~_signed).order_by(CalendarYear.year)
    return [_view(*row) for row in db.session.execute(asked)]


def with_draft(draft: YearView, base: WorkCalendar) -> WorkCalendar:
    """The calendar as it would be once `draft` is signed."""
    return rules.put_in_force(base, {draft.year: draft.days}, base.version + 1)


def unsettled(now: datetime) -> list[tuple[UUID, str]]:
    """Signed years that have to be looked at for stragglers, each with the name of that look."""
    signed = db.session.execute(sa.select(CalendarYear.id, CalendarYear.signed_at).where(_signed))
    done = set(db.session.scalars(sa.select(JobRun.period).where(JobRun.job == SETTLING)))
    looks = (
        (row.id, f"{row.id.hex}.{place}")
        for row in signed
        for place, after in enumerate(LOOKS)
        if row.signed_at <= now - after
    )
    return [(draft_id, period) for draft_id, period in looks if period not in done]


def _read(session: Session, base: WorkCalendar) -> WorkCalendar:
    found = session.execute(_REVISION).first()
    if found is None:
        return base
    revision, engine = Revision(found.signings, found.id, found.version, base), db.engine
    known = _made.get(engine)
    if known is None or known[0] != revision:
        made = rules.put_in_force(base, signed_years(session), FIRST + revision.count)
        known = _made[engine] = (revision, made)
    return known[1]


_DRAFTER, _SIGNER = (aliased(User, name=name) for name in ("drafter", "signer"))
_VIEWS: Final = (
    sa.select(CalendarYear, _DRAFTER.name, _SIGNER.name)
    .join(_DRAFTER, _DRAFTER.id == CalendarYear.drafted_by)
    .outerjoin(_SIGNER, _SIGNER.id == CalendarYear.signed_by)
    .execution_options(populate_existing=True)
)


def _view(row: CalendarYear, drafter: str, signer: str | None) -> YearView:
    return YearView(
        id=row.id,
        year=row.year,
        number=row.number,
        days=YearDays.from_json(row.days),
        source=row.source,
        drafted_by=drafter,
        drafted_by_id=row.drafted_by,
        drafted_at=row.drafted_at,
        signed_by=signer,
        signed_at=row.signed_at,
        version=row.version,
    )
