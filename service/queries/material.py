"""Look at the papers 材料 of a dispute: wanted, received, given back."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import MaterialForm, MaterialState
from models import Dispute, Material, User, db
from service.desk import Desk
from service.errors import NotFound
from service.queries.access import in_full
from service.rules import access
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class MaterialView:
    """One paper."""

    id: UUID
    name: str
    form: MaterialForm
    copies: int
    state: MaterialState
    told_on: date | None
    received_on: date | None
    received_by: str | None
    returned_on: date | None


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[MaterialView]:
    """The papers of a dispute whose papers the viewer keeps, in order; NotFound otherwise."""
    if not _is_kept_by(dispute_id, actor=actor, desk=desk, now=now):
        raise NotFound("没有找到这件纠纷")
    rows = db.session.execute(
        sa.select(Material, User.name)
        .outerjoin(User, User.id == Material.received_by)
        .where(Material.dispute_id == dispute_id)
        .order_by(Material.position)
    )
    return [
        MaterialView(
            each.id,
            each.name,
            each.form,
            each.copies,
            each.state,
            each.told_on,
            each.received_on,
            receiver,
            each.returned_on,
        )
        for each, receiver in rows
    ]


def _is_kept_by(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> bool:
    scope = access.scope(actor, "dispute.material", desk.policy.access)
    within = sa.select(Dispute.id).where(Dispute.id == dispute_id, in_full(scope, now))
    return db.session.scalar(within) is not None
