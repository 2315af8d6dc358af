"""Look at shares 共享: with whom a dispute is shared, what for, until when."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import SharePurpose
from models import Dispute, Organisation, Share, User, db
from service.desk import Desk
from service.errors import NotFound
from service.queries.access import in_full
from service.rules import access
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class ShareView:
    """One share; `running` while it is in force, `until` is the instant it runs out."""

    id: UUID
    organisation_id: UUID
    organisation: str
    purpose: SharePurpose
    basis: str | None
    shared_by: str | None
    shared_at: datetime
    until: datetime | None
    ended_at: datetime | None
    running: bool


def of_dispute(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[ShareView]:
    """Every share of a dispute the viewer may share, newest first; NotFound otherwise."""
    scope = access.scope(actor, "dispute.share", desk.policy.access)
    seen = sa.select(Dispute.id).where(Dispute.id == dispute_id, in_full(scope, now))
    if db.session.scalar(seen) is None:
        raise NotFound("没有找到这件纠纷")
    found = db.session.execute(
        sa.select(Share, Organisation.name, User.name)
        .join(Organisation, Organisation.id == Share.organisation_id)
        .outerjoin(User, User.id == Share.shared_by)
        .where(Share.dispute_id == dispute_id)
        .order_by(Share.shared_at.desc(), Share.id)
    )
    return [_view(share, unit, by, now) for share, unit, by in found]


def _view(share: Share, unit: str, by: str | None, now: datetime) -> ShareView:
    return ShareView(
        id=share.id,
        organisation_id=share.organisation_id,
        organisation=unit,
        purpose=share.purpose,
        basis=share.basis,
        shared_by=by,
        shared_at=share.shared_at,
        until=share.until,
        ended_at=share.ended_at,
        running=share.ended_at is None and (share.until is None or share.until > now),
    )
