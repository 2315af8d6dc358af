"""The restricted class 受限: who is named for it, who breaks the glass, what goes in and out."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.access import Reach
from config.vocabulary import DisputeStatus, NoticeKind, Role
from models import Dispute, Glass, Named, User, UserRole, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.gateways.keyring import FieldKey
from service.operations import audit, correction, dispute_field, dispute_text, load, notice, party
from service.operations.event import record
from service.queries import sight
from service.queries.access import standing
from service.queries.restricted import times
from service.rules import access
from service.rules import restricted as rules
from service.rules.access import Actor
from service.rules.restricted import GlassState

SUBJECT: Final = "dispute"
OPEN_TO_ALL: Final = "这件纠纷没有限制查阅，不用指定，也不用紧急查阅"
READS_ALREADY: Final = "您已经能查阅这件纠纷"
NO_GLASS: Final = "没有找到这次紧急查阅"


def name(
    dispute_id: UUID, user_id: UUID, reason: str, *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Name 指定 somebody to read a restricted dispute; the id of the naming.

    Raises Invalid for oneself, for who cannot read it even then, and for who does already.
    """
    with transaction() as session:
        dispute = _restricted(session, dispute_id, "name", actor=actor, desk=desk, now=now)
        _check_person(session, dispute, user_id, actor=actor, desk=desk)
        made = Named(
            id=uuid4(),
            dispute_id=dispute_id,
            user_id=user_id,
            named_by=actor.user_id,
            named_at=now,
        )
        session.add(made)
        session.flush()
        _note(session, dispute, "name", actor, desk, now, {"person": str(user_id)}, reason)
        told = [(User.id == user_id, NoticeKind.NAMED)]
        notice.tell(session, dispute, f"name:{made.id}", told, actor=actor, desk=desk, now=now)
        return made.id


