"""Hand over 交接 what somebody who leaves has in hand, before the account is closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.vocabulary import Role, Step
from models import Dispute, User, UserRole, transaction
from service.desk import Desk
from service.errors import Invalid, NotFound
from service.operations import load, notice, recusal
from service.operations import user as users
from service.operations.event import record
from service.queries import hand_over as queries
from service.queries import sight
from service.rules import access
from service.rules.access import Actor
from service.rules.dispute import ENDED

NOT_OF_THE_UNIT: Final = "请选择承办单位的在岗调解员"
BY_THE_DIRECTOR: Final = "受限纠纷由中心主任逐件指定"
AVOIDED: Final = "这位调解员在其中一件里应当回避，请为那一件另选一位"
ONE_BY_ONE: Final = "受限纠纷要逐件指定"


@dataclass(frozen=True, slots=True)
class Plan:
    """Who takes over: `successor` everything that is named nobody in `each`."""

    successor: UUID | None = None
    each: Mapping[UUID, UUID] = field(default_factory=dict)


@sight.whole("handing over")
def hand_over(user_id: UUID, plan: Plan, *, actor: Actor, desk: Desk, now: datetime) -> int:
    """Give the open disputes of somebody to others of the same unit, all or none; how many.

    A restricted one 受限 is given by the director alone, by its own name in `plan.each`. What the
    plan gives to nobody stays. Invalid at `successor` or `each.<number>` says what is wrong.
    """
    scope = access.require(actor, "user.hand_over", desk.policy.access)
    with transaction() as session, session.no_autoflush:
        leaving = session.get(User, user_id)
        if leaving is None or not queries.reaches(scope, leaving.organisation_id):
            raise NotFound("没有找到这个账户")
        disputes = _held(session, user_id)
        moves = _moves(session, disputes, leaving, plan, actor)
        _refuse_oneself(session, moves, actor=actor, desk=desk, now=now)
        _refuse_excluded(moves, plan, desk=desk, now=now)
        for dispute, successor in moves:
            _give(session, dispute, successor, leaving, actor=actor, desk=desk, now=now)
    return len(moves)


@sight.whole("handing over")
def close(
    user_id: UUID, plan: Plan | None = None, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Hand over as the `plan` says and close the account, both or neither.

    WorkLeft when open disputes would be left without anybody.
    """
    access.require(actor, "user.disable", desk.policy.access)
    with transaction():
        if plan is not None:
            hand_over(user_id, plan, actor=actor, desk=desk, now=now)
        users.disable(user_id, actor=actor, desk=desk, now=now)


def _held(session: Session, user_id: UUID) -> list[Dispute]:
    return list(
        session.scalars(
            sa.select(Dispute)
            .where(Dispute.mediator_id == user_id, Dispute.status.not_in(ENDED))
            .order_by(Dispute.id)
            .with_for_update(of=Dispute)
            .execution_options(populate_existing=True)
        )
    )


def _moves(
    session: Session, disputes: list[Dispute], leaving: User, plan: Plan, actor: Actor
) -> list[tuple[Dispute, User]]:
    """Which dispute goes to whom; Invalid at every place where the plan cannot be followed."""
    known = _mediators(session, {*plan.each.values(), *filter(None, [plan.successor])})
    problems: dict[str, list[str]] = {}
    moves = []
    if set(plan.each) - {dispute.id for dispute in disputes}:
        problems["each"] = ["有的纠纷已经不在这个人手上，请重新打开本页"]
    for dispute in disputes:
        named = plan.each.get(dispute.id)
        where = f"each.{dispute.id}" if named else "successor"
        if dispute.restricted and (named is None or Role.DIRECTOR not in actor.roles):
            if named is not None:
                problems[where] = [BY_THE_DIRECTOR]
            continue  # it stays, and keeps the account open
        chosen = known.get(named or plan.successor or leaving.id)
        if named is None and plan.successor is None:
            continue
        unit = dispute.organisation_id or leaving.organisation_id
        if chosen is None or chosen.id == leaving.id or chosen.organisation_id != unit:
            problems[where] = [NOT_OF_THE_UNIT]
            continue
        moves.append((dispute, chosen))
    if problems:
        raise Invalid(problems)
    return moves


def _refuse_oneself(
    session: Session,
    moves: list[tuple[Dispute, User]],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Who may not read a restricted dispute does not take it over by their own hand."""
    problems = {
        f"each.{dispute.id}": [load.NOT_ONESELF]
        for dispute, successor in moves
        if dispute.restricted
        and load.lets_oneself_in(session, dispute, successor.id, actor=actor, desk=desk, now=now)
    }
    if problems:
        raise Invalid(problems)


def _refuse_excluded(
    moves: list[tuple[Dispute, User]], plan: Plan, *, desk: Desk, now: datetime
) -> None:
    """Nobody takes over what they must step aside from 必须回避."""
    problems = {
        f"each.{dispute.id}" if dispute.id in plan.each else "successor": [AVOIDED]
        for dispute, successor in moves
        if recusal.excluded(dispute, successor.id, desk=desk, now=now)
    }
    if problems:
        raise Invalid(problems)


def _mediators(session: Session, user_ids: set[UUID]) -> dict[UUID, User]:
    """Those of them who are mediators and still there, held so that none is closed meanwhile."""
    found = session.scalars(
        sa.select(User)
        .join(UserRole, (UserRole.user_id == User.id) & (UserRole.role == Role.MEDIATOR))
        .where(User.id.in_(user_ids), User.active)
        .order_by(User.id)
        .with_for_update(read=True, of=User)
    )
    return {each.id: each for each in found}


def _give(
    session: Session,
    dispute: Dispute,
    successor: User,
    leaving: User,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    dispute.mediator_id, dispute.mediator_text = successor.id, None
    flag_modified(dispute, "mediator_id")
    session.flush()  # gives the new version to the event
    record(
        session,
        dispute.id,
        subject="dispute",
        action="hand-over",
        actor=actor,
        now=now,
        change=(dispute.status, dispute.status),
        detail={"mediator": str(successor.id), "before": str(leaving.id)},
        version=dispute.version,
        key=load.field_key(dispute, desk) if dispute.restricted else None,
    )
    notice.stepped(session, dispute, Step.ASSIGN, actor=actor, desk=desk, now=now)
