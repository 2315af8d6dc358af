"""Look at clocks 期限: the terms of a dispute, how each was counted, what waits for approval."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.basis import Basis
from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    ClockEnd,
    ClockKind,
    ClockState,
    TimeUnit,
)
from models import Clock, ClockChange, Dispute, User, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries import dispute as disputes
from service.queries.access import known
from service.queries.clock_promise import run_of
from service.queries.dispute import Opened
from service.rules import access, deadlines
from service.rules import clock as rules
from service.rules import dispute as dispute_rules
from service.rules.access import Actor
from service.rules.clock import Run
from service.rules.deadlines import Explanation, Pause

NOT_FOUND: Final = "没有找到这个期限"
_ASKER, _DECIDER = aliased(User), aliased(User)
# every clock of a dispute with every change of it, and who asked and decided
_ALL: Final = (
    sa.select(Clock, ClockChange, _ASKER.name, _DECIDER.name)
    .outerjoin(ClockChange, ClockChange.clock_id == Clock.id)
    .outerjoin(_ASKER, _ASKER.id == ClockChange.asked_by)
    .outerjoin(_DECIDER, _DECIDER.id == ClockChange.decided_by)
    .where(Clock.dispute_id == sa.bindparam("wanted"))
    .order_by(Clock.start_on, Clock.id, ClockChange.asked_at, ClockChange.id)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One change of a clock; its words only for who may read what the dispute is about."""

    id: UUID
    kind: ClockChangeKind
    state: ClockChangeState
    ground: str
    words: str | None
    length: int | None
    from_on: date | None
    until_on: date | None
    due_before: date | None
    due_after: date | None
    asked_by: str | None
    asked_by_id: UUID | None
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """One clock. While it is paused `due_on` is the date it had until then, and no promise.

    `days_left` is None where no day is promised; `may_ask` are the changes that may be asked for.
    `binds`: whether it makes the dispute due. `run` is what it is counted from.
    """

    id: UUID
    dispute_id: UUID
    rule: str
    name: str
    kind: ClockKind
    state: ClockState
    episode: int
    stated: bool
    length: int | None
    unit: TimeUnit | None
    start_on: date
    start_at: datetime | None
    raw_due_on: date
    due_on: date
    due_at: datetime | None
    provisional: bool
    paused_from: date | None
    ended: ClockEnd | None
    stopped_on: date | None
    days_left: int | None
    overdue: bool
    binds: bool
    basis: tuple[Basis, ...]
    changes: tuple[ChangeView, ...]
    may_ask: tuple[ClockChangeKind, ...]
    run: Run = field(repr=False)


def of_opened(opened: Opened, *, desk: Desk, now: datetime) -> list[ClockView]:
    """Every clock of a dispute that was opened for the viewer: running ones first, nearest first.

    Of a sealed one no words are told.
    """
    return _views(opened.view.id, opened.key, desk=desk, now=now)


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[ClockView]:
    """The same by its id; NotFound when the viewer may not look at its terms."""
    return _views(dispute_id, _key(dispute_id, actor=actor, desk=desk, now=now), desk=desk, now=now)


