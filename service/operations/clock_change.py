"""Pause 中止 and extend 延期 a term: asked for by who handles it, granted by somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from config.vocabulary import ClockChangeKind, ClockChangeState
from models import Clock, ClockChange, Dispute, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import clock as clocks
from service.operations import load, notice
from service.queries.clock_promise import run_of
from service.rules import clock as rules
from service.rules.access import Actor
from service.rules.clock import Run

SECOND: Final = "申请的人不能自己批准，请另一位有权批准的人决定"
DECIDED: Final = "这份申请已经有结果"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A change somebody asks for: on what ground, in their words, by how much or from when."""

    kind: ClockChangeKind
    ground: str
    words: str
    length: int | None = None
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the second person says; a refusal says why."""

    granted: bool
    words: str | None = None


def ask(
    dispute_id: UUID,
    clock_id: UUID,
    wish: Wish,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Ask for a pause or an extension; the id of the change, which waits for somebody else.

    Raises Invalid at the field, StepNotAllowed when the term takes none now.
    """
    with transaction() as session, session.no_autoflush:
        dispute, clock = _held(
            session, dispute_id, clock_id, "clock.ask", version, actor=actor, desk=desk, now=now
        )
        today = desk.today(now)
        checked = check(_run(clock, clocks.changes_of(session, clock), desk), wish, today, desk)
        key, change_id = load.field_key(dispute, desk), uuid4()
        session.add(
            ClockChange(
                id=change_id,
                clock_id=clock.id,
                dispute_id=dispute.id,
                kind=checked.kind,
                state=ClockChangeState.ASKED,
                ground=checked.ground,
                words_sealed=key.seal(checked.words, f"clock_change.words:{change_id}"),
                length=checked.length,
                from_on=checked.from_on,
                asked_by=actor.user_id,
                asked_at=now,
            )
        )
        detail = _detail(clock, checked.kind, checked.ground)
        clocks.kept(session, dispute, "clock-ask", detail, actor=actor, now=now)
        notice.change_asked(session, dispute, change_id, actor=actor, desk=desk, now=now)
    return change_id


def check(run: Run, wish: Wish, today: date, desk: Desk) -> Wish:
    """The wish as it would be kept: a pause begins today where it says nothing else.

    Raises what `ask` raises.
    """
    grounds, calendar = desk.policy.clock_grounds, desk.calendar
    if wish.kind is ClockChangeKind.PAUSE:
        if wish.length is not None:
            raise Invalid({"length": ["中止不写长短，恢复计时的时候再定"]})
        begun = wish.from_on or today
        rules.check_pause(run, wish.ground, begun, today, calendar=calendar, grounds=grounds)
        return Wish(kind=wish.kind, ground=wish.ground, words=wish.words, from_on=begun)
    if wish.kind is not ClockChangeKind.EXTEND:
        raise Invalid({"kind": ["请选择中止或者延期"]})
    if wish.from_on is not None:
        raise Invalid({"from_on": ["延期接着原来的到期日算，不写起日"]})
    length = wish.length or 0
    rules.check_extension(
        run, length, today, ground=wish.ground, calendar=calendar, grounds=grounds
    )
    return Wish(kind=wish.kind, ground=wish.ground, words=wish.words, length=length)


