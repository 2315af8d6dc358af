"""Joint handling 联调: ask units along, answer for one, let one off; what closing and moving do.

One unit leads always: it is the dispute's own. What others do is a task beside it, with its own
term, and closing waits for every one of them. Whoever calls holds the dispute's row locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import ClockEnd, JointState, Role, SharePurpose, Step
from models import Clock, Dispute, JointTask, Organisation, Share, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, NotFound
from service.operations import clock, load, notice
from service.operations.event import record
from service.queries.access import in_force
from service.rules import dispute as disputes
from service.rules import joint_task as rules
from service.rules.access import Actor

S = JointState
NOT_FOUND: Final = "没有找到这项协办任务"
RESTRICTED: Final = "限制查阅的纠纷不请别的单位协办，要让谁看就指定谁"
NOT_YOURS: Final = "协办任务由这个协办单位自己答复"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDraft:
    """Whom to ask along, and to do what."""

    organisation: UUID
    words: str


def start(
    dispute_id: UUID, drafts: Sequence[TaskDraft], *, actor: Actor, desk: Desk, now: datetime
) -> list[UUID]:
    """Ask units along, each with a task and a term of its own; the ids in the given order.

    Each sees the dispute from now on, to assist, until it ends. Raises Invalid at
    `tasks.N.organisation`, Conflict for a restricted dispute, StepNotAllowed where nobody leads.
    """
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "joint.start", version=None, actor=actor, desk=desk, now=now
        )
        if dispute.restricted:
            raise Conflict(RESTRICTED)
        rules.check_startable(dispute.status, has_lead=dispute.organisation_id is not None)
        wanted = [each.organisation for each in drafts]
        rules.check_units(
            wanted,
            lead=dispute.organisation_id,
            active=_active(session, wanted),
            waiting={each.organisation_id for each in of(session, dispute) if each.state is S.OPEN},
        )
        rows = [_ask(session, dispute, each, actor=actor, desk=desk, now=now) for each in drafts]
        clock.settle(session, dispute, desk=desk, now=now)
        session.flush()
        for row in rows:
            _note(session, dispute, row, "joint-ask", actor=actor, now=now)
            notice.joint_asked(session, dispute, row, actor=actor, desk=desk, now=now)
        return [row.id for row in rows]


def answer(
    dispute_id: UUID,
    task_id: UUID,
    words: str,
    *,
    refuses: bool = False,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """The co-unit's opinion on its own task, or why it cannot do it.

    Raises NotFound, Forbidden for another unit's task, Conflict for one that waits no longer.
    """
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "joint.answer", version=None, actor=actor, desk=desk, now=now
        )
        row = _one(session, dispute, task_id)
        if row.organisation_id != actor.organisation_id:
            raise Forbidden(NOT_YOURS)
        rules.check_answerable(row.state)
        key = load.field_key(dispute, desk)
        row.state = S.REFUSED if refuses else S.DONE
        row.opinion_sealed = key.seal(words, f"joint_task.opinion:{row.id}")
        row.answered_by, row.answered_at = actor.user_id, now
        _stop(session, row, ClockEnd.RETURNED if refuses else ClockEnd.MET, desk=desk, now=now)
        clock.settle(session, dispute, desk=desk, now=now)
        session.flush()
        deed = "joint-refuse" if refuses else "joint-answer"
        _note(session, dispute, row, deed, actor=actor, now=now)
        notice.joint_settled(session, row, now=now)
        notice.joint_answered(session, dispute, row, actor=actor, desk=desk, now=now)


def waive(
    dispute_id: UUID, task_id: UUID, reason: str, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """The lead waits no longer for a task, and says why. Raises NotFound, Forbidden, Conflict."""
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "joint.waive", version=None, actor=actor, desk=desk, now=now
        )
        row = _one(session, dispute, task_id)
        rules.check_waivable(row.state)
        key = load.field_key(dispute, desk)
        row.reason_sealed = key.seal(reason, f"joint_task.reason:{row.id}")
        row.waived_by = actor.user_id
        _let_off(session, row, desk=desk, now=now)
        clock.settle(session, dispute, desk=desk, now=now)
        session.flush()
        _note(session, dispute, row, "joint-waive", actor=actor, now=now)


# -- what the dispute's own way does -------------------------------------------------------------


def check_closing(session: Session, dispute: Dispute, step: Step) -> None:
    """Raises Conflict, naming the co-units, while `step` has to wait for their tasks."""
    if step not in rules.WAITING:
        return
    found = session.scalars(
        sa.select(Organisation.name)
        .join(JointTask, JointTask.organisation_id == Organisation.id)
        .where(JointTask.dispute_id == dispute.id, JointTask.state.in_(rules.UNSETTLED))
    )
    rules.check_closing(step, sorted(set(found)))


def stepped(
    session: Session, dispute: Dispute, step: Step, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """After a step: nothing waits on where it is over, and the co-units' sight ends with it."""
    if step in rules.ENDS:
        end_all(session, dispute, step.value, actor=actor, desk=desk, now=now)
    if disputes.ends(step):
        _end_shares(session, dispute, now)


