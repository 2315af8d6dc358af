"""Measure a week 周报: every number of the letter, by the definitions of the figures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from config import words
from config.vocabulary import ClockKind, WithdrawalCause
from models import Clock, Dispute, Episode, Lawsuit, Supervision, WeeklyReport, db
from service.desk import Desk
from service.queries import backup as backups
from service.queries import metric, organisation, sight
from service.queries.metric import Question, key_of, tally
from service.rules import backup, statistics, weekly
from service.rules import metric as dictionary
from service.rules.access import Scope
from service.rules.calendar import Week
from service.rules.statistics import Flow, Period, Rate
from service.rules.weekly import Before, Count, Lawsuits, Line, Pressed, Told, WeekFigures

SPLITS: Final = ("category", "channel", "organisation")
_SPLIT_BY: Final = (Dispute.category, Dispute.channel, Dispute.organisation_id)
Cells = Mapping[tuple[Any, ...], tuple[Flow, Rate]]


@dataclass(frozen=True, slots=True)
class Look:
    """Whose figures, of which week, on which day."""

    week: Week
    today: date
    scope: Scope | None

    def ask(self, name: str) -> Question:
        """The question for one figure of this week."""
        period = Period(self.week.start_on, self.week.end_on)
        found = dictionary.find(name)
        return Question(metric=found, period=period, today=self.today, scope=self.scope)


def measure(week: Week, *, scope: Scope | None, desk: Desk, now: datetime) -> WeekFigures:
    """The week as counted now; `scope` None measures the whole town for its letter."""
    with nullcontext() if scope is not None else sight.whole("figures"):
        return _measured(week, scope=scope, desk=desk, now=now)


def _measured(week: Week, *, scope: Scope | None, desk: Desk, now: datetime) -> WeekFigures:
    today = desk.today(now)
    look = Look(week, today, scope)
    cells, received = _cells(look), dictionary.find("disputes_received")
    lines = {
        split: _lines(cells, place, metric.labels(received, split, desk.policy))
        for place, split in enumerate(SPLITS)
    }
    flow, success = _total(cells.values())
    home = organisation.centre()
    return WeekFigures(
        week=week,
        cut_off=now,
        centre=home.name if home else "",
        flow=flow,
        success=success,
        beside=_beside(look),
        categories=lines["category"],
        channels=lines["channel"],
        organisations=lines["organisation"],
        overdue=_count(look, "disputes_overdue"),
        lawsuits=_lawsuits(look),
        before=_before(Look(week.previous(), today, scope)),
        consultations=_count(look, "consultations"),
        pressed=_pressed(week, today) if scope is None else None,
        answering=_answering(look),
        backup=backup.judge(backups.news(), desk.policy.backup, now) if scope is None else None,
    )


def _pressed(week: Week, today: date) -> Pressed:
    """What ran out in the week unmet, the parties' own time left aside; who owes a reply by now."""
    run_out = sa.select(sa.func.count()).where(
        Clock.dispute_id.is_not(None),
        Clock.due_on >= week.start_on,
        Clock.due_on < week.end_on,
        Clock.due_on < today,
        Clock.kind != ClockKind.REMEDY,
        Clock.paused_from.is_(None),
    )
    # one question for each, as each has an index of its own among millions that were met
    unmet = (Clock.stopped_at.is_(None), Clock.stopped_on > Clock.due_on)
    late_terms = sum(db.session.scalar(run_out.where(each)) or 0 for each in unmet)
    late = sa.func.sum(sa.case((Supervision.reply_by < today, 1), else_=0))
    waiting, overdue = db.session.execute(
        sa.select(sa.func.count(), late).where(
            Supervision.ended_at.is_(None), Supervision.replied_at.is_(None)
        )
    ).one()
    return Pressed(late_terms, waiting, overdue or 0)


def _cells(look: Look) -> Cells:
    """Flow and success of every category × channel × organisation that has any."""
    counts: defaultdict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    opening = Look(look.week.previous(), look.today, look.scope)
    asked = {
        "opening": opening.ask("disputes_open"),
        "received": look.ask("disputes_received"),
        "reopened": look.ask("disputes_reopened"),
        "closed": look.ask("disputes_closed"),
        "ended": look.ask("mediation_success_rate"),
    }
    for name, question in asked.items():
        for *cell, rows, hits in tally(question, *_SPLIT_BY):
            counts[tuple(cell)][name] = rows
            counts[tuple(cell)][f"{name} hits"] = hits
    return {cell: _flow_and_rate(count) for cell, count in counts.items()}


