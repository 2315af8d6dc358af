"""Forget what is over its time 销毁: one proposes, two others agree, then it is done.

Neither the director nor the security administrator who agrees may be the one who proposed, nor be
the other: three people have seen the list before anything is gone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import Kept, Role
from models import Consultation, Dispute, Erasure, ErasureItem, insert, transaction
from service.desk import Desk
from service.errors import Conflict, NotFound
from service.operations import forgetting
from service.operations.event import record as record_event
from service.queries import retention as queries
from service.queries import sight
from service.rules import access
from service.rules.access import Actor

SUBJECT: Final = "erasure"
AT_ONCE: Final = 200  # on one list; what more is due goes on the next
ANOTHER: Final = "还有一份销毁清单没有办完，请先执行或者退回它"


@dataclass(frozen=True, slots=True)
class Done:
    """What running a list did."""

    erased: int
    spared: int


@sight.whole("erasure")
def propose(*, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Put what is due on a list; Conflict when nothing is, or another list is not done yet."""
    access.require(actor, "retention.propose", desk.policy.access)
    erasure_id = uuid4()
    with transaction() as session:
        _open_one(session, erasure_id, actor.user_id, now)
        due = queries.due(desk=desk, now=now, limit=AT_ONCE)
        if not due:
            raise Conflict("现在没有可以销毁的内容")
        session.add_all(
            ErasureItem(
                erasure_id=erasure_id, subject_id=each.id, kept_as=each.kept, due_from=each.due_from
            )
            for each in due
        )
        _record(session, erasure_id, "propose", actor, now, count=len(due))
    return erasure_id


def agree(erasure_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Agree to a list as director or as security administrator."""
    access.require(actor, "retention.approve", desk.policy.access)
    with transaction() as session:
        row = _open(session, erasure_id)
        if actor.user_id == row.proposed_by:
            raise Conflict("自己提出的清单，要由别人同意")
        if actor.user_id in (row.director_id, row.secadmin_id):
            raise Conflict("您已经同意过这份清单，还要另一个人同意")
        if Role.DIRECTOR in actor.roles and row.director_id is None:
            row.director_id, row.director_at = actor.user_id, now
        elif Role.SECADMIN in actor.roles and row.secadmin_id is None:
            row.secadmin_id, row.secadmin_at = actor.user_id, now
        else:
            raise Conflict("这一方已经有人同意过了")
        _record(session, erasure_id, "agree", actor, now)


def refuse(erasure_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Send a list back: nothing of it is forgotten, and all of it may be proposed again."""
    access.require(actor, "retention.approve", desk.policy.access)
    with transaction() as session:
        row = _open(session, erasure_id)
        row.refused_by, row.refused_at, row.open = actor.user_id, now, None
        _record(session, erasure_id, "refuse", actor, now)


def run(erasure_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> Done:
    """Forget everything on an agreed list; what is held back since is spared.

    Each thing is a transaction of its own: what stops in the middle is taken up by running again.
    """
    access.require(actor, "retention.run", desk.policy.access)
    waiting = _waiting(erasure_id)
    for item_id in waiting:
        _forget_one(erasure_id, item_id, actor=actor, desk=desk, now=now)
    with transaction() as session:
        row = _open(session, erasure_id)
        row.run_by, row.finished_at, row.open = actor.user_id, now, None
        session.flush()
        view = queries.erasure(erasure_id)
        done = Done(view.erased, view.spared)
        _record(session, erasure_id, "run", actor, now, erased=done.erased, spared=done.spared)
    return done


def _waiting(erasure_id: UUID) -> list[UUID]:
    """What of an agreed list is not done yet."""
    with transaction() as session:
        row = _open(session, erasure_id)
        if row.director_id is None or row.secadmin_id is None:
            raise Conflict("要中心主任和安全管理员都同意以后才能执行")
        return list(
            session.scalars(
                sa.select(ErasureItem.subject_id)
                .where(
                    ErasureItem.erasure_id == erasure_id,
                    ErasureItem.erased_at.is_(None),
                    ErasureItem.spared_at.is_(None),
                )
                .order_by(ErasureItem.due_from, ErasureItem.subject_id)
            )
        )


@sight.whole("erasure")
def _forget_one(
    erasure_id: UUID, subject_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    with transaction() as session:
        item = session.get_one(ErasureItem, (erasure_id, subject_id), with_for_update=True)
        if item.erased_at is not None or item.spared_at is not None:
            return  # somebody else runs it too
        of_consultation = item.kept_as is Kept.CONSULTATION
        deed = _consultation if of_consultation else _dispute
        if deed(session, subject_id, actor=actor, desk=desk, now=now):
            item.erased_at = now
        else:
            item.spared_at = now
            told = {"item": str(subject_id), "kept_as": item.kept_as.value}
            _record(session, erasure_id, "spare", actor, now, **told)


def _dispute(
    session: Session, dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> bool:
    """Forget a dispute, if it may still be; whether it was."""
    dispute = session.get_one(Dispute, dispute_id, with_for_update=True, populate_existing=True)
    if not queries.may_forget(dispute_id, desk=desk, now=now):
        return False
    forgetting.forget(session, dispute, desk=desk, now=now)
    session.flush()
    forgotten = sa.select(Dispute.id, Dispute.version).where(
        sa.or_(Dispute.id == dispute_id, Dispute.merged_into_id == dispute_id)
    )
    for each in session.execute(forgotten.order_by(Dispute.id)).all():
        record_event(
            session,
            each.id,
            subject="dispute",
            action="erase",
            actor=actor,
            now=now,
            version=each.version,
        )
    return True


def _consultation(
    session: Session, consultation_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> bool:
    row = session.get_one(
        Consultation, consultation_id, with_for_update=True, populate_existing=True
    )
    if not queries.may_forget_consultation(consultation_id, desk=desk, now=now):
        return False
    forgetting.forget_consultation(session, row, desk=desk, now=now)
    session.flush()
    record_event(
        session,
        consultation_id,
        subject="consultation",
        action="erase",
        actor=actor,
        now=now,
        version=row.version,
    )
    return True


def _open_one(session: Session, erasure_id: UUID, proposer: UUID, now: datetime) -> None:
    """Begin a list unless another is open; of two at the same moment the second waits here."""
    row = {"id": erasure_id, "proposed_by": proposer, "proposed_at": now, "open": True}
    made = session.scalars(
        insert(session, Erasure)
        .values(row)
        .on_conflict_do_nothing(index_elements=[Erasure.open])
        .returning(Erasure.id)
    )
    if made.first() is None:
        raise Conflict(ANOTHER)


def _open(session: Session, erasure_id: UUID) -> Erasure:
    """A list that is neither sent back nor done, locked."""
    row = session.get(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("没有这份清单")
    if not row.open:
        raise Conflict("这份清单已经退回或者已经执行")
    return row


def _record(
    session: Session,
    erasure_id: UUID,
    action: str,
    actor: Actor,
    now: datetime,
    **detail: int | str,
) -> None:
    session.flush()
    record_event(
        session,
        erasure_id,
        subject=SUBJECT,
        action=action,
        actor=actor,
        now=now,
        detail=dict(detail),
    )
