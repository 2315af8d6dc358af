"""Flow between the four mediations 有效衔接: what one handed to another, and what became of it.

A count over handovers with the rows behind it; no figure has an own memory. What the centre
dispatches is no flow: it mediates nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from config.vocabulary import Channel, DisputeStatus, HandoverState, Outcome
from models import Dispute, Episode, Handover, Organisation, db
from service.desk import Desk
from service.queries.access import HANDED_OVER, visible
from service.queries.metric.dispute import COUNTS
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules.access import Actor, Scope
from service.rules.handover import MEDIATIONS

S = HandoverState
KEYS: Final = (Handover.sent_at, Handover.id)


class Measure(StrEnum):
    """What is counted of the handovers of a period."""

    SENT = "sent"  # 移交
    ACCEPTED = "accepted"  # 签收
    BACK = "back"  # 退回，含到时没有签收的
    OPEN = "open"  # 等签收
    WITHDRAWN = "withdrawn"  # 撤回
    ENDED = "ended"  # 签收后已办结
    AGREED = "agreed"  # 签收后达成协议


@dataclass(frozen=True, slots=True)
class Question:
    """Whose handovers of which days, both included."""

    start: date
    end: date
    scope: Scope


@dataclass(frozen=True, slots=True)
class Pair:
    """One mediation handing to another: how many, by measure."""

    before: Channel
    after: Channel
    counts: dict[Measure, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """A handover behind a number, as a brief row."""

    number: str
    category: str
    restricted: bool
    status: DisputeStatus
    outcome: Outcome | None
    from_organisation: str
    to_organisation: str
    state: HandoverState
    sent_on: date


def scope_of(actor: Actor, desk: Desk) -> Scope:
    """What somebody counts over: a unit what it has or handed over, others their town."""
    scope = access.scope(actor, "metric.read", desk.policy.access)
    handed = {Reach.HANDED} if Reach.ORGANISATION in scope.reach else set()
    return replace(scope, reach=scope.reach | handed)


def pairs(question: Question, *, now: datetime) -> list[Pair]:
    """Every pair of different mediations between which something was handed over, and of equal."""
    sums = [sa.func.sum(sa.case((_is(each), 1), else_=0)).label(each.value) for each in Measure]
    found = db.session.execute(
        _joined(sa.select(Handover.from_channel, Handover.to_channel, *sums))
        .where(*_conditions(question, now))
        .group_by(Handover.from_channel, Handover.to_channel)
    ).all()
    by_pair = {(row.from_channel, row.to_channel): row for row in found}
    order = {each: place for place, each in enumerate((*MEDIATIONS, Channel.NONE))}
    return [
        Pair(before, after, {each: getattr(row, each.value) for each in Measure})
        for (before, after), row in sorted(
            by_pair.items(), key=lambda pair: (order[pair[0][0]], order[pair[0][1]])
        )
    ]


def rows(
    question: Question,
    measure: Measure,
    *,
    before: Channel | None,
    after: Channel | None,
    now: datetime,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[FlowRow]:
    """Exactly the handovers behind one number, newest first; no channel is every one."""
    query = _joined(
        sa.select(
            Handover.id,
            Handover.sent_at,
            Handover.sent_on,
            Handover.state,
            Dispute.number,
            Dispute.category,
            Dispute.restricted,
            Dispute.status,
            Dispute.outcome,
            _unit(Handover.from_organisation_id).label("sender"),
            _unit(Handover.to_organisation_id).label("receiver"),
        )
    ).where(*_conditions(question, now), _is(measure))
    for column, channel in ((Handover.from_channel, before), (Handover.to_channel, after)):
        if channel is not None:
            query = query.where(column == channel)
    if cursor:
        place = read_cursor(cursor, as_instant, as_id)
        query = query.where(beyond(KEYS, place, descending=True))
    ordered = query.order_by(*(key.desc() for key in KEYS)).limit(limit + 1)
    found: Sequence[Any] = db.session.execute(ordered).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor([last.sent_at.isoformat(), str(last.id)])
    return Page([_row(each) for each in found[:limit]], following)


def _joined(query: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """With the dispute, and how the handling it was handed over in ended."""
    return (
        query.select_from(Handover)
        .join(Dispute, Dispute.id == Handover.dispute_id)
        .outerjoin(
            Episode,
            (Episode.dispute_id == Handover.dispute_id) & (Episode.ordinal == Handover.episode),
        )
    )


def _conditions(question: Question, now: datetime) -> list[ColumnElement[bool]]:
    return [
        Handover.sent_on >= question.start,
        Handover.sent_on <= question.end,
        HANDED_OVER,
        COUNTS,
        visible(question.scope, now),
    ]


def _is(measure: Measure) -> ColumnElement[bool]:
    accepted = Handover.accepted_at.is_not(None)
    conditions: dict[Measure, ColumnElement[bool]] = {
        Measure.SENT: sa.true(),
        Measure.ACCEPTED: accepted,
        Measure.BACK: Handover.state.in_((S.RETURNED, S.BOUNCED)) & ~accepted,
        Measure.OPEN: Handover.state == S.OPEN,
        Measure.WITHDRAWN: Handover.state == S.WITHDRAWN,
        Measure.ENDED: accepted & Episode.outcome.is_not(None),
        Measure.AGREED: accepted & (Episode.outcome == Outcome.AGREED),
    }
    return conditions[measure]


def _unit(column: Any) -> Any:
    named = sa.select(Organisation.name).where(Organisation.id == column)
    return named.correlate(Handover).scalar_subquery()


def _row(row: Any) -> FlowRow:
    return FlowRow(
        number=row.number,
        category=row.category,
        restricted=row.restricted,
        status=row.status,
        outcome=None if row.restricted else row.outcome,
        from_organisation=row.sender,
        to_organisation=row.receiver,
        state=row.state,
        sent_on=row.sent_on,
    )