def end_all(
    session: Session, dispute: Dispute, why: str, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """End, in the caller's transaction, every task that still waits; `why` is a code."""
    for row in unsettled(session, dispute):
        _ended(session, dispute, row, why, actor=actor, desk=desk, now=now)


def taken_over(
    session: Session, dispute: Dispute, unit: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """`unit` leads from now on: it is no co-unit any more; the others' tasks go on under it."""
    for row in unsettled(session, dispute):
        if row.organisation_id == unit:
            _ended(session, dispute, row, rules.LEADS_NOW, actor=actor, desk=desk, now=now)


def see_to(session: Session, dispute: Dispute, *, actor: Actor, now: datetime) -> None:
    """Every unit that is asked sees the dispute, also where its sight went with another one."""
    for row in of(session, dispute):
        if row.state is S.OPEN:
            _share(session, dispute, row.organisation_id, actor, now)


def check_lead_may_change(session: Session, dispute: Dispute, actor: Actor) -> None:
    """Raises Conflict for who is not the director while co-units have tasks."""
    waits = bool(unsettled(session, dispute))
    rules.check_lead_may_change(by_director=Role.DIRECTOR in actor.roles, unsettled=waits)


def of(session: Session, dispute: Dispute) -> list[JointTask]:
    """Every task of a dispute, oldest first."""
    mine = sa.select(JointTask).where(JointTask.dispute_id == dispute.id)
    return list(session.scalars(mine.order_by(JointTask.asked_at, JointTask.id)))


def unit_of(session: Session, term: Clock) -> UUID | None:
    """The co-unit whose term a clock is; None when it is no task's."""
    if term.rule != clock.JOINT:
        return None
    return session.scalar(sa.select(JointTask.organisation_id).where(JointTask.clock_id == term.id))


def unsettled(session: Session, dispute: Dispute) -> list[JointTask]:
    """Those of them that the lead has to wait for, or to let off."""
    return [each for each in of(session, dispute) if each.state in rules.UNSETTLED]


# -- parts ---------------------------------------------------------------------------------------


def _active(session: Session, wanted: Sequence[UUID]) -> set[UUID]:
    """Those of them that are there, held so that none is given up meanwhile."""
    found = session.scalars(
        sa.select(Organisation)
        .where(Organisation.id.in_(wanted))
        .order_by(Organisation.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return {each.id for each in found if each.active}


def _ask(
    session: Session,
    dispute: Dispute,
    draft: TaskDraft,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> JointTask:
    _share(session, dispute, draft.organisation, actor, now)
    term = clock.start_another(session, dispute, clock.JOINT, desk=desk, now=now)
    session.flush()  # the task names its clock
    made, key = uuid4(), load.field_key(dispute, desk)
    row = JointTask(
        id=made,
        dispute_id=dispute.id,
        episode=term.episode,
        organisation_id=draft.organisation,
        clock_id=term.id,
        state=S.OPEN,
        words_sealed=key.seal(draft.words, f"joint_task.words:{made}"),
        asked_by=actor.user_id,
        asked_at=now,
    )
    session.add(row)
    return row


def _share(session: Session, dispute: Dispute, unit: UUID, actor: Actor, now: datetime) -> None:
    """To assist a unit has to see the dispute; one that does, for as long, is not let in twice."""
    mine = sa.select(Share.id).where(
        Share.dispute_id == dispute.id,
        Share.organisation_id == unit,
        Share.purpose == SharePurpose.ASSIST,
        Share.until.is_(None),
        in_force(Share, now),
    )
    if session.scalar(mine) is None:
        session.add(
            Share(
                dispute_id=dispute.id,
                organisation_id=unit,
                purpose=SharePurpose.ASSIST,
                shared_by=actor.user_id,
                shared_at=now,
            )
        )


def _end_shares(session: Session, dispute: Dispute, now: datetime) -> None:
    """The sight that co-units had to assist ends with the dispute."""
    co_units = sa.select(JointTask.organisation_id).where(JointTask.dispute_id == dispute.id)
    running = sa.select(Share).where(
        Share.dispute_id == dispute.id,
        Share.purpose == SharePurpose.ASSIST,
        Share.organisation_id.in_(co_units),
        in_force(Share, now),
    )
    for share in session.scalars(running):
        share.ended_at = now


def _one(session: Session, dispute: Dispute, task_id: UUID) -> JointTask:
    row = session.get(JointTask, task_id, populate_existing=True)
    if row is None or row.dispute_id != dispute.id:
        raise NotFound(NOT_FOUND)
    return row


def _ended(
    session: Session,
    dispute: Dispute,
    row: JointTask,
    why: str,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    row.ended_as = why
    _let_off(session, row, desk=desk, now=now)
    _note(session, dispute, row, "joint-end", actor=actor, now=now)


def _let_off(session: Session, row: JointTask, *, desk: Desk, now: datetime) -> None:
    row.state, row.waived_at = S.WAIVED, now
    _stop(session, row, ClockEnd.CLOSED, desk=desk, now=now)
    notice.joint_settled(session, row, now=now)


def _stop(session: Session, row: JointTask, end: ClockEnd, *, desk: Desk, now: datetime) -> None:
    """Its term stops, unless somebody or the step itself stopped it before."""
    term = session.get_one(Clock, row.clock_id)
    if term.stopped_at is None:
        clock.stop_one(session, term, end, desk.today(now), desk=desk, now=now)


def _note(
    session: Session, dispute: Dispute, row: JointTask, deed: str, *, actor: Actor, now: datetime
) -> None:
    """On the dispute's course and in the trail: whose task, never its words."""
    detail: dict[str, Any] = {"task": str(row.id), "organisation": str(row.organisation_id)}
    if deed == "joint-ask":
        detail["due_on"] = session.get_one(Clock, row.clock_id).due_on.isoformat()
    record(
        session,
        dispute.id,
        subject="dispute",
        action=deed,
        actor=actor,
        now=now,
        detail=detail,
        version=dispute.version,
    )
