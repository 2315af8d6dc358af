"""Load a thing to change it: it is there for the caller, theirs to change, and still as read."""

from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Dispute, Event, Lawsuit, Organisation, PlanTask, wall
from service.desk import Desk
from service.errors import Erased, Forbidden, Invalid, Merged, NotFound, Stale
from service.gateways.keyring import FieldKey
from service.queries import sight
from service.queries.access import standing
from service.queries.plan_task import reached, task_of
from service.rules import access
from service.rules.access import Actor

NOT_ONESELF: Final = "受限纠纷不能指定自己承办，请另一位中心主任指定，或者申请紧急查阅"


def dispute_for_change(
    session: Session,
    dispute_id: UUID,
    verb: str,
    *,
    version: int | None,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> Dispute:
    """The dispute, locked, when the caller may do `dispute.<verb>` to it, or another `action`.

    NotFound when the caller may not even see it, Forbidden when seeing is all, Erased when it is
    forgotten, Merged when it went into another, Stale when it is no longer at `version` (None: the
    change does not depend on what was read).
    """
    dispute = session.get(Dispute, dispute_id, with_for_update=True)
    if dispute is None:
        raise NotFound("没有找到这件纠纷")
    policy, stand = desk.policy.access, standing(session, dispute, now)
    if not access.covers(access.scope(actor, "dispute.read", policy), stand, now):
        raise NotFound("没有找到这件纠纷")
    action = verb if "." in verb else f"dispute.{verb}"
    if not access.covers(access.require(actor, action, policy), stand, now):
        raise Forbidden("这件纠纷不由您办理")
    wall.hold(dispute_id)
    if dispute.erased_at is not None:
        raise Erased
    refuse_merged(session, dispute)
    if version is not None and dispute.version != version:
        raise Stale(changed_since(session, dispute_id, version))
    return dispute


@sight.whole("the number a merged one leads to")
def refuse_merged(session: Session, dispute: Dispute) -> None:
    """Raise Merged, with the number of the one that remains, for what went into another."""
    if dispute.merged_into_id is not None:
        asked = sa.select(Dispute.number).where(Dispute.id == dispute.merged_into_id)
        raise Merged(session.scalars(asked).one())


def lets_oneself_in(
    session: Session, dispute: Dispute, user_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> bool:
    """Whether who may not read a dispute would read it by making themselves its mediator."""
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    return user_id == actor.user_id and not access.opens(
        reads, standing(session, dispute, now), now
    )


def field_key(dispute: Dispute, desk: Desk) -> FieldKey:
    """The key of the dispute's personal fields."""
    return desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")


def lawsuit_for_change(
    session: Session, lawsuit_id: UUID, *, version: int | None, actor: Actor
) -> Lawsuit:
    """The case, locked, of the caller's town; whoever calls asked for the right.

    Raises NotFound, and Stale when it is no longer at `version` (None: the change does not depend
    on what was read).
    """
    lawsuit = session.get(Lawsuit, lawsuit_id, with_for_update=True, populate_existing=True)
    if lawsuit is None or not access.is_of_town(actor, lawsuit.organisation_id):
        raise NotFound("没有找到这个案件")
    if version is not None and lawsuit.version != version:
        raise Stale(changed_since(session, lawsuit_id, version))
    return lawsuit


def plan_task_for_change(
    session: Session,
    year: int,
    number: str,
    action: str,
    *,
    version: int | None,
    actor: Actor,
    desk: Desk,
) -> PlanTask:
    """A task of a year's plan, locked, when the caller may do `action` to it.

    Raises NotFound for who may not see it, Forbidden when seeing is all, Stale when it is no longer
    at `version` (None: the change does not depend on what was read).
    """
    seen = task_of(year, number, access.scope(actor, "plan.read", desk.policy.access))
    scope = access.require(actor, action, desk.policy.access)
    asked = sa.select(PlanTask).where(PlanTask.id == seen.id, reached(scope))
    task = session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if task is None:
        raise Forbidden("这项任务不由您办理")
    if version is not None and task.version != version:
        raise Stale(changed_since(session, task.id, version))
    return task


def unit_of_town(session: Session, organisation_id: UUID, actor: Actor) -> Organisation:
    """A unit that something is given to: active and of the caller's town; Invalid names it."""
    unit = session.get(Organisation, organisation_id)
    if unit is None or not unit.active or not access.is_of_town(actor, organisation_id):
        raise Invalid({"organisation": ["没有这个单位"]})
    return unit


def changed_since(session: Session, subject_id: UUID, version: int) -> list[str]:
    """The fields that changed after `version`; a step changes `status`."""
    events = session.scalars(
        sa.select(Event).where(Event.subject_id == subject_id, Event.version > version)
    )
    changed: set[str] = set()
    for event in events:
        changed |= set(event.detail.get("fields", ["status"]))
    return sorted(changed)