def end_naming(
    dispute_id: UUID, named_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """End it: from the next request on the dispute is closed to who was named."""
    with transaction() as session:
        dispute = _restricted(session, dispute_id, "name", actor=actor, desk=desk, now=now)
        found = session.get(Named, named_id, with_for_update=True)
        if found is None or found.dispute_id != dispute_id:
            raise NotFound("没有找到这次指定")
        if found.ended_at is not None:
            raise Conflict("这次指定已经结束")
        found.ended_at = now
        session.flush()
        _note(session, dispute, "name-end", actor, desk, now, {"person": str(found.user_id)})
        notice.moved(session, dispute, desk=desk, now=now)


def ask_for_glass(
    dispute_id: UUID, reason: str, *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Ask to break the glass 紧急查阅: nothing opens before a second person agreed; its id.

    Raises Invalid for a reason that is none, Conflict for who reads the dispute or asked already.
    """
    policy = desk.policy.restricted
    rules.check_glass_reason(reason, policy)
    with transaction() as session:
        dispute = _restricted(session, dispute_id, "break_glass", actor=actor, desk=desk, now=now)
        reads = access.scope(actor, "dispute.read", desk.policy.access)
        if access.opens(reads, standing(session, dispute, now), now):
            raise Conflict(READS_ALREADY)
        mine = session.scalars(
            sa.select(Glass).where(Glass.dispute_id == dispute_id, Glass.user_id == actor.user_id)
        )
        if any(rules.glass_state(times(each), now, policy) is GlassState.PENDING for each in mine):
            raise Conflict("您已经申请过，正在等安全管理员处理")
        glass_id = uuid4()
        key = load.field_key(dispute, desk)
        session.add(
            Glass(
                id=glass_id,
                dispute_id=dispute_id,
                user_id=actor.user_id,
                asked_at=now,
                reason_sealed=key.seal(reason, f"glass.reason:{glass_id}"),
            )
        )
        session.flush()
        _note(session, dispute, "glass-ask", actor, desk, now, {"glass": str(glass_id)}, reason)
        return glass_id


@sight.whole("breaking the glass")
def decide_glass(
    glass_id: UUID,
    *,
    agree: bool,
    reason: str | None,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Agree, and it is open for as long as the policy says, or refuse; a second person does.

    Raises Forbidden for one's own, Invalid for a refusal without a reason, Conflict for what does
    not wait any more or whose asker may not ask any more.
    """
    access.require(actor, "glass.decide", desk.policy.access)
    if not agree and not reason:
        raise Invalid({"reason": ["请写明为什么不同意"]})
    policy = desk.policy.restricted
    with transaction() as session:
        glass, dispute = _held(session, glass_id)
        if glass.user_id == actor.user_id:
            raise Forbidden("自己的申请要由另一个人决定")
        if rules.glass_state(times(glass), now, policy) is not GlassState.PENDING:
            raise Conflict("这次申请已经处理过，或者已经过时")
        if agree and not _may_break(session, dispute, glass.user_id, desk, now):
            raise Conflict("申请人现在没有这个权限，或者这件纠纷已经不再限制查阅")
        glass.decided_by, glass.decided_at = actor.user_id, now
        glass.until = now + policy.glass_open if agree else None
        session.flush()
        detail = {"glass": str(glass_id), "person": str(glass.user_id)}
        deed = "glass-agree" if agree else "glass-refuse"
        _note(session, dispute, deed, actor, desk, now, detail, reason)
        kind = NoticeKind.GLASS_AGREED if agree else NoticeKind.GLASS_REFUSED
        told = [(User.id == glass.user_id, kind)]
        notice.tell(session, dispute, f"glass:{glass_id}", told, actor=actor, desk=desk, now=now)


def end_glass(glass_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """The asker is done, or does not need it any more; the id of the dispute."""
    access.require(actor, "dispute.break_glass", desk.policy.access)
    with transaction() as session:
        glass, dispute = _held(session, glass_id)
        if glass.user_id != actor.user_id:
            raise NotFound(NO_GLASS)
        state = rules.glass_state(times(glass), now, desk.policy.restricted)
        if state not in (GlassState.PENDING, GlassState.OPEN):
            raise Conflict("这次紧急查阅已经结束")
        glass.ended_at = now
        session.flush()
        _note(session, dispute, "glass-end", actor, desk, now, {"glass": str(glass_id)})
        return dispute.id


@sight.whole("breaking the glass")
def end_glasses_of(
    session: Session,
    user_id: UUID,
    roles: Collection[Role],
    *,
    actor: Actor | None,
    desk: Desk,
    now: datetime,
) -> None:
    """Somebody has only these `roles` now: what they opened or asked for by others ends.

    To be called by whatever takes a role or an account away; getting it back opens nothing again.
    """
    policy = desk.policy.access
    if any(Reach.GLASS in policy.reach(role, "dispute.read") for role in roles):
        return
    running = sa.select(Glass).where(
        Glass.user_id == user_id,
        Glass.ended_at.is_(None),
        sa.or_(Glass.decided_at.is_(None), Glass.until > now),
    )
    for glass in session.scalars(running):
        glass.ended_at = now
        record(
            session,
            glass.dispute_id,
            subject=SUBJECT,
            action="glass-end",
            actor=actor,
            now=now,
            detail={"glass": str(glass.id), "person": str(user_id)},
        )


@sight.whole("breaking the glass")
def glass_reason(glass_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> str:
    """Why somebody asks, for who has to decide: opening it is written down before it is shown.

    Once it is decided the reason is open to the dispute's readers only.
    """
    access.require(actor, "glass.decide", desk.policy.access)
    with transaction() as session:
        glass, dispute = _held(session, glass_id)
        state = rules.glass_state(times(glass), now, desk.policy.restricted)
        if state is not GlassState.PENDING or glass.user_id == actor.user_id:
            raise NotFound(NO_GLASS)
        audit.note(
            session,
            "glass.read",
            subject=SUBJECT,
            subject_id=dispute.id,
            actor=actor,
            now=now,
            fields=["reason"],
            detail={"glass": str(glass_id)},
        )
        sealed = glass.reason_sealed
        return load.field_key(dispute, desk).open(sealed, f"glass.reason:{glass_id}")


def restrict(
    dispute_id: UUID, reason: str, *, actor: Actor, desk: Desk, now: datetime
) -> DisputeStatus:
    """Put a dispute and the others of its visit into the restricted class 限制查阅 (ADR 14).

    Conflict when it is there already.
    """
    return correction.restrict(dispute_id, reason, actor=actor, desk=desk, now=now)


def unrestrict(
    dispute_id: UUID, reason: str, *, actor: Actor, desk: Desk, now: datetime
) -> DisputeStatus:
    """Take a dispute and the others of its visit out of the restricted class.

    Names and story are in clear again and are found by their words. What was said in reasons until
    now stays sealed, and is open to whoever reads the dispute. Raises Conflict while a fact or a
    minor keeps one of them closed, and when the caller may not read one of them: what is not to be
    read is not to be opened.
    """
    with transaction() as session:
        correction.hold_visit(session, dispute_id, "unrestrict", actor=actor, desk=desk, now=now)
        dispute = _restricted(session, dispute_id, "unrestrict", actor=actor, desk=desk, now=now)
        visit = [dispute, *(e for e in correction.others(session, dispute) if e.restricted)]
        for each in visit:
            _check_may_open(session, each, dispute, actor=actor, desk=desk, now=now)
        for each in visit:
            key = load.field_key(each, desk)
            dispute_field.unrestrict(each, key)
            session.flush()
            dispute_text.index(session, each)
            _note(session, each, "unrestrict", actor, desk, now, {"fields": ["restricted"]}, reason)
    return dispute.status


def _check_may_open(
    session: Session, each: Dispute, asked: Dispute, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    which = "这件纠纷" if each is asked else "同一次来访的另一件"
    scope = access.scope(actor, "dispute.unrestrict", desk.policy.access)
    if not access.covers(scope, standing(session, each, now), now):
        raise Conflict(f"{which}您还不能查阅，请先由别人指定您；同一次来访的要一起解除")
    stored = list(party.stored(each, load.field_key(each, desk)).values())
    keeps = rules.why_closed(each.facts, stored, today=desk.today(now))
    if keeps:
        raise Conflict(f"{which}不能解除限制查阅：{keeps}。登记有误的，请先更正登记")


def _restricted(
    session: Session, dispute_id: UUID, verb: str, *, actor: Actor, desk: Desk, now: datetime
) -> Dispute:
    """The dispute, locked, when the caller may do this to it; Conflict when it is open to all."""
    dispute = session.get(Dispute, dispute_id, with_for_update=True)
    if dispute is not None and not dispute.restricted:
        policy, stand = desk.policy.access, standing(session, dispute, now)
        if access.covers(access.scope(actor, "dispute.read", policy), stand, now):
            raise Conflict(OPEN_TO_ALL)
    return load.dispute_for_change(
        session, dispute_id, verb, version=None, actor=actor, desk=desk, now=now
    )


def _check_person(
    session: Session, dispute: Dispute, user_id: UUID, *, actor: Actor, desk: Desk
) -> None:
    """Who is named is somebody else, works here, would read it then, and does not read it yet."""
    problem = None
    roles = session.scalars(
        sa.select(UserRole.role)
        .join(User, User.id == UserRole.user_id)
        .where(User.id == user_id, User.active)
    ).all()
    running = sa.select(Named.id).where(
        Named.dispute_id == dispute.id, Named.user_id == user_id, Named.ended_at.is_(None)
    )
    if user_id == actor.user_id:
        problem = "不能指定自己，请另一位中心主任指定，或者申请紧急查阅"
    elif not rules.may_be_named(roles, desk.policy.access):
        problem = "请选择在用的调解员、联络员或者中心主任"
    elif user_id == dispute.mediator_id:
        problem = "承办的调解员本来就能查阅，不用指定"
    elif session.scalar(running) is not None:
        problem = "已经指定过了"
    if problem:
        raise Invalid({"person": [problem]})


def _held(session: Session, glass_id: UUID) -> tuple[Glass, Dispute]:
    """A request and its dispute, both locked, the dispute first as everywhere."""
    glass = session.get(Glass, glass_id)
    if glass is None:
        raise NotFound(NO_GLASS)
    dispute = session.get_one(Dispute, glass.dispute_id, with_for_update=True)
    session.refresh(glass, with_for_update=True)
    return glass, dispute


def _may_break(
    session: Session, dispute: Dispute, user_id: UUID, desk: Desk, now: datetime
) -> bool:
    """Whether the asker works here and may still ask this; rights may have changed since."""
    asker = notice.actor_of(session, user_id)
    if asker is None:
        return False
    scope = access.scope(asker, "dispute.break_glass", desk.policy.access)
    return access.covers(scope, standing(session, dispute, now), now)


def _note(  # noqa: PLR0917 -- what `record` asks, with what is the same here left out
    session: Session,
    dispute: Dispute,
    deed: str,
    actor: Actor,
    desk: Desk,
    now: datetime,
    detail: Mapping[str, object],
    reason: str | None = None,
) -> None:
    """Write down a deed; its words are sealed whatever the dispute has become by it."""
    key: FieldKey | None = load.field_key(dispute, desk) if reason else None
    record(
        session,
        dispute.id,
        subject=SUBJECT,
        action=deed,
        actor=actor,
        now=now,
        reason=reason,
        detail=dict(detail),
        version=dispute.version,
        key=key,
    )
