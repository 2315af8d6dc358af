"""Look at requests for recusal 申请回避 of one dispute; their words for who may read it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from config.mediator_word import RecusalState
from models import Recusal, User, db
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.queries import dispute as disputes
from service.queries.dispute import Opened
from service.rules.access import Actor

TOLD: Final = frozenset({"recusal.ask", "recusal.decide"})
Asker, Decider, Successor = (aliased(User) for _ in range(3))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecusalView:
    """One request, and what was decided."""

    id: UUID
    mediator_id: UUID
    mediator: str
    party_id: UUID | None
    state: RecusalState
    asked_on: date
    reason: str | None = field(repr=False)
    asked_by: str
    decided_at: datetime | None
    decided_by: str | None
    words: str | None = field(repr=False)
    successor: str | None


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[RecusalView]:
    """All of a dispute, in their order; NotFound for who may not see it."""
    return of_opened(disputes.opened(dispute_id, actor=actor, desk=desk, now=now))


def of_opened(opened: Opened) -> list[RecusalView]:
    """The same of a dispute that was opened for the viewer.

    What was said of a mediator is for who may ask or decide: a unit that works along is not told.
    """
    key = opened.key if opened.may & TOLD else None
    found = db.session.execute(
        sa.select(Recusal, User.name, Asker.name, Decider.name, Successor.name)
        .join(User, User.id == Recusal.mediator_id)
        .join(Asker, Asker.id == Recusal.asked_by)
        .outerjoin(Decider, Decider.id == Recusal.decided_by)
        .outerjoin(Successor, Successor.id == Recusal.successor_id)
        .where(Recusal.dispute_id == opened.view.id)
        .order_by(Recusal.asked_at, Recusal.id)
        .execution_options(populate_existing=True)
    )
    return [
        RecusalView(
            id=row.id,
            mediator_id=row.mediator_id,
            mediator=mediator,
            party_id=row.party_id if key else None,
            state=row.state,
            asked_on=row.asked_on,
            reason=_opened(key, row.reason_sealed, f"recusal.reason:{row.id}"),
            asked_by=asked_by,
            decided_at=row.decided_at,
            decided_by=decided_by,
            words=_opened(key, row.decision_sealed, f"recusal.decision:{row.id}"),
            successor=successor,
        )
        for row, mediator, asked_by, decided_by, successor in found
    ]


def _opened(key: FieldKey | None, sealed: bytes | None, place: str) -> str | None:
    return key.open_optional(sealed, place) if key else None
