"""The number of a figure 指标, its groups, and a page of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from config.policy import Policy
from models import db
from service.queries import sight
from service.queries.metric.family import measure
from service.queries.metric.group import key_of
from service.queries.metric.measure import Brief
from service.queries.metric.question import GroupView, MetricView, Question
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import metric as rules
from service.rules.metric import Metric


def figure(question: Question, *, by: str | None = None, policy: Policy) -> MetricView:
    """Count the figure, and its groups when asked for."""
    if by is not None:
        rules.check_group(question.metric, by)
    told = measure(question.metric).told or _told
    return told(question, by, policy)


def _told(question: Question, by: str | None, policy: Policy) -> MetricView:
    """A count of rows, or a share of them."""
    ((*_, rows, hits),) = tally(question)
    groups = None if by is None else tuple(_groups(question, by, policy))
    pair, beside = _pair(question, rows, hits), _beside(question)
    return MetricView(question.metric, question.period, *pair, groups, **beside)


def _beside(question: Question) -> dict[str, int]:
    """What stands beside a rate and changes none."""
    return {
        name: tally(replace(question, metric=rules.METRICS[other]))[0][-2]
        for name, other in question.metric.beside.items()
    }


@sight.whole("figures")
def tally(question: Question, *by: Any) -> Sequence[Any]:
    """Rows and counted rows for each value of `by`, which come first in each answer."""
    counted = measure(question.metric)
    hits = sa.func.count(sa.case((counted.counting(question), 1)))
    query = counted.narrowed(question, sa.select(*by, sa.func.count(), hits))
    return db.session.execute(query.group_by(*by) if by else query).all()


def _groups(question: Question, by: str, policy: Policy) -> list[GroupView]:
    found = tally(question, measure(question.metric).rows.groups[by].column)
    naming = labels(question.metric, by, policy)
    rank = {key: place for place, key in enumerate(naming)}
    views = [
        GroupView(
            question.metric,
            key_of(value),
            naming.get(key_of(value), key_of(value)),
            *_pair(question, *pair),
        )
        for value, *pair in found
    ]
    return sorted(views, key=lambda view: (rank.get(view.key, len(rank)), view.key))


def labels(metric: Metric, by: str, policy: Policy) -> Mapping[str, str]:
    """Key -> Chinese name of the groups, in the office's order; villages name themselves."""
    return measure(metric).rows.groups[by].names(policy)


def _pair(question: Question, rows: int, hits: int) -> tuple[int, int | None]:
    return (hits, rows) if question.metric.is_rate else (rows, None)


def page(question: Question, *, limit: int = 25, cursor: str | None = None) -> Page[Brief]:
    """A page of the rows: a count's own rows, a rate's whole denominator.

    Newest first; what is overdue, longest overdue first.
    """
    counted = measure(question.metric)
    rows, keys, newest_first = counted.rows, (counted.day, counted.rows.id), counted.newest_first
    shown = (
        counted.day.label("place_on"),
        rows.id.label("place_id"),
        sa.case((counted.counting(question), 1), else_=0).label("counted"),
        *rows.brief,
    )
    query = counted.narrowed(question, sa.select(*shown))
    if cursor:
        query = query.where(
            beyond(keys, read_cursor(cursor, as_day, as_id), descending=newest_first)
        )
    ordered = query.order_by(*(key.desc() if newest_first else key for key in keys))
    with rows.seeing():
        found = db.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor([last.place_on.isoformat(), str(last.place_id)])
    return Page([rows.make(row, question.today) for row in found[:limit]], following)
