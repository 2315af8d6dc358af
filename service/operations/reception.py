"""Reception days 接访日程: plan one, call it off, note which disputes were brought to it.

Who comes is registered as everybody is; the registration is linked with the reception afterwards.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Dispute, Reception, ReceptionVisit, User, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import charge
from service.operations.event import record
from service.queries.access import known, of_town
from service.queries.reception import NOT_FOUND
from service.rules import access
from service.rules import reception as rules
from service.rules.access import Actor

UNKNOWN: Final = "没有这个编号的纠纷，或者不是您登记的"
NO_VISIT: Final = "没有找到这条来访登记"
NOTE: Final = "reception.note"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionDraft:
    """Which leader receives, on which day, from when to when in the office's time, and where."""

    leader: UUID
    on: date
    begins: time
    ends: time
    place: str


def plan(draft: ReceptionDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Plan a reception; its id. Raises Invalid at `leader`, `begins` and `ends`."""
    access.require(actor, "reception.plan", desk.policy.access)
    starts_at, ends_at = rules.hours(draft.on, draft.begins, draft.ends, desk.zone)
    with transaction() as session:
        session.get(User, draft.leader, with_for_update=True)  # one plan of a leader at a time
        rules.check_leader(is_leader=charge.leads(session, draft.leader, actor))
        rules.check_free(starts_at, ends_at, _taken(session, draft))
        made = Reception(
            id=uuid4(),
            leader_id=draft.leader,
            organisation_id=actor.organisation_id,
            on_date=draft.on,
            starts_at=starts_at,
            ends_at=ends_at,
            place=draft.place,
            planned_by=actor.user_id,
            planned_at=now,
        )
        session.add(made)
        session.flush()
        _note(session, made, "reception-plan", actor=actor, now=now)
        return made.id


def call_off(reception_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Call a reception off. Raises NotFound, Conflict when somebody came to it."""
    access.require(actor, "reception.plan", desk.policy.access)
    with transaction() as session:
        row = _one(session, reception_id, actor)
        rules.check_standing(called_off=row.called_off_at is not None)
        visits = sa.select(sa.func.count()).where(
            ReceptionVisit.reception_id == row.id, ReceptionVisit.withdrawn_at.is_(None)
        )
        rules.check_unvisited(session.scalar(visits) or 0)
        row.called_off_by, row.called_off_at = actor.user_id, now
        session.flush()
        _note(session, row, "reception-off", actor=actor, now=now)


def visit(reception_id: UUID, number: str, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Note that a dispute, by its number, was brought to a reception; the id of the note.

    Raises NotFound, Conflict when it was called off, Invalid at `number`.
    """
    scope = access.require(actor, NOTE, desk.policy.access)
    with transaction() as session:
        row = _one(session, reception_id, actor)
        rules.check_standing(called_off=row.called_off_at is not None)
        dispute = session.scalar(
            sa.select(Dispute)
            .where(Dispute.number == number, known(scope, now), Dispute.erased_at.is_(None))
            .with_for_update()
        )
        if dispute is None:
            raise Invalid({"number": [UNKNOWN]})
        if _standing(session, row.id, dispute.id) is not None:
            raise Invalid({"number": [rules.TWICE]})
        made = ReceptionVisit(
            id=uuid4(),
            reception_id=row.id,
            dispute_id=dispute.id,
            noted_by=actor.user_id,
            noted_at=now,
        )
        session.add(made)
        session.flush()
        _told(session, dispute, row, "reception-visit", actor=actor, now=now)
        return made.id


def withdraw(
    reception_id: UUID, visit_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """Take a note back that was made by mistake. Raises NotFound, Conflict for one taken back."""
    scope = access.require(actor, NOTE, desk.policy.access)
    with transaction() as session:
        row = _one(session, reception_id, actor)
        noted = session.get(ReceptionVisit, visit_id, populate_existing=True)
        if noted is None or noted.reception_id != row.id:
            raise NotFound(NO_VISIT)
        dispute = session.scalar(
            sa.select(Dispute)
            .where(Dispute.id == noted.dispute_id, known(scope, now))
            .with_for_update()
        )
        if dispute is None:
            raise NotFound(NO_VISIT)
        if noted.withdrawn_at is not None:
            raise Conflict("这条来访登记已经撤销")
        noted.withdrawn_by, noted.withdrawn_at = actor.user_id, now
        session.flush()
        _told(session, dispute, row, "reception-unvisit", actor=actor, now=now)


def _taken(session: Session, draft: ReceptionDraft) -> list[tuple[datetime, datetime]]:
    """When the leader receives on that day already."""
    mine = sa.select(Reception.starts_at, Reception.ends_at).where(
        Reception.leader_id == draft.leader,
        Reception.on_date == draft.on,
        Reception.called_off_at.is_(None),
    )
    return [(row.starts_at, row.ends_at) for row in session.execute(mine)]


def _one(session: Session, reception_id: UUID, actor: Actor) -> Reception:
    """The reception of the caller's town, locked."""
    row = session.scalar(
        sa.select(Reception)
        .where(Reception.id == reception_id, of_town(actor, Reception.organisation_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def _standing(session: Session, reception_id: UUID, dispute_id: UUID) -> UUID | None:
    return session.scalar(
        sa.select(ReceptionVisit.id).where(
            ReceptionVisit.reception_id == reception_id,
            ReceptionVisit.dispute_id == dispute_id,
            ReceptionVisit.withdrawn_at.is_(None),
        )
    )


def _note(session: Session, row: Reception, deed: str, *, actor: Actor, now: datetime) -> None:
    detail: dict[str, Any] = {"leader": str(row.leader_id), "on": row.on_date.isoformat()}
    record(session, row.id, subject="reception", action=deed, actor=actor, now=now, detail=detail)


def _told(
    session: Session, dispute: Dispute, row: Reception, deed: str, *, actor: Actor, now: datetime
) -> None:
    """On the dispute's course: which leader's reception, on which day."""
    record(
        session,
        dispute.id,
        subject="dispute",
        action=deed,
        actor=actor,
        now=now,
        detail={
            "reception": str(row.id),
            "leader": str(row.leader_id),
            "on": row.on_date.isoformat(),
        },
        version=dispute.version,
    )
