"""Credit 牵头和协办: who led, who worked along, and what came back from whom; the case once.

Counted over the disputes that came in during a period; each has exactly one lead, or none yet, so
the sum of the leads is the number of disputes. Working along is counted apart and adds no case. No
figure has an own memory: each is a count over the rows that stand behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from config.vocabulary import DisputeStatus, HandoverState, JointState, Outcome
from models import Dispute, Handover, JointTask, Organisation, db
from service.desk import Desk
from service.queries import sight
from service.queries.access import in_town
from service.queries.metric.dispute import COUNTS
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules.access import Actor

KEYS: Final = (Dispute.registered_at, Dispute.id)
CAME_BACK: Final = (HandoverState.RETURNED, HandoverState.BOUNCED)


class Credit(StrEnum):
    """As what a unit is counted, each over disputes."""

    LEAD = "lead"  # 牵头
    CO = "co"  # 协办，已办的
    BACK = "back"  # 退回过，含到时没有签收的


@dataclass(frozen=True, slots=True)
class CreditQuestion:
    """Whose disputes, of those that came in on these days, both included.

    `units` None: every unit of the town; else these alone count, as a unit counts for itself.
    """

    start: date
    end: date
    actor: Actor
    units: frozenset[UUID] | None


@dataclass(frozen=True, slots=True)
class UnitCredit:
    """One unit by credit; `organisation_id` None are the disputes nobody leads yet."""

    organisation_id: UUID | None
    organisation: str | None
    counts: dict[Credit, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRow:
    """A dispute behind a number, as a brief row; `times` it came back from units in all.

    Of a restricted one neither what it is about nor how it ended.
    """

    number: str
    category: str
    restricted: bool
    status: DisputeStatus
    outcome: Outcome | None
    organisation: str | None
    times: int
    registered_on: date


def question(start: date, end: date, *, actor: Actor, desk: Desk) -> CreditQuestion:
    """A unit counts for itself, the director and the leader for their town."""
    scope = access.scope(actor, "metric.read", desk.policy.access)
    return CreditQuestion(start, end, actor, None if Reach.TOWN in scope.reach else actor.homes)


@sight.whole("figures")
def cases(asked: CreditQuestion, *, desk: Desk) -> int:
    """How many disputes the leads add up to: each once."""
    counted = sa.select(sa.func.count()).select_from(Dispute)
    return db.session.scalar(counted.where(*_led(asked, desk))) or 0


@sight.whole("figures")
def units(asked: CreditQuestion, *, desk: Desk) -> list[UnitCredit]:
    """Every unit that has any credit, by how much it led; those nobody leads come last."""
    found: dict[UUID | None, dict[Credit, int]] = {}
    for credit, query in (
        (Credit.LEAD, _leads(asked, desk)),
        (Credit.CO, _along(asked, desk)),
        (Credit.BACK, _back(asked, desk)),
    ):
        for unit, count in db.session.execute(query):
            found.setdefault(unit, dict.fromkeys(Credit, 0))[credit] = count
    named = sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(found))
    names = {each.id: each.name for each in db.session.execute(named)}
    rows = [UnitCredit(unit, names.get(unit) if unit else None, c) for unit, c in found.items()]
    return sorted(
        rows,
        key=lambda each: (
            each.organisation_id is None,
            -each.counts[Credit.LEAD],
            each.organisation or "",
        ),
    )


@sight.whole("figures")
def rows(
    asked: CreditQuestion,
    credit: Credit,
    unit: UUID | None,
    *,
    desk: Desk,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[CreditRow]:
    """Exactly the disputes behind one number, newest first; no `unit`: those nobody leads."""
    query = sa.select(
        Dispute.id,
        Dispute.number,
        Dispute.category,
        Dispute.restricted,
        Dispute.status,
        Dispute.outcome,
        Dispute.registered_at,
        Dispute.registered_on,
        Organisation.name.label("organisation"),
        _times().label("times"),
    ).outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
    query = query.where(*_behind(asked, credit, unit, desk))
    if cursor:
        place = read_cursor(cursor, as_instant, as_id)
        query = query.where(beyond(KEYS, place, descending=True))
    ordered = query.order_by(*(key.desc() for key in KEYS)).limit(limit + 1)
    found: Sequence[Any] = db.session.execute(ordered).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor([last.registered_at.isoformat(), str(last.id)])
    return Page([_row(each) for each in found[:limit]], following)


def _came_in(asked: CreditQuestion, desk: Desk) -> list[ColumnElement[bool]]:
    first, after = (
        datetime.combine(day, time(), desk.zone)
        for day in (asked.start, asked.end + timedelta(days=1))
    )
    return [Dispute.registered_at >= first, Dispute.registered_at < after, COUNTS]


def _led(asked: CreditQuestion, desk: Desk) -> list[ColumnElement[bool]]:
    if asked.units is None:
        return [*_came_in(asked, desk), in_town(asked.actor)]
    return [*_came_in(asked, desk), Dispute.organisation_id.in_(asked.units)]


def _worked(asked: CreditQuestion, desk: Desk, unit: Any) -> list[ColumnElement[bool]]:
    """Of what a unit did for disputes that others lead."""
    whose = in_town(asked.actor) if asked.units is None else unit.in_(asked.units)
    return [*_came_in(asked, desk), whose]


def _leads(asked: CreditQuestion, desk: Desk) -> sa.Select[*tuple[Any, ...]]:
    unit = Dispute.organisation_id
    return sa.select(unit, sa.func.count()).where(*_led(asked, desk)).group_by(unit)


def _along(asked: CreditQuestion, desk: Desk) -> sa.Select[*tuple[Any, ...]]:
    unit = JointTask.organisation_id
    return (
        sa.select(unit, sa.func.count(JointTask.dispute_id.distinct()))
        .join(Dispute, Dispute.id == JointTask.dispute_id)
        .where(JointTask.state == JointState.DONE, *_worked(asked, desk, unit))
        .group_by(unit)
    )


def _back(asked: CreditQuestion, desk: Desk) -> sa.Select[*tuple[Any, ...]]:
    unit = Handover.to_organisation_id
    return (
        sa.select(unit, sa.func.count(Handover.dispute_id.distinct()))
        .join(Dispute, Dispute.id == Handover.dispute_id)
        .where(Handover.state.in_(CAME_BACK), *_worked(asked, desk, unit))
        .group_by(unit)
    )


def _behind(
    asked: CreditQuestion, credit: Credit, unit: UUID | None, desk: Desk
) -> list[ColumnElement[bool]]:
    """As the count of it asks; a unit asks about itself alone."""
    if asked.units is not None and unit not in asked.units:
        return [sa.false()]
    if credit is Credit.LEAD:
        return [*_led(asked, desk), Dispute.organisation_id.is_not_distinct_from(unit)]
    if credit is Credit.CO:
        mine = sa.exists().where(
            JointTask.dispute_id == Dispute.id,
            JointTask.organisation_id == unit,
            JointTask.state == JointState.DONE,
        )
    else:  # asked of each dispute of the days: the moves of all years are not gone through
        mine = sa.exists().where(
            Handover.dispute_id == Dispute.id,
            Handover.to_organisation_id == unit,
            Handover.state.in_(CAME_BACK),
        )
    town = [in_town(asked.actor)] if asked.units is None else []
    return [*_came_in(asked, desk), *town, mine.correlate(Dispute)]


def _times() -> Any:
    """How often it went out and came back: the ping-pong 推诿 of a dispute."""
    back = sa.select(sa.func.count()).where(
        Handover.dispute_id == Dispute.id, Handover.state.in_(CAME_BACK)
    )
    return back.correlate(Dispute).scalar_subquery()


def _row(row: Any) -> CreditRow:
    return CreditRow(
        number=row.number,
        category="" if row.restricted else row.category,
        restricted=row.restricted,
        status=row.status,
        outcome=None if row.restricted else row.outcome,
        organisation=row.organisation,
        times=row.times,
        registered_on=row.registered_on,
    )
