"""The running terms of one mediator 我的期限, for a calendar program: numbers, stages, dates."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import ClockKind, DisputeStatus
from models import Clock, Dispute, db
from service.desk import Desk
from service.queries.clock_promise import rule_of
from service.rules import dispute as rules
from service.rules.access import Actor


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """One running term of a dispute somebody mediates: number, stage, name and date.

    Which term it is says what a restricted dispute is about: its name is None.
    """

    id: UUID
    number: str
    status: DisputeStatus
    name: str | None
    due_on: date
    due_at: datetime | None
    provisional: bool
    kind: ClockKind


def own(actor: Actor, *, desk: Desk, now: datetime) -> list[OwnTerm]:
    """The running terms of the disputes the viewer mediates; what is paused promises nothing."""
    today = desk.today(now)
    found = db.session.execute(
        sa.select(Clock, Dispute.number, Dispute.status, Dispute.restricted)
        .join(Dispute, Dispute.id == Clock.dispute_id)
        .where(
            Dispute.mediator_id == actor.user_id,
            Clock.stopped_at.is_(None),
            Clock.paused_from.is_(None),
            Dispute.status.in_(rules.OPEN),
            sa.or_(Clock.kind != ClockKind.REMEDY, Clock.due_on >= today),
        )
        .order_by(Clock.due_on, Clock.id)
    )
    clocks = desk.policy.clocks
    return [
        OwnTerm(
            each.id,
            number,
            status,
            None if restricted else rule_of(each, clocks).name,
            each.due_on,
            each.due_at,
            each.provisional,
            each.kind,
        )
        for each, number, status, restricted in found
    ]
