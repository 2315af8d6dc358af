"""Grant 授权: change what somebody may do; what two persons must agree to waits for the second."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import Role
from models import Grant, Organisation, PastPassword, User, UserRole, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import restricted
from service.operations.event import record
from service.operations.user_session import end_sessions
from service.rules import access
from service.rules import grant as rules
from service.rules import user as user_rules
from service.rules.access import Actor

OWN = "自己的角色和单位请另一位管理员调整"
LAST = "这是最后一个在用的系统管理员，不能去掉这个角色"
WAITING = "这个账户有一项授权还在等人确认，请先确认或者拒绝"
SECOND = "申请授权的人和本人不能确认，请另一位管理员确认"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantDraft:
    """What an account is to have from now on; `organisation` None leaves the unit."""

    roles: Collection[Role]
    organisation: UUID | None = None
    reason: str | None = None


def change(
    user_id: UUID, draft: GrantDraft, *, actor: Actor, desk: Desk, now: datetime
) -> UUID | None:
    """Change roles and unit of an account; the id of the request when it waits for a second.

    Its sessions end when it takes effect: rights act from the next request on. Invalid at `roles`
    or `organisation`; Conflict for oneself, for the last system administrator, and while another
    change waits.
    """
    access.require(actor, "user.grant", desk.policy.access)
    problem = user_rules.roles_problem(draft.roles)
    if problem:
        raise Invalid({"roles": [problem]})
    if user_id == actor.user_id:
        raise Conflict(OWN)
    with transaction() as session:
        user = _person(session, user_id)
        unit = _unit(session, draft.organisation or user.organisation_id)
        if _waiting_for(session, user_id):
            raise Conflict(WAITING)
        wanted = frozenset(draft.roles)
        if not rules.waits(_roles(user), wanted):
            _apply(session, user, wanted, unit, actor=actor, desk=desk, now=now)
            return None
        return _ask(session, user, wanted, unit, draft.reason, actor=actor, now=now)


def given_at_once(
    session: Session, user_id: UUID, wanted: Collection[Role], *, actor: Actor | None
) -> frozenset[Role]:
    """What of the roles of a new account it has from the start.

    All of them when the operator of the machine makes it, and while there is nobody else who could
    agree: the first set-up has one person.
    """
    if actor is None or not _seconds(session, {actor.user_id, user_id}):
        return frozenset(wanted)
    return rules.at_once(wanted)


def ask_for_new(
    session: Session, user: User, wanted: Collection[Role], *, actor: Actor, now: datetime
) -> None:
    """Have the rest of a new account's roles wait for a second person."""
    _ask(session, user, frozenset(wanted), user.organisation_id, None, actor=actor, now=now)


def decide(grant_id: UUID, *, agreed: bool, actor: Actor, desk: Desk, now: datetime) -> None:
    """Agree to a change that waits, or refuse it; Forbidden for who asked and whom it is about."""
    access.require(actor, "grant.decide", desk.policy.access)
    with transaction() as session:
        row = session.get(Grant, grant_id, with_for_update=True)
        if row is None:
            raise NotFound("没有这项授权申请")
        if row.decided_at is not None:
            raise Conflict("这项授权已经有人办过")
        asker = session.get_one(User, row.asked_by)
        second = rules.may_decide(actor.roles, _roles(asker))
        if not second or actor.user_id in (row.asked_by, row.user_id):
            raise Forbidden(SECOND)
        row.decided_by, row.decided_at, row.agreed = actor.user_id, now, agreed
        user = _person(session, row.user_id)
        if agreed:
            unit = _unit(session, row.organisation_id)
            wanted = frozenset(map(Role, row.roles))
            _apply(session, user, wanted, unit, actor=actor, desk=desk, now=now)
        else:
            _record(session, user.id, "refuse-roles", row.roles, actor=actor, now=now)


def _ask(
    session: Session,
    user: User,
    wanted: frozenset[Role],
    unit: UUID,
    reason: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> UUID:
    grant_id = uuid4()
    session.add(
        Grant(
            id=grant_id,
            user_id=user.id,
            roles=_words(wanted),
            organisation_id=unit,
            reason=reason,
            asked_by=actor.user_id,
            asked_at=now,
        )
    )
    session.flush()
    _record(session, user.id, "ask-roles", _words(wanted), actor=actor, now=now)
    return grant_id


def _apply(
    session: Session,
    user: User,
    wanted: frozenset[Role],
    unit: UUID,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    before = _roles(user)
    if Role.SYSADMIN in before - wanted and not _administrators(session, but=user.id):
        raise Conflict(LAST)
    user.grants = [each for each in user.grants if each.role in wanted]
    user.grants += [UserRole(role=role) for role in sorted(wanted - before)]
    user.organisation_id = unit
    session.flush()
    end_sessions(session, user.id, now)
    restricted.end_glasses_of(session, user.id, wanted, actor=actor, desk=desk, now=now)
    _record(session, user.id, "change-roles", _words(wanted), actor=actor, now=now, before=before)


def _record(
    session: Session,
    user_id: UUID,
    action: str,
    roles: list[str],
    *,
    actor: Actor,
    now: datetime,
    before: Iterable[Role] | None = None,
) -> None:
    detail = {"roles": roles} | ({"before": _words(before)} if before is not None else {})
    record(session, user_id, subject="user", action=action, actor=actor, now=now, detail=detail)


def _person(session: Session, user_id: UUID) -> User:
    user = session.get(User, user_id, with_for_update=True)
    if user is None or not user.active or Role.PLATFORM in _roles(user):
        raise NotFound("没有这个账户")
    return user


def _unit(session: Session, organisation_id: UUID) -> UUID:
    unit = session.get(Organisation, organisation_id, with_for_update={"read": True})
    if unit is None or not unit.active:
        raise Invalid({"organisation": ["没有这个单位"]})
    return unit.id


def _waiting_for(session: Session, user_id: UUID) -> bool:
    waiting = sa.select(Grant.id).where(Grant.user_id == user_id, Grant.decided_at.is_(None))
    return session.scalar(waiting.limit(1)) is not None


def _seconds(session: Session, but: Collection[UUID]) -> bool:
    """Whether somebody keeps the rights, who ever had a password of their own.

    Whose account was closed or reset since counts too: who keeps the machine running could do both
    to be asked nobody. The way out then is the operator's command.
    """
    holders = sa.select(UserRole.user_id).where(UserRole.role == Role.SECADMIN)
    began = sa.or_(
        User.password_hash.is_not(None),
        User.password_set_at.is_not(None),
        sa.exists().where(PastPassword.user_id == User.id),
    )
    found = sa.select(User.id).where(began, User.id.in_(holders), User.id.not_in(but))
    return session.scalar(found.limit(1)) is not None


def _administrators(session: Session, *, but: UUID) -> bool:
    holders = sa.select(UserRole.user_id).where(UserRole.role == Role.SYSADMIN)
    found = sa.select(User.id).where(User.active, User.id.in_(holders), User.id != but)
    return session.scalar(found.with_for_update().limit(1)) is not None


def _roles(user: User) -> frozenset[Role]:
    return frozenset(grant.role for grant in user.grants)


def _words(roles: Iterable[Role]) -> list[str]:
    return sorted(role.value for role in roles)
