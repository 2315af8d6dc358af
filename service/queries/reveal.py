"""Look at who had what shown in clear 谁看过: from the trail, without any value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import AuditResult
from models import AuditEntry, Organisation, db
from service.gateways.keyring import FieldKey

ACTION: Final = "dispute.reveal"
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class RevealView:
    """One field that was shown to somebody, and why."""

    revealed_at: datetime
    actor: str | None
    organisation: str | None
    field: str
    role: str | None
    reason: str | None


def of_dispute(dispute_id: UUID, key: FieldKey, *, limit: int = MOST) -> list[RevealView]:
    """What was shown of a dispute, newest first. The caller was allowed to know."""
    found = db.session.execute(
        sa.select(AuditEntry, Organisation.name)
        .outerjoin(Organisation, Organisation.id == AuditEntry.organisation_id)
        .where(
            AuditEntry.subject_id == dispute_id,
            AuditEntry.action == ACTION,
            AuditEntry.result == AuditResult.DONE,
        )
        .order_by(AuditEntry.seq.desc())
        .limit(limit)
    )
    return [
        RevealView(
            revealed_at=entry.happened_at,
            actor=entry.actor_name,
            organisation=organisation,
            field=entry.fields[0],
            role=entry.detail.get("role"),
            reason=key.open_optional(entry.reason_sealed, f"audit.reason:{dispute_id}"),
        )
        for entry, organisation in found
    ]