def decide(
    dispute_id: UUID,
    clock_id: UUID,
    change_id: UUID,
    decision: Decision,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Grant a change or refuse it, by another than who asked; the day of the asking counts.

    Raises Forbidden for who asked, Conflict when it was decided, Invalid for a refusal without a
    word.
    """
    granted = decision.granted
    with transaction() as session, session.no_autoflush:
        dispute, clock = _held(
            session,
            dispute_id,
            clock_id,
            "clock.approve",
            version,
            actor=actor,
            desk=desk,
            now=now,
        )
        changes = clocks.changes_of(session, clock)
        change = _asked(changes, change_id)
        if change.asked_by == actor.user_id:
            raise Forbidden(SECOND)
        if not granted and not decision.words:
            raise Invalid({"words": ["不同意请写明理由"]})
        if granted:
            others = [each for each in changes if each is not change]
            check(_run(clock, others, desk), _wish(change), desk.today(change.asked_at), desk)
        change.state = ClockChangeState.GRANTED if granted else ClockChangeState.REFUSED
        change.decided_by, change.decided_at = actor.user_id, now
        change.decision_sealed = load.field_key(dispute, desk).seal_optional(
            decision.words, f"clock_change.decision:{change.id}"
        )
        if granted:
            _apply(session, clock, change, desk)
        clocks.settle(session, dispute, desk=desk, now=now)
        detail = _detail(clock, change.kind, change.ground) | {"granted": granted}
        if change.due_after:
            detail["due_on"] = change.due_after.isoformat()
        clocks.kept(session, dispute, "clock-decide", detail, actor=actor, now=now)
        notice.change_decided(session, dispute, change, actor=actor, desk=desk, now=now)


def drop(
    dispute_id: UUID,
    clock_id: UUID,
    change_id: UUID,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take back what one asked for oneself, before anybody decided."""
    with transaction() as session, session.no_autoflush:
        dispute, clock = _held(
            session, dispute_id, clock_id, "clock.ask", version, actor=actor, desk=desk, now=now
        )
        change = _asked(clocks.changes_of(session, clock), change_id)
        if change.asked_by != actor.user_id:
            raise Forbidden("只有申请的人能撤回申请")
        change.state, change.decided_at = ClockChangeState.DROPPED, now
        detail = _detail(clock, change.kind, change.ground)
        clocks.kept(session, dispute, "clock-drop", detail, actor=actor, now=now)
        notice.change_settled(session, dispute.id, change.id, now=now)


def resume(
    dispute_id: UUID,
    clock_id: UUID,
    on: date | None = None,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """End the pause 恢复计时: `on`, today where nothing is said, is the first day that counts."""
    with transaction() as session, session.no_autoflush:
        dispute, clock = _held(
            session, dispute_id, clock_id, "clock.ask", version, actor=actor, desk=desk, now=now
        )
        changes, today = clocks.changes_of(session, clock), desk.today(now)
        until = on or today
        _check_resume(_run(clock, changes, desk), until, today)
        pause = next(each for each in changes if _lasts(each))
        pause.until_on, clock.paused_from = until, None
        clocks.recount(session, clock, desk=desk)
        pause.due_after = clock.due_on
        clocks.settle(session, dispute, desk=desk, now=now)
        detail = {"rule": clock.rule, "on": until.isoformat(), "due_on": clock.due_on.isoformat()}
        clocks.kept(session, dispute, "clock-resume", detail, actor=actor, now=now)


def _held(
    session: Session,
    dispute_id: UUID,
    clock_id: UUID,
    action: str,
    version: int,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> tuple[Dispute, Clock]:
    """The dispute, locked, and its running clock: nobody stops it meanwhile."""
    dispute = load.dispute_for_change(
        session, dispute_id, action, version=version, actor=actor, desk=desk, now=now
    )
    return dispute, clocks.running_one(session, dispute, clock_id)


def _check_resume(run: Run, until: date, today: date) -> None:
    try:
        rules.check_resume(run, until, today)
    except Invalid as refusal:  # what is asked for here is the day it goes on
        raise Invalid({"on": refusal.fields["until_on"]}) from refusal


def _apply(session: Session, clock: Clock, change: ClockChange, desk: Desk) -> None:
    change.due_before = clock.due_on
    if change.kind is ClockChangeKind.PAUSE:
        clock.paused_from = change.from_on
        return
    clocks.recount(session, clock, desk=desk)
    change.due_after = clock.due_on


def _asked(changes: Sequence[ClockChange], change_id: UUID) -> ClockChange:
    found = next((each for each in changes if each.id == change_id), None)
    if found is None:
        raise NotFound("没有找到这份申请")
    if found.state is not ClockChangeState.ASKED:
        raise Conflict(DECIDED)
    return found


def _lasts(change: ClockChange) -> bool:
    granted = change.state is ClockChangeState.GRANTED
    return change.kind is ClockChangeKind.PAUSE and granted and change.until_on is None


def _wish(change: ClockChange) -> Wish:
    return Wish(
        kind=change.kind,
        ground=change.ground,
        words="",
        length=change.length,
        from_on=change.from_on,
    )


def _run(clock: Clock, changes: Sequence[ClockChange], desk: Desk) -> Run:
    return run_of(clock, changes, desk.policy.clocks)


def _detail(clock: Clock, kind: ClockChangeKind, ground: str) -> dict[str, Any]:
    return {"rule": clock.rule, "kind": kind.value, "ground": ground}
