"""Leaders in charge 领导包案: name one, write a measure, note a look; what ends a charge by itself.

One leader at most answers for a dispute. A leader writes of the disputes in their own charge and
of nothing else: they know a dispute as a brief row.
"""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import Role, Step
from models import Charge, ChargeMeasure, Dispute, User, UserRole, transaction
from service.desk import Desk
from service.errors import Conflict
from service.operations import load
from service.operations.event import record
from service.queries.access import of_town, visible
from service.rules import access
from service.rules import charge as rules
from service.rules import dispute as disputes
from service.rules.access import Actor

WRITE: Final = "charge.write"


def name(dispute_id: UUID, leader: UUID, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Put a dispute in a leader's charge, in the place of who had it; the id of the charge.

    Raises NotFound, Forbidden, StepNotAllowed for what is over, Invalid at `leader`.
    """
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "charge.name", version=None, actor=actor, desk=desk, now=now
        )
        rules.check_nameable(dispute.status)
        before = running(session, dispute.id)
        same = before is not None and before.leader_id == leader
        rules.check_leader(is_leader=leads(session, leader, actor), same=same)
        if before is not None:
            _end(session, dispute, before, rules.REPLACED, actor=actor, now=now)
        made = Charge(
            id=uuid4(),
            dispute_id=dispute.id,
            leader_id=leader,
            named_by=actor.user_id,
            named_at=now,
        )
        session.add(made)
        session.flush()
        _note(session, dispute, made, "charge-name", actor=actor, now=now)
        return made.id


def write(
    dispute_id: UUID,
    words: str,
    *,
    looked_on: date | None = None,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Write a measure 包案措施, by the leader or the director; its id. A leader's own is a look.

    Raises NotFound, Forbidden, Conflict where nobody is in charge, Invalid at `looked_on`.
    """
    with transaction() as session:
        dispute, row = _held(session, dispute_id, actor=actor, desk=desk, now=now)
        if looked_on is not None or row.leader_id == actor.user_id:
            row.looked_on = _looked(row, looked_on, desk, now)
        made, key = uuid4(), load.field_key(dispute, desk)
        session.add(
            ChargeMeasure(
                id=made,
                charge_id=row.id,
                dispute_id=dispute.id,
                words_sealed=key.seal(words, f"charge_measure.words:{made}"),
                written_by=actor.user_id,
                written_at=now,
            )
        )
        session.flush()
        _note(session, dispute, row, "charge-measure", actor=actor, now=now)
        return made


def look(
    dispute_id: UUID,
    looked_on: date | None = None,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Note that the leader looked into it, today unless another day is told. Raises as `write`."""
    with transaction() as session:
        dispute, row = _held(session, dispute_id, actor=actor, desk=desk, now=now)
        row.looked_on = _looked(row, looked_on, desk, now)
        session.flush()
        _note(session, dispute, row, "charge-look", actor=actor, now=now)


# -- what the dispute's own way does -------------------------------------------------------------


def stepped(session: Session, dispute: Dispute, step: Step, *, actor: Actor, now: datetime) -> None:
    """After a step: nobody is in charge of what is over."""
    if disputes.ends(step):
        end(session, dispute, rules.CLOSED, actor=actor, now=now)


def end(session: Session, dispute: Dispute, why: str, *, actor: Actor, now: datetime) -> None:
    """End, in the caller's transaction, the charge that runs, if one does; `why` is a code."""
    row = running(session, dispute.id)
    if row is not None:
        _end(session, dispute, row, why, actor=actor, now=now)


def running(session: Session, dispute_id: UUID) -> Charge | None:
    """The charge that runs; whoever calls holds the dispute's row locked."""
    mine = sa.select(Charge).where(Charge.dispute_id == dispute_id, Charge.ended_at.is_(None))
    return session.scalar(mine.execution_options(populate_existing=True))


def leads(session: Session, user_id: UUID, actor: Actor) -> bool:
    """Whether somebody is a leader of the actor's town, held so that they stay one meanwhile."""
    asked = (
        sa.select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            User.id == user_id,
            User.active,
            UserRole.role == Role.LEADER,
            of_town(actor, User.organisation_id),
        )
        .with_for_update(read=True)
    )
    return session.scalar(asked) is not None


# -- parts ---------------------------------------------------------------------------------------


def _held(
    session: Session, dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> tuple[Dispute, Charge]:
    """The dispute, locked, with the charge that runs: the caller's own, or theirs to write on."""
    scope = access.require(actor, WRITE, desk.policy.access)
    mine = sa.exists().where(
        Charge.dispute_id == Dispute.id,
        Charge.leader_id == actor.user_id,
        Charge.ended_at.is_(None),
    )
    dispute = session.scalar(
        sa.select(Dispute)
        .where(Dispute.id == dispute_id, visible(scope, now), mine)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if dispute is None:
        dispute = load.dispute_for_change(
            session, dispute_id, WRITE, version=None, actor=actor, desk=desk, now=now
        )
    row = running(session, dispute.id)
    if row is None:
        raise Conflict(rules.NOBODY)
    return dispute, row


def _looked(row: Charge, asked: date | None, desk: Desk, now: datetime) -> date:
    named_on = desk.today(row.named_at)
    return rules.looked(asked, row.looked_on, named_on=named_on, today=desk.today(now))


def _end(
    session: Session, dispute: Dispute, row: Charge, why: str, *, actor: Actor, now: datetime
) -> None:
    row.ended_at, row.ended_as = now, why
    session.flush()
    _note(session, dispute, row, "charge-end", actor=actor, now=now)


def _note(
    session: Session, dispute: Dispute, row: Charge, deed: str, *, actor: Actor, now: datetime
) -> None:
    """On the dispute's course and in the trail: whose charge, never a word of a measure."""
    detail: dict[str, Any] = {"charge": str(row.id), "leader": str(row.leader_id)}
    if row.ended_as is not None:
        detail["ended_as"] = row.ended_as
    elif deed != "charge-name" and row.looked_on is not None:
        detail["looked_on"] = row.looked_on.isoformat()
    record(
        session,
        dispute.id,
        subject="dispute",
        action=deed,
        actor=actor,
        now=now,
        detail=detail,
        version=dispute.version,
    )
