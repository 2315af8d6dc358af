"""Notices of terms 期限 of what is no dispute: letters, lawsuits, duties; ADR 31."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Notice
from service.operations.notice.telling import close
from service.queries import notice as queries
from service.queries import sight


@sight.whole("who is told")
def subject_clock_over(
    session: Session, subject_id: UUID, clock_id: UUID, *, now: datetime
) -> None:
    """What reminded of a term waits no longer: a later step did, or the term was met."""
    earlier = Notice.cause.startswith(f"{queries.CLOCK}:{clock_id}:")
    close(session, (Notice.subject_id == subject_id) & earlier, now=now)


@sight.whole("who is told")
def subject_assigned(session: Session, subject_id: UUID, organisation_id: UUID | None) -> None:
    """Another unit owes it: what was told of it is read by who may know of that unit's."""
    session.execute(
        sa.update(Notice)
        .where(Notice.subject_id == subject_id)
        .values(organisation_id=organisation_id)
        .execution_options(synchronize_session=False)
    )
