"""回避: nobody is named who must step aside; a party asks for another, the head decides."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.mediator_word import RecusalGrade, RecusalState
from config.vocabulary import Role, Step
from models import Dispute, Party, Recusal, User, UserRole, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import load, notice
from service.operations.event import record
from service.queries import candidate as candidates
from service.queries.access import standing
from service.rules import access
from service.rules import dispute as dispute_rules
from service.rules import mediator as rules
from service.rules.access import Actor
from service.rules.mediator import Judged

ASK: Final = "recusal.ask"
DECIDE: Final = "recusal.decide"
FIELD: Final = "mediator"
MUST_HIDDEN: Final = "这位调解员应当回避（受限纠纷，原因不显示），请另选一位"
SHOULD_HIDDEN: Final = "对这位调解员有回避的建议（受限纠纷，原因不显示）。仍要指定的，请写明理由"
NOT_ONESELF: Final = "对自己的回避申请要由别人决定"
OPEN_ALREADY: Final = "对这位调解员的回避申请还没有决定"
NO_MEDIATOR: Final = "还没有指定调解员，不用申请回避"


def check(
    session: Session,
    dispute: Dispute,
    user_id: UUID,
    *,
    reason: str | None,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> list[str]:
    """Raise Invalid for who must step aside, or should without a reason; the grounds overruled.

    At `mediator` and at `reason`. Reasons are told to who may read the dispute alone.
    """
    judged = _judged(dispute, user_id, desk, now)
    if judged is None:
        return []
    should = [each for each in judged.of(RecusalGrade.SHOULD) if each.reason]
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    told = not dispute.restricted or access.opens(reads, standing(session, dispute, now), now)
    if judged.excluded:
        must = judged.of(RecusalGrade.MUST)
        raise Invalid({FIELD: [rules.must_text(must) if told else MUST_HIDDEN]})
    if should and not reason:
        raise Invalid({"reason": [rules.should_text(should) if told else SHOULD_HIDDEN]})
    return [each.code for each in should]


def excluded(dispute: Dispute, user_id: UUID, *, desk: Desk, now: datetime) -> bool:
    """Whether somebody must step aside in a dispute."""
    judged = _judged(dispute, user_id, desk, now)
    return judged is not None and judged.excluded


def refuse_oneself(dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Raise Conflict when who is about to take a dispute into their own hands must step aside."""
    judged = _judged(dispute, actor.user_id, desk, now)
    if judged is not None and judged.excluded:
        words = "；".join(each.text for each in judged.of(RecusalGrade.MUST))
        raise Conflict(f"您应当回避：{words}。请本单位联络员签收后另行指定")


def _judged(dispute: Dispute, user_id: UUID, desk: Desk, now: datetime) -> Judged | None:
    found = candidates.judged(dispute, unit=None, only=user_id, desk=desk, now=now)
    return found[0] if found else None


