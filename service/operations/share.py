"""Share 共享 a dispute with another organisation: what for, on what basis, how long."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import SharePurpose
from models import Dispute, Organisation, Share, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid, NotFound
from service.operations import load
from service.operations.event import record
from service.queries.access import in_force
from service.rules import share as rules
from service.rules.access import Actor

RESTRICTED: Final = "限制查阅的纠纷不共享给单位，要让谁看就指定谁"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDraft:
    """A share to make; `until` is its last day."""

    organisation: UUID
    purpose: SharePurpose
    until: date
    basis: str | None = None


def share(dispute_id: UUID, draft: ShareDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Let another organisation see a dispute until the end of a day; the id of the share.

    It is the record of whom data was given to, what for and why (个人信息保护法 art. 23). Raises
    Invalid naming what is missing or wrong, Conflict for a restricted dispute.
    """
    policy, today = desk.policy.restricted, desk.today(now)
    rules.check(draft.purpose, draft.basis, draft.until, today=today, policy=policy)
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "share", version=None, actor=actor, desk=desk, now=now
        )
        if dispute.restricted:
            raise Conflict(RESTRICTED)
        _check_organisation(session, dispute, draft, now)
        made = Share(
            id=uuid4(),
            dispute_id=dispute_id,
            organisation_id=draft.organisation,
            purpose=draft.purpose,
            basis=draft.basis,
            shared_by=actor.user_id,
            shared_at=now,
            until=datetime.combine(draft.until + timedelta(days=1), time(), desk.zone),
        )
        session.add(made)
        session.flush()
        detail = {
            "organisation": str(draft.organisation),
            "purpose": draft.purpose.value,
            "until": draft.until.isoformat(),
        }
        record(
            session,
            dispute_id,
            subject="dispute",
            action="share",
            actor=actor,
            now=now,
            reason=draft.basis,
            detail=detail,
            version=dispute.version,
        )
        return made.id


def end(dispute_id: UUID, share_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """End a share: from the next request on the dispute is closed to that organisation.

    Raises NotFound when it is none of this dispute, Conflict when it has ended.
    """
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "share", version=None, actor=actor, desk=desk, now=now
        )
        found = session.get(Share, share_id, with_for_update=True)
        if found is None or found.dispute_id != dispute_id:
            raise NotFound("没有找到这次共享")
        if found.ended_at is not None or (found.until is not None and found.until <= now):
            raise Conflict("这次共享已经结束")
        _end(session, dispute, found, actor, now)


def end_all(session: Session, dispute: Dispute, *, actor: Actor, now: datetime) -> None:
    """End, in the caller's transaction, every share in force; the dispute becomes restricted."""
    running = sa.select(Share).where(Share.dispute_id == dispute.id, in_force(Share, now))
    for each in session.scalars(running):
        _end(session, dispute, each, actor, now)


def _end(session: Session, dispute: Dispute, found: Share, actor: Actor, now: datetime) -> None:
    found.ended_at = now
    record(
        session,
        dispute.id,
        subject="dispute",
        action="share-end",
        actor=actor,
        now=now,
        detail={"organisation": str(found.organisation_id), "purpose": found.purpose.value},
        version=dispute.version,
    )


def _check_organisation(
    session: Session, dispute: Dispute, draft: ShareDraft, now: datetime
) -> None:
    # held: a unit is not given up while something is shared with it
    unit = session.get(Organisation, draft.organisation, with_for_update={"read": True})
    same = sa.select(Share.id).where(
        Share.dispute_id == dispute.id,
        Share.organisation_id == draft.organisation,
        Share.purpose == draft.purpose,
        in_force(Share, now),
    )
    problem = None
    if unit is None or not unit.active:
        problem = "没有这个单位"
    elif unit.id == dispute.organisation_id:
        problem = "这是承办单位，不用共享"
    elif session.scalar(same) is not None:
        problem = "已经为这个目的共享给这个单位"
    if problem:
        raise Invalid({"organisation": [problem]})
