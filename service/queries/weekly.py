"""Look at the week 周报: measure it, read published letters, show the leaders' page."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.access import Reach
from models import Episode, WeeklyReport, db
from service.desk import Desk
from service.queries import metric
from service.queries.figures import Look, measure
from service.queries.metric import Question, tally
from service.queries.metric.dispute import BriefRow
from service.queries.page import Page, as_number, as_text, beyond, encode_cursor, read_cursor
from service.rules import metric as dictionary
from service.rules import weekly
from service.rules.access import Scope
from service.rules.calendar import Week
from service.rules.statistics import Period
from service.rules.weekly import WeekFigures

TREND: Final = 12
MOST_REVISIONS: Final = 10_000
OVERDUE_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class PublishedView:
    """A published letter: `body` as it was frozen, `sha256` over its canonical JSON."""

    week: str
    revision: int
    body: Mapping[str, Any]
    sha256: str
    cut_off: datetime
    published_at: datetime
    published_by: UUID | None

    @property
    def figures(self) -> WeekFigures:
        """The frozen figures as a value."""
        return weekly.from_body(self.body)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One week of the trend."""

    week: Week
    received: int
    closed: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A total that is no longer what the letter said."""

    label: str
    metric: str
    published: int
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The leaders' page of one week.

    `figures` are the frozen ones once published (a unit sees its own, never frozen); `corrections`
    say where the rows of today differ from them.
    """

    week: Week
    figures: WeekFigures
    published: PublishedView | None
    is_over: bool
    is_own_unit: bool
    trend: tuple[TrendPoint, ...]
    corrections: tuple[Correction, ...]
    overdue: tuple[BriefRow, ...]


def overview(week: Week, *, scope: Scope, desk: Desk, now: datetime) -> Overview:
    """What the weekly page shows; a reach of one organisation gets that organisation's figures."""
    is_own = Reach.TOWN not in scope.reach
    live = measure(week, scope=scope, desk=desk, now=now)
    letter = None if is_own else published(week)
    look = Look(week, desk.today(now), scope)
    rows = metric.page(look.ask("disputes_overdue"), limit=OVERDUE_SHOWN).items
    return Overview(
        week=week,
        figures=letter.figures if letter else live,
        published=letter,
        is_over=look.today >= week.end_on,
        is_own_unit=is_own,
        trend=_trend(look),
        corrections=_corrections(letter.figures, live) if letter else (),
        overdue=tuple(row for row in rows if isinstance(row, BriefRow)),
    )


def published(week: Week, revision: int | None = None) -> PublishedView | None:
    """The newest revision of a week's letter, or the one asked for."""
    query = sa.select(WeeklyReport).where(WeeklyReport.week == str(week))
    if revision is not None:
        query = query.where(WeeklyReport.revision == revision)
    row = db.session.scalar(query.order_by(WeeklyReport.revision.desc()).limit(1))
    return _view(row) if row else None


def revisions(week: Week) -> list[PublishedView]:
    """Every revision of a week's letter, oldest first."""
    rows = db.session.scalars(
        sa.select(WeeklyReport)
        .where(WeeklyReport.week == str(week))
        .order_by(WeeklyReport.revision)
    )
    return [_view(row) for row in rows]


def page(*, limit: int = 25, cursor: str | None = None) -> Page[PublishedView]:
    """Published letters, newest week first."""
    keys = (WeeklyReport.week, WeeklyReport.revision)
    query = sa.select(WeeklyReport).order_by(*(key.desc() for key in keys))
    if cursor:
        place = read_cursor(cursor, _as_week, _as_revision)
        query = query.where(beyond(keys, place, descending=True))
    found = db.session.scalars(query.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        following = encode_cursor([found[limit - 1].week, found[limit - 1].revision])
    return Page([_view(row) for row in found[:limit]], following)


def _as_week(value: Any) -> str:
    return str(Week.parse(as_text(value)))


def _as_revision(value: Any) -> int:
    revision = as_number(value)
    if not 0 < revision < MOST_REVISIONS:
        raise ValueError("no revision of a letter")
    return revision


def _view(row: WeeklyReport) -> PublishedView:
    return PublishedView(
        row.week,
        row.revision,
        row.body,
        row.sha256,
        row.cut_off,
        row.published_at,
        row.published_by,
    )


def _trend(last: Look) -> tuple[TrendPoint, ...]:
    weeks = [last.week]
    while len(weeks) < TREND:
        weeks.insert(0, weeks[0].previous())
    period = Period(weeks[0].start_on, last.week.end_on)
    received = _by_week(replace(last.ask("disputes_received"), period=period), Episode.opened_on)
    closed = _by_week(replace(last.ask("disputes_closed"), period=period), Episode.closed_on)
    return tuple(TrendPoint(week, received[week], closed[week]) for week in weeks)


def _by_week(question: Question, day: Any) -> Counter[Week]:
    counts: Counter[Week] = Counter()
    for on, rows, _ in tally(question, day):
        counts[Week.of(on)] += rows
    return counts


def _corrections(told: WeekFigures, live: WeekFigures) -> tuple[Correction, ...]:
    """The totals of the week that changed since they were published."""
    pairs = (
        ("disputes_received", told.flow.received, live.flow.received),
        ("disputes_reopened", told.flow.reopened, live.flow.reopened),
        ("disputes_closed", told.flow.closed, live.flow.closed),
        ("disputes_open", told.flow.closing, live.flow.closing),
        ("lawsuits_filed", told.lawsuits.filed, live.lawsuits.filed),
        ("lawsuits_withdrawn", told.lawsuits.withdrawn, live.lawsuits.withdrawn),
    )
    return tuple(
        Correction(dictionary.find(name).label, name, before, after)
        for name, before, after in pairs
        if before != after
    )
