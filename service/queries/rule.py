"""What became of the disputes a routing rule 分流规则 decided, and exactly those disputes.

A dispute counts under the rule of its newest answer, whatever version that stood in. Restricted
disputes count nowhere here: which rule decided one tells what it is about.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from statistics import median
from typing import Any, Final

import sqlalchemy as sa

from config.vocabulary import Outcome
from models import Dispute, Organisation, Route, db
from service.queries import sight
from service.queries.access import visible
from service.queries.metric.dispute import COUNTS, BriefRow
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import dispute as dispute_rules
from service.rules import statistics
from service.rules.access import Scope
from service.rules.statistics import MEDIATION_ENDED, Rate


class Figure(StrEnum):
    """A number on a rule's page, each with its rows."""

    DECIDED = "decided"
    DISPATCHED = "dispatched"
    OVERRIDDEN = "overridden"
    ENDED = "ended"
    AGREED = "agreed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Look:
    """Who counts, and disputes registered in which days; `until` is today."""

    scope: Scope
    since: date
    until: date
    now: datetime


@dataclass(slots=True)
class RuleFigures:
    """The numbers of one rule; `days` counts closed disputes by how long they took."""

    decided: int = 0
    dispatched: int = 0
    overridden: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    @property
    def override(self) -> Rate:
        """改派率: sent elsewhere than the rule said, of all that were sent."""
        return Rate(self.overridden, self.dispatched)

    @property
    def success(self) -> Rate:
        """成功率: 达成 ÷ 调解终结."""
        return statistics.success(self.outcomes)

    @property
    def closed(self) -> int:
        """How many are closed."""
        return self.days.total()

    @property
    def median_days(self) -> float | None:
        """Days from registering to closing; None when nothing is closed."""
        return float(median(self.days.elements())) if self.days else None


_SENT: Final = Route.chosen_kind.is_not(None)
_ELSEWHERE: Final = sa.and_(_SENT, Route.chosen_kind != sa.func.coalesce(Route.lead, ""))


def figures(look: Look) -> dict[str, RuleFigures]:
    """The numbers of every rule."""
    newest = _newest(look).subquery()
    asked = sa.select(
        newest.c.rule_id,
        newest.c.sent,
        newest.c.outcome,
        newest.c.days,
        sa.func.count().label("number"),
    ).where(newest.c.place == 1)
    grouped = asked.group_by(newest.c.rule_id, newest.c.sent, newest.c.outcome, newest.c.days)
    found: dict[str, RuleFigures] = {}
    with sight.whole("figures"):
        rows = db.session.execute(grouped).all()
    for row in rows:
        told = found.setdefault(row.rule_id, RuleFigures())
        told.decided += row.number
        told.dispatched += row.number if row.sent else 0
        told.overridden += row.number if row.sent == _TO_ANOTHER else 0
        if row.outcome is not None:
            told.outcomes[row.outcome] += row.number
            told.days[int(row.days)] += row.number
    return found


def rows(
    rule_id: str,
    figure: Figure,
    *,
    look: Look,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[BriefRow]:
    """The disputes behind one number, the newest first; exactly so many as it says."""
    newest = _newest(look, Route.rule_id == rule_id).subquery()
    decided = sa.select(newest.c.dispute_id).where(newest.c.place == 1, *_having(newest, figure))
    keys = (Dispute.registered_on, Dispute.id)
    unit = sa.select(Organisation.name).where(Organisation.id == Dispute.organisation_id)
    asked = sa.select(
        Dispute.id,
        Dispute.number,
        Dispute.category,
        Dispute.status,
        Dispute.organisation_id,
        Dispute.registered_on,
        Dispute.due_on,
        Dispute.due_provisional,
        Dispute.due_paused,
        sa.func.coalesce(unit.correlate(Dispute).scalar_subquery(), Dispute.office_text).label(
            "organisation"
        ),
    ).where(Dispute.id.in_(decided))
    if cursor:
        place = read_cursor(cursor, as_day, as_id)
        asked = asked.where(beyond(keys, place, descending=True))
    ordered = asked.order_by(*(key.desc() for key in keys)).limit(limit + 1)
    with sight.whole("figures"):
        found = db.session.execute(ordered).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor([last.registered_on.isoformat(), str(last.id)])
    return Page([_brief(row, look.until) for row in found[:limit]], following)


_TO_ANOTHER: Final = 2


def _newest(look: Look, *rule: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Every answer with its place among those of its dispute; `place` 1 is the newest.

    With a `rule` only disputes that it ever decided are looked at.
    """
    of_days = sa.select(Dispute.id).where(
        Dispute.registered_on >= look.since,
        Dispute.registered_on <= look.until,
        Dispute.restricted.is_(False),
        Dispute.erased_at.is_(None),
        COUNTS,
        visible(look.scope, look.now),
    )
    if rule:
        of_days = of_days.where(Dispute.id.in_(sa.select(Route.dispute_id).where(*rule)))
    order = (Route.routed_at.desc(), Route.id)
    return (
        sa.select(
            Route.dispute_id,
            Route.rule_id,
            sa.case((_ELSEWHERE, _TO_ANOTHER), (_SENT, 1), else_=0).label("sent"),
            Dispute.outcome,
            _days().label("days"),
            sa.func.row_number().over(partition_by=Route.dispute_id, order_by=order).label("place"),
        )
        .join(Dispute, Dispute.id == Route.dispute_id)
        .where(Route.dispute_id.in_(of_days))
    )


def _having(newest: Any, figure: Figure) -> Iterator[sa.ColumnElement[bool]]:
    yield from {
        Figure.DECIDED: [],
        Figure.DISPATCHED: [newest.c.sent > 0],
        Figure.OVERRIDDEN: [newest.c.sent == _TO_ANOTHER],
        Figure.ENDED: [newest.c.outcome.in_(MEDIATION_ENDED)],
        Figure.AGREED: [newest.c.outcome == Outcome.AGREED],
        Figure.CLOSED: [newest.c.outcome.is_not(None)],
    }[figure]


def _days() -> sa.ColumnElement[Any]:
    """Days from registering to closing, as the database counts them."""
    if db.engine.dialect.name == "postgresql":
        return sa.type_coerce(Dispute.closed_on - Dispute.registered_on, sa.Integer)
    count = sa.func.julianday(Dispute.closed_on) - sa.func.julianday(Dispute.registered_on)
    return sa.cast(count, sa.Integer)


def _brief(row: Any, today: date) -> BriefRow:
    return BriefRow(
        id=row.id,
        number=row.number,
        ordinal=1,
        category=row.category,
        status=row.status,
        organisation=row.organisation,
        has_unit=row.organisation_id is not None,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        due_paused=row.due_paused,
        overdue=dispute_rules.is_late(row.due_on, today, paused=row.due_paused),
        restricted=False,
        counted=True,
    )
