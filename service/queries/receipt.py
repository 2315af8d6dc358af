"""Look at the slip of a visit 登记回执: every number of it with its code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Language, Outcome
from models import Dispute, db
from service.desk import Desk
from service.errors import Conflict
from service.queries import party
from service.queries.access import known, standing
from service.queries.dispute import Opened
from service.queries.paper import applicant, key_of, latest_route, one
from service.rules import access
from service.rules.access import Actor

VOIDED = "登记有误的纠纷不打印回执"


@dataclass(frozen=True, slots=True)
class Slip:
    """One number of a visit, with the code that only the receipt shows; none when restricted.

    It says how far the dispute has come, so that a slip printed again tells what follows now.
    """

    id: UUID
    number: str
    code: str
    category: str
    route: dict[str, Any] | None
    status: DisputeStatus
    outcome: Outcome | None
    guided_to: list[str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A visit's receipt 登记回执: every number of it. `applicant` is masked; see ADR 8.

    `languages` have to be translated from.
    `readable` says whether who prints it may read the dispute as well.
    """

    slips: list[Slip]
    restricted: bool
    applicant: str
    registered_at: datetime
    clerk: str | None
    readable: bool
    languages: tuple[Language, ...]


def receipt(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> Receipt:
    """The receipt of the visit, for whoever may print it; Conflict when it was voided.

    The other disputes of the visit are on it as far as the viewer may print theirs.
    """
    dispute = one(dispute_id, "dispute.receipt", actor=actor, desk=desk, now=now)
    if dispute.outcome is Outcome.MISTAKEN:
        raise Conflict(VOIDED)
    return Receipt(
        slips=[_slip(each, desk) for each in _visit_of(dispute, actor=actor, desk=desk, now=now)],
        restricted=dispute.restricted,
        applicant=applicant(dispute, desk),
        registered_at=dispute.registered_at,
        clerk=dispute.registrar.name if dispute.registrar else None,
        readable=access.covers(
            access.scope(actor, "dispute.read", desk.policy.access),
            standing(db.session(), dispute, now),
            now,
        ),
        languages=party.foreign(party.named([dispute_id]).get(dispute_id, ())),
    )


def printable(number: str, *, actor: Actor, desk: Desk, now: datetime) -> UUID | None:
    """The dispute with this number, when the viewer may print its receipt."""
    scope = access.scope(actor, "dispute.receipt", desk.policy.access)
    return db.session.scalar(
        sa.select(Dispute.id).where(Dispute.number == number, _not_voided(), known(scope, now))
    )


def has_receipt(opened: Opened) -> bool:
    """Whether who opened the dispute may print its receipt."""
    return "dispute.receipt" in opened.may and opened.view.outcome is not Outcome.MISTAKEN


def _visit_of(dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> list[Dispute]:
    if dispute.visit_group is None:
        return [dispute]
    scope = access.scope(actor, "dispute.receipt", desk.policy.access)
    found = db.session.scalars(
        sa.select(Dispute)
        .where(
            Dispute.visit_group == dispute.visit_group,
            Dispute.restricted == dispute.restricted,
            _not_voided(),
            known(scope, now),
        )
        .order_by(Dispute.number)
    )
    return list(found)


def _not_voided() -> sa.ColumnElement[bool]:
    return Dispute.outcome.is_(None) | (Dispute.outcome != Outcome.MISTAKEN)


def _slip(dispute: Dispute, desk: Desk) -> Slip:
    route = latest_route(dispute.id)
    return Slip(
        id=dispute.id,
        number=dispute.number,
        code="" if dispute.restricted else _code(dispute, desk),
        category=dispute.category,
        route=route.answer if route else None,
        status=dispute.status,
        outcome=dispute.outcome,
        guided_to=list(dispute.guided_to or []),
    )


def _code(dispute: Dispute, desk: Desk) -> str:
    return key_of(dispute, desk).open(dispute.code_sealed, f"dispute.code:{dispute.id}")