def one(dispute_id: UUID, clock_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> ClockView:
    """One clock of a dispute; NotFound as of `of_dispute`, or when it is none of its."""
    for each in of_dispute(dispute_id, actor=actor, desk=desk, now=now):
        if each.id == clock_id:
            return each
    raise NotFound(NOT_FOUND)


def explained(view: ClockView, *, desk: Desk, now: datetime) -> Explanation | None:
    """The date of a clock day by day; None for one somebody else wrote down.

    A pause that lasts is told as if it ended today: nobody knows the date before it does.
    """
    run = view.run
    if view.stated:
        return None
    if view.start_at is not None:
        return deadlines.explain(run.rule, view.start_at.astimezone(desk.zone), desk.calendar)
    return deadlines.explain(
        run.rule,
        run.start_on,
        desk.calendar,
        pauses=(*rules.pauses_of(run.changes), *lasting(view, desk.today(now))),
        extra=rules.extra_of(run.changes),
    )


def lasting(view: ClockView, today: date) -> tuple[Pause, ...]:
    """The pause that lasts, up to today; nothing when none does, or it began today."""
    begun = view.paused_from
    return (Pause(begun, today),) if begun is not None and begun < today else ()


def _key(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> FieldKey | None:
    """The key of a dispute whose terms the viewer may look at; None when it is sealed to them."""
    scope = access.scope(actor, "clock.read", desk.policy.access)
    seen = sa.select(Dispute.id).where(Dispute.id == dispute_id, known(scope, now))
    if db.session.scalar(seen) is None:
        raise NotFound(disputes.NOT_FOUND)
    return disputes.opened(dispute_id, actor=actor, desk=desk, now=now).key


def _views(dispute_id: UUID, key: FieldKey | None, *, desk: Desk, now: datetime) -> list[ClockView]:
    clocks: dict[UUID, Clock] = {}
    changes: dict[UUID, list[tuple[ClockChange, ChangeView]]] = defaultdict(list)
    for clock, change, asker, decider in db.session.execute(_ALL, {"wanted": dispute_id}):
        clocks[clock.id] = clock
        if change is not None:
            shown = change_view(change, key, asked_by=asker, decided_by=decider)
            changes[clock.id].append((change, shown))
    found = [
        _view(each, dispute_id, changes[each.id], desk=desk, now=now) for each in clocks.values()
    ]
    return sorted(found, key=_order)


def _order(view: ClockView) -> tuple[bool, int, str]:
    """Running ones first, the nearest in front; of the stopped, the latest."""
    stopped = view.stopped_on is not None
    day = -view.stopped_on.toordinal() if view.stopped_on else view.due_on.toordinal()
    return stopped, day, str(view.id)


def _view(
    clock: Clock,
    dispute_id: UUID,
    changes: Sequence[tuple[ClockChange, ChangeView]],
    *,
    desk: Desk,
    now: datetime,
) -> ClockView:
    today = desk.today(now)
    run = run_of(clock, (stored for stored, _ in changes), desk.policy.clocks)
    state = rules.state(clock.paused_from, clock.stopped_at)
    running = state is ClockState.RUNNING
    return ClockView(
        id=clock.id,
        dispute_id=dispute_id,
        rule=clock.rule,
        name=run.rule.name,
        kind=clock.kind,
        state=state,
        episode=clock.episode,
        stated=clock.stated,
        length=clock.length,
        unit=clock.unit,
        start_on=clock.start_on,
        start_at=clock.start_at,
        raw_due_on=clock.raw_due_on,
        due_on=clock.due_on,
        due_at=clock.due_at,
        provisional=clock.provisional,
        paused_from=clock.paused_from,
        ended=clock.ended,
        stopped_on=clock.stopped_on,
        days_left=rules.days_left(clock.due_on, today) if running else None,
        overdue=running and _is_late(clock, today, now),
        binds=dispute_rules.binds(clock.rule, clock.kind, desk.policy),
        basis=deadlines.in_force(run.rule.basis, clock.start_on),
        changes=tuple(shown for _, shown in changes),
        may_ask=rules.open_changes(run, desk.calendar, today) if clock.stopped_at is None else (),
        run=run,
    )


def _is_late(clock: Clock, today: date, now: datetime) -> bool:
    if clock.due_at is not None:
        return rules.is_late_at(clock.due_at, now=now)
    return rules.is_late(clock.due_on, today=today, paused=False)


def change_view(
    change: ClockChange,
    key: FieldKey | None,
    *,
    asked_by: str | None,
    decided_by: str | None,
) -> ChangeView:
    """A change in the eyes of who has the key, or has none."""
    return ChangeView(
        id=change.id,
        kind=change.kind,
        state=change.state,
        ground=change.ground,
        words=key.open_optional(change.words_sealed, f"clock_change.words:{change.id}")
        if key
        else None,
        length=change.length,
        from_on=change.from_on,
        until_on=change.until_on,
        due_before=change.due_before,
        due_after=change.due_after,
        asked_by=asked_by,
        asked_by_id=change.asked_by,
        asked_at=change.asked_at,
        decided_by=decided_by,
        decided_at=change.decided_at,
        decision=key.open_optional(change.decision_sealed, f"clock_change.decision:{change.id}")
        if key
        else None,
    )
