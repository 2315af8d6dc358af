"""Write down that a paper 文书 was opened to be printed: who did, which one, and its mark."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Event, transaction
from service.operations import audit
from service.operations.event import record
from service.rules.access import Actor

ONCE_IN: Final = timedelta(hours=1)


def opened(
    dispute_ids: Collection[UUID],
    paper: str,
    *,
    actor: Actor,
    now: datetime,
    mark: str | None = None,
) -> None:
    """Record that `paper` of these disputes was opened; the caller has found it may be.

    `mark` is the hash of its filled fields, as it stands in its footer. The same person looking
    at the same paper again within the hour is no new event; a paper that reads otherwise is.
    """
    detail = {"paper": paper} | ({"mark": mark} if mark else {})
    with transaction() as session:
        known = _known(session, dispute_ids, detail, actor=actor, now=now)
        for dispute_id in dispute_ids:
            if dispute_id in known:  # on the timeline it stands once, in the trail each time
                audit.note(
                    session,
                    "dispute.print",
                    subject="dispute",
                    subject_id=dispute_id,
                    actor=actor,
                    now=now,
                    detail=detail,
                )
            else:
                record(
                    session,
                    dispute_id,
                    subject="dispute",
                    action="print",
                    actor=actor,
                    now=now,
                    detail=detail,
                )


def _known(
    session: Session,
    dispute_ids: Collection[UUID],
    detail: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> set[UUID]:
    """Those of the disputes of which this actor opened the very paper within the hour."""
    found = session.execute(
        sa.select(Event.subject_id, Event.detail).where(
            Event.subject == "dispute",
            Event.subject_id.in_(dispute_ids),
            Event.action == "print",
            Event.actor_id == actor.user_id,
            Event.happened_at > now - ONCE_IN,
        )
    )
    return {row.subject_id for row in found if row.detail == detail}
