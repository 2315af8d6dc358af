"""Enter what the court counts of a month 诉源治理; a second entry of a month replaces the first."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from models import Litigation, transaction
from service.desk import Desk
from service.errors import Invalid
from service.operations.event import record as record_event
from service.rules import access
from service.rules.access import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthDraft:
    """The counts of a month; `month` is any day of it."""

    month: date
    civil: int
    administrative: int
    settled_before: int
    turned_criminal: int
    source: str


def enter(draft: MonthDraft, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Write down the counts of one month, as its `source` told them. Raises Invalid at `month`."""
    access.require(actor, "litigation.enter", desk.policy.access)
    first = draft.month.replace(day=1)
    if first > desk.today(now):
        raise Invalid({"month": ["这个月还没有到"]})
    with transaction() as session:
        standing = session.scalar(
            sa.select(Litigation)
            .where(Litigation.month == first, Litigation.latest)
            .with_for_update()
        )
        if standing is not None:
            standing.latest = False
        made = Litigation(
            month=first,
            revision=standing.revision + 1 if standing else 1,
            latest=True,
            civil=draft.civil,
            administrative=draft.administrative,
            settled_before=draft.settled_before,
            turned_criminal=draft.turned_criminal,
            source=draft.source,
            recorded_by=actor.user_id,
            recorded_at=now,
        )
        session.add(made)
        session.flush()
        record_event(
            session,
            made.id,
            subject="litigation",
            action="enter",
            actor=actor,
            now=now,
            detail={"month": first.isoformat(), "revision": made.revision},
        )
