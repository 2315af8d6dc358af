"""Supervision 督办: press the unit in charge, reply, send a reply back, end it.

What is ordered and replied is sealed with the dispute's key. A leader orders by the number alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import SupervisionKind
from models import Clock, Dispute, Supervision, User, transaction
from service.desk import Desk
from service.errors import Conflict, Erased, Forbidden, Invalid, NotFound
from service.operations import load, notice
from service.operations.event import record
from service.operations.number import PATIENCE_S, take, wait_in_line
from service.queries.access import standing, visible
from service.rules import access
from service.rules import supervision as rules
from service.rules.access import Actor
from service.rules.supervision import MOST, Pressed

NOT_FOUND: Final = "没有找到这次督办"
NOT_ALL_FOUND: Final = "选中的纠纷有的没有找到，请回到列表重新勾选"
OVER: Final = "这次督办已经结束"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is ordered: how, in which words, until when a reply is due (None: the usual day).

    `clock` is the term that brought it about, when one dispute is chosen and one is known.
    """

    kind: SupervisionKind
    words: str
    reply_by: date | None = None
    clock: UUID | None = None


def order(
    dispute_ids: Sequence[UUID], what: Order, *, actor: Actor, desk: Desk, now: datetime
) -> list[UUID]:
    """Press the units that have these disputes in hand: a row for each, in the given order.

    Raises Invalid at `disputes` for those the caller does not reach, that nobody has in hand or
    that are over, and at `reply_by`; Forbidden for a way to press that is not the caller's.
    """
    scope = access.require(actor, "supervision.order", desk.policy.access)
    press, today = desk.policy.supervisions[what.kind], desk.today(now)
    rules.check_orderer(press, actor)
    reply_by = rules.reply_by(press, what.reply_by, today, desk.calendar)
    wanted = list(dict.fromkeys(dispute_ids))
    _check_count(wanted)
    with transaction() as session:
        found = {
            each.id: each
            for each in session.scalars(
                sa.select(Dispute)
                .where(Dispute.id.in_(wanted), visible(scope, now), Dispute.erased_at.is_(None))
                .order_by(Dispute.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        }
        if len(found) < len(wanted):
            raise Invalid({"disputes": [NOT_ALL_FOUND]})
        rules.check_pressed(
            [
                Pressed(each.number, each.status, each.organisation_id is not None)
                for each in found.values()
            ]
        )
        numbers = _numbers(session, what.kind, len(wanted), desk, today)
        return [
            _press(
                session,
                found[each],
                what,
                number,
                reply_by,
                actor=actor,
                desk=desk,
                now=now,
            )
            for each, number in zip(wanted, numbers, strict=True)
        ]


def answer(supervision_id: UUID, words: str, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Reply for the unit. Raises Conflict when no reply is waited for."""
    with transaction() as session:
        row, dispute = _of(session, supervision_id, actor=actor, desk=desk, now=now)
        _check_replies(session, row, dispute, actor=actor, desk=desk, now=now)
        _must_wait(row)
        key = load.field_key(dispute, desk)
        row.reply_sealed = key.seal(words, f"supervision.reply:{row.id}")
        row.replied_by, row.replied_at = actor.user_id, now
        session.flush()
        _record(session, dispute, row, "supervision-answer", actor=actor, desk=desk, now=now)
        notice.supervision_answered(
            session, dispute, row.id, row.ordered_by, actor=actor, desk=desk, now=now
        )


def send_back(supervision_id: UUID, words: str, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """The reply will not do: it is emptied, and waited for again. Why stands in the trail."""
    with transaction() as session:
        row, dispute = _of(session, supervision_id, actor=actor, desk=desk, now=now)
        _check_own(session, row, actor, desk)
        if row.ended_at is not None:
            raise Conflict(OVER)
        if row.replied_at is None:
            raise Conflict("还没有答复，不能退回")
        row.reply_sealed, row.replied_by, row.replied_at = None, None, None
        session.flush()
        _record(
            session, dispute, row, "supervision-back", actor=actor, desk=desk, now=now, reason=words
        )
        notice.supervision_over(session, dispute.id, row.id, now=now)
        notice.supervised(session, dispute, row.id, actor=actor, desk=desk, now=now)


def finish(supervision_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """The reply will do, or none is wanted any more: it is over."""
    with transaction() as session:
        row, dispute = _of(session, supervision_id, actor=actor, desk=desk, now=now)
        _check_own(session, row, actor, desk)
        if row.ended_at is not None:
            raise Conflict(OVER)
        _end(session, dispute, row, actor=actor, desk=desk, now=now)


def end_all(session: Session, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """End, in the caller's transaction, what still presses: the dispute is over or went back."""
    running = sa.select(Supervision).where(
        Supervision.dispute_id == dispute.id, Supervision.ended_at.is_(None)
    )
    for row in session.scalars(running.order_by(Supervision.id)):
        _end(session, dispute, row, actor=actor, desk=desk, now=now)


def _check_replies(
    session: Session,
    row: Supervision,
    dispute: Dispute,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    scope = access.require(actor, "supervision.answer", desk.policy.access)
    theirs = rules.is_theirs(row.organisation_id, dispute.mediator_id, actor)
    if not theirs or not access.covers(scope, standing(session, dispute, now), now):
        raise Forbidden("这次督办由承办单位答复")


def _check_count(wanted: list[UUID]) -> None:
    if not wanted:
        raise Invalid({"disputes": ["请先在列表里勾选要督办的纠纷"]})
    if len(wanted) > MOST:
        raise Invalid({"disputes": [f"一次最多督办 {MOST} 件，请分几次下达"]})


def _numbers(
    session: Session, kind: SupervisionKind, count: int, desk: Desk, today: date
) -> list[str | None]:
    """The numbers of the papers, one after the other; an urge has none."""
    if kind is SupervisionKind.URGE:
        return [None] * count
    sign = desk.policy.supervisions.sign
    wait_in_line(session, PATIENCE_S)
    last = take(session, sign, today.year, count=count)
    return [rules.number_text(sign, today.year, each) for each in range(last - count + 1, last + 1)]


def _press(
    session: Session,
    dispute: Dispute,
    what: Order,
    number: str | None,
    reply_by: date | None,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """One row; an urge waits for nothing and is over at once."""
    made, key = uuid4(), load.field_key(dispute, desk)
    over = what.kind is SupervisionKind.URGE
    row = Supervision(
        id=made,
        kind=what.kind,
        number=number,
        dispute_id=dispute.id,
        clock_id=_clock(session, dispute.id, what.clock),
        organisation_id=dispute.organisation_id,
        words_sealed=key.seal(what.words, f"supervision.words:{made}"),
        ordered_by=actor.user_id,
        ordered_at=now,
        ordered_on=desk.today(now),
        reply_by=reply_by,
        ended_by=actor.user_id if over else None,
        ended_at=now if over else None,
    )
    session.add(row)
    session.flush()
    _record(session, dispute, row, "supervision-order", actor=actor, desk=desk, now=now)
    notice.supervised(session, dispute, made, actor=actor, desk=desk, now=now)
    return made


def _clock(session: Session, dispute_id: UUID, clock_id: UUID | None) -> UUID | None:
    if clock_id is None:
        return None
    known = sa.select(Clock.id).where(Clock.id == clock_id, Clock.dispute_id == dispute_id)
    if session.scalar(known) is None:
        raise Invalid({"clock": ["这件纠纷没有这个期限"]})
    return clock_id


def _end(
    session: Session,
    dispute: Dispute,
    row: Supervision,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    row.ended_by, row.ended_at = actor.user_id, now
    session.flush()
    _record(session, dispute, row, "supervision-end", actor=actor, desk=desk, now=now)
    notice.supervision_over(session, dispute.id, row.id, now=now)


def _of(
    session: Session, supervision_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> tuple[Supervision, Dispute]:
    """The row and its dispute, both locked; NotFound for who may not know of it."""
    scope = access.scope(actor, "supervision.read", desk.policy.access)
    about = session.scalar(
        sa.select(Supervision.dispute_id).where(Supervision.id == supervision_id)
    )
    dispute = session.scalar(
        sa.select(Dispute)
        .where(Dispute.id == about, visible(scope, now))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if dispute is None:
        raise NotFound(NOT_FOUND)
    if dispute.erased_at is not None:
        raise Erased
    row = session.get_one(Supervision, supervision_id, populate_existing=True)
    return row, dispute


def _check_own(session: Session, row: Supervision, actor: Actor, desk: Desk) -> None:
    """Who ordered it judges the reply; another one only when that account is closed."""
    access.require(actor, "supervision.order", desk.policy.access)
    works = sa.select(User.id).where(User.id == row.ordered_by, User.active)
    if row.ordered_by != actor.user_id and session.scalar(works) is not None:
        raise Forbidden("由下达督办的人确认")


def _must_wait(row: Supervision) -> None:
    if row.ended_at is not None:
        raise Conflict(OVER)
    if row.replied_at is not None:
        raise Conflict("已经答复过，等下达的人确认；要改，请对方退回")


def _record(
    session: Session,
    dispute: Dispute,
    row: Supervision,
    action: str,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
    reason: str | None = None,
) -> None:
    """On the dispute's course and in the trail: which paper, never its words."""
    detail: dict[str, Any] = {"supervision": str(row.id), "kind": row.kind.value}
    if row.number is not None:
        detail["paper_number"] = row.number
    if row.reply_by is not None and action == "supervision-order":
        detail["reply_by"] = row.reply_by.isoformat()
    record(
        session,
        dispute.id,
        subject="dispute",
        action=action,
        actor=actor,
        now=now,
        reason=reason,
        detail=detail,
        version=dispute.version,
        key=load.field_key(dispute, desk),
    )
