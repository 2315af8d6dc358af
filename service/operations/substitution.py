"""Note who is away 离岗 and who stands in 替岗, and that somebody is back."""

from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.access import Reach
from config.vocabulary import AbsenceReason, Role
from models import Substitution, User, transaction
from service.desk import Desk
from service.errors import Invalid, NotFound
from service.operations.event import record
from service.queries import substitution as queries
from service.rules import access
from service.rules import substitution as rules
from service.rules.access import Actor, Scope
from service.rules.substitution import StandIn

SUBJECT: Final = "user"


def enter(
    stand_in: StandIn, reason: AbsenceReason, *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Note an absence; Invalid names what is wrong with it.

    Both are of one unit, one the caller may speak for, and have a role in common.
    """
    scope = access.require(actor, "substitution.manage", desk.policy.access)
    made = uuid4()
    with transaction() as session:
        _check(session, stand_in, scope, desk.today(now))
        session.add(
            Substitution(
                id=made,
                absent_id=stand_in.absent,
                substitute_id=stand_in.substitute,
                from_on=stand_in.from_on,
                until_on=stand_in.until_on,
                reason=reason,
                entered_by=actor.user_id,
                entered_at=now,
            )
        )
        detail = {
            "substitute": str(stand_in.substitute),
            "from": stand_in.from_on.isoformat(),
            "until": stand_in.until_on.isoformat(),
        }
        record(
            session,
            stand_in.absent,
            subject=SUBJECT,
            action="absence",
            actor=actor,
            now=now,
            detail=detail,
        )
    return made


def end(substitution_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Somebody is back, or did not go; NotFound for another unit's."""
    scope = access.require(actor, "substitution.manage", desk.policy.access)
    with transaction() as session:
        row = session.get(Substitution, substitution_id, with_for_update=True)
        absent = session.get(User, row.absent_id) if row else None
        if row is None or absent is None or not _reaches(scope, absent):
            raise NotFound("没有这条离岗记录")
        if row.ended_at is not None:
            return
        row.ended_by, row.ended_at = actor.user_id, now
        record(session, row.absent_id, subject=SUBJECT, action="back", actor=actor, now=now)


def _check(session: Session, stand_in: StandIn, scope: Scope, today: date) -> None:
    people = _people(session, stand_in)
    absent, substitute = people.get(stand_in.absent), people.get(stand_in.substitute)
    if absent is None or not _reaches(scope, absent):
        raise Invalid({"absent": ["请选择本单位的人"]})
    found = {
        "substitute": _unfit(absent, substitute),
        "until": rules.time_problem(stand_in, today),
    }
    if not any(found.values()):
        known = queries.known(stand_in.from_on, stand_in.until_on)
        found["substitute"] = rules.problem(stand_in, known)
    problems = {field: [said] for field, said in found.items() if said}
    if problems:
        raise Invalid(problems)


def _unfit(absent: User, substitute: User | None) -> str | None:
    """Why the one cannot stand in for the other; None when they can."""
    if substitute is absent:
        return "自己不能替自己"
    if substitute is None or substitute.organisation_id != absent.organisation_id:
        return "请选择同一单位的人"
    return None if _roles(absent) & _roles(substitute) else "两个人的角色不同，不能替岗"


def _people(session: Session, stand_in: StandIn) -> dict[UUID, User]:
    """Both, held in one order: two circles cannot be closed from both sides at once."""
    found = session.scalars(
        sa.select(User)
        .where(User.id.in_([stand_in.absent, stand_in.substitute]), User.active)
        .order_by(User.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in found}


def _reaches(scope: Scope, absent: User) -> bool:
    home = absent.organisation_id in scope.actor.homes
    if Reach.TOWN in scope.reach:
        return access.is_of_town(scope.actor, absent.organisation_id)
    return Reach.ORGANISATION in scope.reach and home


def _roles(user: User) -> frozenset[Role]:
    return frozenset(grant.role for grant in user.grants)
