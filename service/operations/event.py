"""Write down what happened, in the transaction of the change itself."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from models import Dispute, Event
from service.gateways.keyring import FieldKey
from service.operations import audit
from service.rules.access import Actor


def record(  # noqa: PLR0913 -- an event has this many sides; all but two are keyword-only
    session: Session,
    subject_id: UUID,
    *,
    subject: str,
    action: str,
    actor: Actor | None,
    now: datetime,
    change: tuple[StrEnum | None, StrEnum | None] = (None, None),
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
    version: int | None = None,
    key: FieldKey | None = None,
    address: str | None = None,
) -> None:
    """Append one event, and its deed to the trail; `detail` holds codes, dates, field names only.

    With the `key` of a restricted dispute the reason is sealed. `address` is where it came from
    when there is no actor who says it.
    """
    happened = Event(
        happened_at=now,
        actor_id=actor.user_id if actor else None,
        organisation_id=actor.organisation_id if actor else None,
        subject=subject,
        subject_id=subject_id,
        action=action,
        from_status=change[0].value if change[0] else None,
        to_status=change[1].value if change[1] else None,
        reason=None if key else reason,
        reason_sealed=key.seal_optional(reason, f"event.reason:{subject_id}") if key else None,
        detail=detail or {},
        version=version,
        request_id=actor.request_id if actor else None,
    )
    session.add(happened)
    audit.follow(session, happened, actor=actor, reason=reason, address=address)


def corrected(
    session: Session,
    dispute: Dispute,
    *,
    fields: Iterable[str],
    actor: Actor,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    reason: str | None = None,
    key: FieldKey | None = None,
) -> None:
    """One correction of a dispute: which fields and why, not what personal ones said."""
    record(
        session,
        dispute.id,
        subject="dispute",
        action="correct",
        actor=actor,
        now=now,
        reason=reason,
        detail={"fields": sorted(fields), **(detail or {})},
        version=dispute.version,
        key=key,
    )
