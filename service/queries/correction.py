"""Look at what a correction 更正 may reach: the other disputes of one visit 同一次来访."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from models import Dispute, db
from service.desk import Desk
from service.queries.access import in_full
from service.rules import access
from service.rules import dispute as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another dispute of the visit that the viewer may read; `open` when theirs to correct."""

    id: UUID
    number: str
    open: bool


def siblings(
    dispute_id: UUID, visit_group: UUID | None, *, actor: Actor, desk: Desk, now: datetime
) -> list[Sibling]:
    """The other disputes of a visit as far as the viewer may read them, in order of number."""
    if visit_group is None:
        return []
    policy = desk.policy.access
    seen = in_full(access.scope(actor, "dispute.read", policy), now)
    theirs = in_full(access.scope(actor, "dispute.correct", policy), now)
    correctable = theirs & Dispute.status.not_in(rules.ENDED)
    found = db.session.execute(
        sa.select(Dispute.id, Dispute.number, sa.case((correctable, 1), else_=0).label("open"))
        .where(Dispute.visit_group == visit_group, Dispute.id != dispute_id, seen)
        .order_by(Dispute.number)
    )
    return [Sibling(each.id, each.number, bool(each.open)) for each in found]
