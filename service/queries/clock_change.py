"""Changes of clocks 中止、延期: what waits for approval, and what a change would make of a term."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import ClockChangeKind, ClockChangeState, DisputeStatus, TimeUnit
from models import Clock, ClockChange, Dispute, Organisation, User, db
from service.desk import Desk
from service.queries.access import in_full, known
from service.queries.clock import ChangeView, ClockView, change_view
from service.queries.clock_promise import rule_of
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.rules import access
from service.rules import clock as rules
from service.rules.access import Actor
from service.rules.clock import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """A change that waits for a second person, with the dispute and the term it is about."""

    change: ChangeView
    clock_id: UUID
    clock_name: str
    unit: TimeUnit | None
    due_on: date
    provisional: bool
    paused: bool
    dispute_id: UUID
    number: str
    category: str
    restricted: bool
    status: DisputeStatus
    organisation: str | None
    version: int


def waiting(
    *, actor: Actor, desk: Desk, now: datetime, limit: int = 25, cursor: str | None = None
) -> Page[WaitingView]:
    """What waits for the viewer's approval, what was asked first in front.

    What they asked for themselves is among it: somebody else has to decide.
    """
    scope = access.scope(actor, "clock.approve", desk.policy.access)
    full = in_full(access.scope(actor, "dispute.read", desk.policy.access), now)
    query = (
        sa.select(
            ClockChange, Clock, Dispute, Organisation.name, User.name, sa.case((full, 1), else_=0)
        )
        .join(Clock, Clock.id == ClockChange.clock_id)
        .join(Dispute, Dispute.id == ClockChange.dispute_id)
        .outerjoin(User, User.id == ClockChange.asked_by)
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(ClockChange.state == ClockChangeState.ASKED, known(scope, now))
    )
    keys = (ClockChange.asked_at, ClockChange.id)
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_instant, as_id), descending=False))
    found = db.session.execute(query.order_by(*keys).limit(limit + 1)).all()
    items = [
        _waiting(change, clock, dispute, unit, asker, desk=desk, opened=bool(opens))
        for change, clock, dispute, unit, asker, opens in found[:limit]
    ]
    following = None
    if len(found) > limit:
        last = found[limit - 1][0]
        following = encode_cursor([last.asked_at.isoformat(), str(last.id)])
    return Page(items, following)


def waiting_count(*, actor: Actor, desk: Desk, now: datetime, own: bool = False) -> int:
    """How many of them the viewer may decide; with `own` those they asked for are counted too."""
    scope = access.scope(actor, "clock.approve", desk.policy.access)
    asked = (
        sa.select(sa.func.count())
        .select_from(ClockChange)
        .join(Dispute, Dispute.id == ClockChange.dispute_id)
        .where(
            ClockChange.state == ClockChangeState.ASKED,
            sa.true() if own else ClockChange.asked_by.is_distinct_from(actor.user_id),
            known(scope, now),
        )
    )
    return db.session.scalar(asked) or 0


def _waiting(
    change: ClockChange,
    clock: Clock,
    dispute: Dispute,
    unit: str | None,
    asker: str | None,
    *,
    desk: Desk,
    opened: bool,
) -> WaitingView:
    key = desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}") if opened else None
    return WaitingView(
        change=change_view(change, key, asked_by=asker, decided_by=None),
        clock_id=clock.id,
        clock_name=rule_of(clock, desk.policy.clocks).name,
        unit=clock.unit,
        due_on=clock.due_on,
        provisional=clock.provisional,
        paused=clock.paused_from is not None,
        dispute_id=dispute.id,
        number=dispute.number,
        category=dispute.category,
        restricted=dispute.restricted,
        status=dispute.status,
        organisation=unit or dispute.office_text,
        version=dispute.version,
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change would make of a term: the date before and after, and from which calendar.

    A pause has no date after it; `left` says how many units are left when it ends.
    """

    due_before: date
    due_after: date | None
    provisional: bool
    left: int | None


def effect(
    view: ClockView,
    kind: ClockChangeKind,
    *,
    length: int | None,
    from_on: date | None,
    desk: Desk,
) -> Effect:
    """What would come of it if it were granted; nothing is judged."""
    run = view.run
    if kind is ClockChangeKind.EXTEND:
        longer = Change(kind, ClockChangeState.GRANTED, "", length=length)
        promise = rules.promised(replace(run, changes=(*run.changes, longer)), desk.calendar)
        after = promise.due_on if promise else None
        return Effect(view.due_on, after, bool(promise and promise.provisional), None)
    begun = max(from_on or view.start_on, view.start_on + timedelta(days=1))
    return Effect(view.due_on, None, provisional=False, left=_left(view, begun, desk))


def _left(view: ClockView, from_on: date, desk: Desk) -> int:
    """How many days of the term are left from `from_on` on: working days where it counts these."""
    days = max((view.raw_due_on - from_on).days + 1, 0)
    if view.unit is not TimeUnit.WORKING_DAY:
        return days
    each_day = (from_on + timedelta(days=n) for n in range(days))
    return sum(desk.calendar.is_working_day(day) for day in each_day)