def _flow_and_rate(count: Counter[str]) -> tuple[Flow, Rate]:
    flow = Flow(count["opening"], count["received"], count["reopened"], count["closed"])
    return flow, Rate(count["ended hits"], count["ended"])


def _total(cells: Iterable[tuple[Flow, Rate]]) -> tuple[Flow, Rate]:
    flow, success = Flow(), Rate()
    for each_flow, each_success in cells:
        flow, success = flow + each_flow, success + each_success
    return flow, success


def _lines(cells: Cells, place: int, naming: Mapping[str, str]) -> tuple[Line, ...]:
    """The cells summed along one dimension, in the office's order; silent lines are left out."""
    by_key: defaultdict[str, list[tuple[Flow, Rate]]] = defaultdict(list)
    for cell, figures in cells.items():
        by_key[key_of(cell[place])].append(figures)
    rank = {key: order for order, key in enumerate(naming)}
    keys = sorted(by_key, key=lambda key: (rank.get(key, len(rank)), key))
    return tuple(Line(key, naming.get(key, key), *_total(by_key[key])) for key in keys)


def _count(look: Look, name: str) -> int:
    ((rows, _),) = tally(look.ask(name))
    return int(rows)


def _beside(look: Look) -> tuple[Count, ...]:
    closed = tally(look.ask("disputes_closed"), Episode.outcome)
    found = {outcome: rows for outcome, rows, _ in closed}
    return tuple(
        Count(each.value, words.label(each), found.get(each, 0)) for each in statistics.BESIDE
    )


def _lawsuits(look: Look) -> Lawsuits:
    question = look.ask("lawsuits_withdrawn")
    causes = {cause: rows for cause, rows, _ in tally(question, Lawsuit.withdrawal_cause)}
    return Lawsuits(
        filed=_count(look, "lawsuits_filed"),
        reviews_filed=_count(look, "reviews_filed"),
        withdrawn=statistics.withdrawn(causes),
        causes=tuple(
            Count(cause.value, words.label(cause), causes.get(cause, 0))
            for cause in WithdrawalCause
            if cause in statistics.WITHDRAWN
        ),
        appeals_withdrawn=_count(look, "appeals_withdrawn"),
    )


def _answering(look: Look) -> tuple[Told, ...]:
    """应诉与办复: every line whose figure is counted here, by the figure's own definition."""
    told = []
    for name, label in weekly.ANSWERING.items():
        each = dictionary.METRICS.get(name)
        if each is not None:
            ((rows, hits),) = tally(look.ask(name))
            told.append(Told(name, label, *((hits, rows) if each.is_rate else (rows, None))))
    return tuple(told)


def _before(look: Look) -> Before:
    """The week before at today's knowledge, and what it gained since its letter."""
    opening = Look(look.week.previous(), look.today, look.scope)
    flow = Flow(
        _count(opening, "disputes_open"),
        _count(look, "disputes_received"),
        _count(look, "disputes_reopened"),
        _count(look, "disputes_closed"),
    )
    ((ended, agreed),) = tally(look.ask("mediation_success_rate"))
    told = _told(look.week) if look.scope is None else None
    return Before(
        week=look.week,
        flow=flow,
        success=Rate(agreed, ended),
        filed=_count(look, "lawsuits_filed"),
        withdrawn=_count(look, "lawsuits_withdrawn"),
        late_received=flow.received - told.flow.received if told else 0,
        late_closed=flow.closed - told.flow.closed if told else 0,
    )


def _told(week: Week) -> WeekFigures | None:
    """What the newest published letter of the week said."""
    body = db.session.scalar(
        sa.select(WeeklyReport.body)
        .where(WeeklyReport.week == str(week))
        .order_by(WeeklyReport.revision.desc())
        .limit(1)
    )
    return weekly.from_body(body) if body else None
