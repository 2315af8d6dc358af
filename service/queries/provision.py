"""Look at to whom data of a dispute was given 向其他单位提供的记录 (个人信息保护法 arts. 20, 23).

Nothing is kept twice: events say when a dispute went to a unit, the trail when a platform read it.
Events and trail are kept at least three years (网络数据安全管理条例 art. 12).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import Role
from models import AuditEntry, Dispute, Event, Organisation, db
from service.desk import Desk
from service.errors import NotFound
from service.queries.access import in_full
from service.rules import access
from service.rules.access import Actor

ACTION: Final = "provision.read"
WHOLE: Final = ("parties", "narrative", "place", "facts")  # masked but for the assigned mediator
READ_BACK: Final = ("number", "status", "organisation", "dates")


@dataclass(frozen=True, slots=True)
class Provision:
    """Data given to a unit or a platform: when, by whom, which fields, what for."""

    at: datetime
    to: str
    by: str | None
    fields: tuple[str, ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class Provided:
    """The report of one dispute."""

    id: UUID
    number: str
    rows: list[Provision]


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> Provided:
    """To whom data of a dispute went, oldest first; NotFound for who may not know."""
    scope = access.scope(actor, ACTION, desk.policy.access)
    number = db.session.scalar(
        sa.select(Dispute.number).where(Dispute.id == dispute_id, in_full(scope, now))
    )
    if number is None:
        raise NotFound("没有找到这件纠纷")
    given = (*_handed_over(dispute_id), *_shared(dispute_id))
    rows = [*given, *_read_by_platforms(dispute_id)]
    return Provided(dispute_id, number, sorted(rows, key=lambda each: each.at))


def _handed_over(dispute_id: UUID) -> list[Provision]:
    """Every dispatch to a unit, and to those that assist it."""
    found = db.session.execute(
        sa.select(Event.happened_at, Event.detail, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Event.organisation_id)
        .where(
            Event.subject == "dispute",
            Event.subject_id == dispute_id,
            Event.action == "dispatch",
        )
    ).all()
    names = _names({each for row in found for each in _units(row.detail)})
    return [
        Provision(
            row.happened_at,
            names[unit],
            row.name,
            WHOLE,
            "lead" if unit == row.detail.get("organisation") else "assist",
        )
        for row in found
        for unit in _units(row.detail)
        if unit in names
    ]


def _shared(dispute_id: UUID) -> list[Provision]:
    """Every unit it was shared with besides; those of a dispatch assist and stand there."""
    found = db.session.execute(
        sa.select(Event.happened_at, Event.detail, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Event.organisation_id)
        .where(Event.subject == "dispute", Event.subject_id == dispute_id, Event.action == "share")
    ).all()
    names = _names({row.detail["organisation"] for row in found})
    return [
        Provision(
            row.happened_at,
            names[row.detail["organisation"]],
            row.name,
            WHOLE,
            row.detail["purpose"],
        )
        for row in found
    ]


def _units(detail: dict[str, Any]) -> list[str]:
    named = [detail.get("organisation"), *(detail.get("assist") or ())]
    return [str(each) for each in named if each]


def _names(units: set[str]) -> dict[str, str]:
    found = db.session.execute(
        sa.select(Organisation.id, Organisation.name).where(
            Organisation.id.in_([UUID(each) for each in units])
        )
    )
    return {str(each): name for each, name in found}


def _read_by_platforms(dispute_id: UUID) -> list[Provision]:
    """Every time a program of another platform read it back."""
    found = db.session.execute(
        sa.select(AuditEntry.happened_at, AuditEntry.actor_name, AuditEntry.roles)
        .where(AuditEntry.subject_id == dispute_id, AuditEntry.action == "dispute.look")
        .order_by(AuditEntry.seq)
    )
    return [
        Provision(row.happened_at, row.actor_name or "", None, READ_BACK, "platform")
        for row in found
        if Role.PLATFORM.value in row.roles
    ]
