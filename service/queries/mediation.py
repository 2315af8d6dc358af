"""Look at what mediation left behind: sessions 调解会, agreement 协议, visits 回访."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import AgreementForm, VisitResult
from models import Agreement, Dispute, MediationSession, Visit, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries.access import in_full
from service.rules import access
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class SessionView:
    """One meeting."""

    id: UUID
    ordinal: int
    held_at: datetime
    place: str
    attendance: list[dict[str, Any]]
    minutes: str


@dataclass(frozen=True, slots=True)
class AgreementView:
    """One agreement."""

    id: UUID
    form: AgreementForm
    terms: str | None
    document_number: str | None
    amount_fen: int | None
    agreed_on: date
    performed_by: date | None
    performed_on: date | None


@dataclass(frozen=True, slots=True)
class VisitView:
    """One follow-up visit."""

    id: UUID
    visited_on: date
    result: VisitResult
    satisfied: bool | None
    note: str | None


def sessions(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[SessionView]:
    """The meetings held, in order."""
    return sessions_under(field_key(dispute_id, actor=actor, desk=desk, now=now), dispute_id)


def sessions_under(key: FieldKey, dispute_id: UUID) -> list[SessionView]:
    """As `sessions`, for who was given the key of the dispute."""
    found = db.session.scalars(
        sa.select(MediationSession)
        .where(MediationSession.dispute_id == dispute_id)
        .order_by(MediationSession.ordinal)
    )
    return [
        SessionView(
            each.id,
            each.ordinal,
            each.held_at,
            each.place,
            [{"party": party, "attended": came} for party, came in each.attendance.items()],
            key.open(each.minutes_sealed, f"session.minutes:{each.id}"),
        )
        for each in found
    ]


def agreement(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> AgreementView | None:
    """The newest agreement, if there is one."""
    return agreement_under(field_key(dispute_id, actor=actor, desk=desk, now=now), dispute_id)


def agreement_under(
    key: FieldKey, dispute_id: UUID, *, ordinal: int | None = None
) -> AgreementView | None:
    """As `agreement`, for who was given the key of the dispute; the newest, or that `ordinal`."""
    mine = [Agreement.dispute_id == dispute_id]
    if ordinal is not None:
        mine.append(Agreement.ordinal == ordinal)
    found = db.session.scalar(
        sa.select(Agreement).where(*mine).order_by(Agreement.ordinal.desc()).limit(1)
    )
    if found is None:
        return None
    return AgreementView(
        found.id,
        found.form,
        key.open_optional(found.terms_sealed, f"agreement.terms:{dispute_id}:{found.ordinal}"),
        found.document_number,
        found.amount_fen,
        found.agreed_on,
        found.performed_by,
        found.performed_on,
    )


def visits(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[VisitView]:
    """The visits made, in order."""
    return visits_under(field_key(dispute_id, actor=actor, desk=desk, now=now), dispute_id)


def visits_under(key: FieldKey, dispute_id: UUID) -> list[VisitView]:
    """As `visits`, for who was given the key of the dispute."""
    found = db.session.scalars(
        sa.select(Visit).where(Visit.dispute_id == dispute_id).order_by(Visit.visited_on, Visit.id)
    )
    return [
        VisitView(
            each.id,
            each.visited_on,
            each.result,
            each.satisfied,
            key.open_optional(each.note_sealed, f"visit.note:{each.id}"),
        )
        for each in found
    ]


def field_key(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> FieldKey:
    """The key of a dispute the viewer may see; NotFound when they may not."""
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    sealed = db.session.scalar(
        sa.select(Dispute.sealed_key).where(Dispute.id == dispute_id, in_full(scope, now))
    )
    if sealed is None:
        raise NotFound("没有找到这件纠纷")
    return desk.keyring.field_key(sealed, f"dispute:{dispute_id}")
