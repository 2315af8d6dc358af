"""Show one masked field in clear 脱敏查看: written down first, limited by the hour, then shown."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from config.vocabulary import AuditResult
from models import Dispute, Party, db, transaction
from service.desk import Desk
from service.errors import Forbidden, Invalid, NotFound, TooOften, Unavailable
from service.gateways.keyring import FieldKey
from service.operations import allowance, audit, load, notice
from service.queries.access import standing
from service.rules import access
from service.rules import reveal as rules
from service.rules.access import Actor
from service.rules.reveal import Person, Target

ACTION: Final = "dispute.reveal"
NOT_WRITTEN: Final = "查看记录没有写成，所以没有显示。请稍后再试"
EMPTY: Final = "这一项没有登记"


@dataclass(frozen=True, slots=True)
class Revealed:
    """One value in clear, and since when it may be looked at; never kept, never logged."""

    field: str
    path: str
    value: str = dataclasses.field(repr=False)
    revealed_at: datetime


def reveal(
    dispute_id: UUID, field: str, reason: str, *, actor: Actor, desk: Desk, now: datetime
) -> Revealed:
    """One field of a dispute in clear, for who may `dispute.reveal`.

    The trail holds who, what and why before the value is opened: if it cannot be written nothing
    is shown (Unavailable). Raises NotFound for a dispute the caller may not see, Forbidden when
    seeing it masked is all, Invalid at `field` or `reason`, TooOften beyond the hourly limit,
    which those who watch over the trail are told.
    """
    told = rules.checked_reason(reason)
    dispute = allowed(dispute_id, actor=actor, desk=desk, now=now)
    key, parties = load.field_key(dispute, desk), _parties(dispute_id)
    target = rules.target(field, [Person(str(each.id), each.role) for each in parties])
    party = None if target.place is None else parties[target.place]
    if not _is_there(dispute, party, target):
        raise Invalid({"field": [EMPTY]})
    try:
        _count(dispute, target, actor=actor, desk=desk, now=now)
        _write_down(dispute.id, target, party, told, key=key, actor=actor, now=now)
        value = _opened(dispute_id, target, party.id if party else None, key)
    except SQLAlchemyError as failure:
        raise Unavailable(NOT_WRITTEN) from failure
    return Revealed(field, target.path, value, now)


def allowed(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> Dispute:
    """The dispute when the caller may have a field of it shown; NotFound, Forbidden otherwise.

    A restricted one only to who may read its content.
    """
    dispute = db.session.get(Dispute, dispute_id, populate_existing=True)
    if dispute is None:
        raise NotFound("没有找到这件纠纷")
    policy, stand = desk.policy.access, standing(db.session(), dispute, now)
    reads = access.scope(actor, "dispute.read", policy)
    if not access.covers(reads, stand, now):
        raise NotFound("没有找到这件纠纷")
    shown = access.covers(access.require(actor, ACTION, policy), stand, now)
    if not (shown and access.opens(reads, stand, now)):
        raise Forbidden("这件纠纷里不显示的内容，您不能查看")
    return dispute


def _parties(dispute_id: UUID) -> list[Party]:
    found = sa.select(Party).where(Party.dispute_id == dispute_id).order_by(Party.position)
    return list(db.session.scalars(found))


def _is_there(dispute: Dispute, party: Party | None, target: Target) -> bool:
    if party is None:
        stored = (
            dispute.place_sealed if target.name == rules.PLACE else (dispute.interpreter or None)
        )
        return stored is not None
    sealed = getattr(party, f"{target.name}_sealed")
    return sealed is not None or (target.name == "name" and party.name is not None)


def _count(dispute: Dispute, target: Target, *, actor: Actor, desk: Desk, now: datetime) -> None:
    limit, dispute_id = desk.policy.limits.reveals, dispute.id
    try:
        allowance.take("reveal", str(actor.user_id), limit, desk=desk, now=now)
    except TooOften:
        with transaction() as session:
            audit.note(
                session,
                ACTION,
                subject="dispute",
                subject_id=dispute_id,
                actor=actor,
                now=now,
                result=AuditResult.DENIED,
                fields=[target.path],
                detail={"limit": limit.count},
            )
            hour = int(now.timestamp()) // int(limit.per.total_seconds())
            notice.alarm(session, dispute_id, f"reveal:{actor.user_id}:{hour}", now=now)
        raise


def _write_down(
    dispute_id: UUID,
    target: Target,
    party: Party | None,
    reason: str,
    *,
    key: FieldKey,
    actor: Actor,
    now: datetime,
) -> None:
    detail = {"party": str(party.id), "role": party.role.value} if party else {}
    with transaction() as session:
        audit.note(
            session,
            ACTION,
            subject="dispute",
            subject_id=dispute_id,
            actor=actor,
            now=now,
            fields=[target.path],
            detail=detail,
            reason=reason,
            key=key,
        )


def _opened(dispute_id: UUID, target: Target, party_id: UUID | None, key: FieldKey) -> str:
    """The value, read after the trail was committed."""
    if party_id is None:
        dispute = db.session.get_one(Dispute, dispute_id)
        if target.name == rules.PLACE:
            return key.open_optional(dispute.place_sealed, f"dispute.place:{dispute_id}") or ""
        return dispute.interpreter or ""
    party = db.session.get_one(Party, party_id)
    sealed: bytes | None = getattr(party, f"{target.name}_sealed")
    clear = party.name if target.name == "name" else None
    return clear or key.open_optional(sealed, f"party.{target.name}:{party.id}") or ""