def ask(
    dispute_id: UUID, told: Mapping[str, Any], *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Take down that a party does not want the mediator; Invalid and Conflict say what is wrong."""
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, ASK, version=None, actor=actor, desk=desk, now=now
        )
        if dispute.status in dispute_rules.ENDED or dispute.mediator_id is None:
            raise Conflict(NO_MEDIATOR)
        _check_party(session, dispute, told.get("party"))
        if _open(session, dispute) is not None:
            raise Conflict(OPEN_ALREADY)
        made, key = uuid4(), load.field_key(dispute, desk)
        session.add(
            Recusal(
                id=made,
                dispute_id=dispute.id,
                mediator_id=dispute.mediator_id,
                party_id=told.get("party"),
                state=RecusalState.ASKED,
                asked_on=desk.today(now),
                reason_sealed=key.seal(told["reason"], f"recusal.reason:{made}"),
                asked_at=now,
                asked_by=actor.user_id,
            )
        )
        session.flush()
        detail = {"recusal": str(made), "mediator": str(dispute.mediator_id)}
        _record(session, dispute, "recusal-ask", detail, actor=actor, now=now)
    return made


def decide(
    dispute_id: UUID,
    recusal_id: UUID,
    told: Mapping[str, Any],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Grant it and name another mediator of the unit, or refuse it; with words.

    NotFound for none such, Conflict when it was decided, Invalid at the field, Forbidden for the
    mediator it is about.
    """
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, DECIDE, version=None, actor=actor, desk=desk, now=now
        )
        row = session.get(Recusal, recusal_id, with_for_update=True)
        if row is None or row.dispute_id != dispute.id:
            raise NotFound("没有找到这次回避申请")
        if row.state is not RecusalState.ASKED:
            raise Conflict("这次回避申请已经决定过")
        if actor.user_id == row.mediator_id:
            raise Forbidden(NOT_ONESELF)
        detail = {"recusal": str(row.id), "granted": told["granted"]}
        if told["granted"]:
            detail |= _grant(session, dispute, row, told, actor=actor, desk=desk, now=now)
        row.state = RecusalState.GRANTED if told["granted"] else RecusalState.REFUSED
        row.decided_at, row.decided_by = now, actor.user_id
        key = load.field_key(dispute, desk)
        row.decision_sealed = key.seal(told["words"], f"recusal.decision:{row.id}")
        session.flush()
        _record(session, dispute, "recusal-decide", detail, actor=actor, now=now)
        if told["granted"]:
            notice.stepped(session, dispute, Step.ASSIGN, actor=actor, desk=desk, now=now)


def _grant(
    session: Session,
    dispute: Dispute,
    row: Recusal,
    told: Mapping[str, Any],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> dict[str, Any]:
    """Name the other one, whom the rules let mediate; where another has it by now, it is they."""
    if dispute.mediator_id not in (None, row.mediator_id):
        row.successor_id = dispute.mediator_id
        return {FIELD: str(dispute.mediator_id), "before": str(row.mediator_id), "grounds": []}
    successor = told.get(FIELD)
    if successor is None:
        raise Invalid({FIELD: ["同意回避的，请选另一位调解员"]})
    if dispute.status in dispute_rules.ENDED:
        raise Conflict("这件纠纷已经办结")
    if successor in (row.mediator_id, dispute.mediator_id):
        raise Invalid({FIELD: ["请选另一位调解员"]})
    _check_successor(session, dispute, successor)
    given: dict[str, Any] = {"actor": actor, "desk": desk, "now": now}
    if dispute.restricted and load.lets_oneself_in(session, dispute, successor, **given):
        raise Invalid({FIELD: [load.NOT_ONESELF]})
    overruled = check(session, dispute, successor, reason=told["words"], **given)
    row.successor_id = dispute.mediator_id = successor
    dispute.mediator_text = None
    flag_modified(dispute, "mediator_id")
    return {FIELD: str(successor), "before": str(row.mediator_id), "grounds": overruled}


def _check_successor(session: Session, dispute: Dispute, user_id: UUID) -> None:
    user = session.scalar(
        sa.select(User)
        .join(UserRole, (UserRole.user_id == User.id) & (UserRole.role == Role.MEDIATOR))
        .where(User.id == user_id, User.active)
        .with_for_update(read=True, of=User)
    )
    if user is None or dispute.organisation_id not in (None, user.organisation_id):
        raise Invalid({FIELD: ["请选择承办单位的调解员"]})


def _check_party(session: Session, dispute: Dispute, party_id: UUID | None) -> None:
    mine = sa.select(Party.id).where(Party.id == party_id, Party.dispute_id == dispute.id)
    if party_id is not None and session.scalar(mine) is None:
        raise Invalid({"party": ["不是这件纠纷的当事人"]})


def _open(session: Session, dispute: Dispute) -> Recusal | None:
    return session.scalar(
        sa.select(Recusal).where(
            Recusal.dispute_id == dispute.id,
            Recusal.mediator_id == dispute.mediator_id,
            Recusal.state == RecusalState.ASKED,
        )
    )


def _record(
    session: Session,
    dispute: Dispute,
    action: str,
    detail: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    record(
        session,
        dispute.id,
        subject="dispute",
        action=action,
        actor=actor,
        now=now,
        detail=dict(detail),
        version=dispute.version,
    )
