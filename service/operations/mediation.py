"""Record what mediation leaves behind: sessions 调解会 and follow-up visits 回访."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from config.vocabulary import DisputeStatus
from models import MediationSession, Party, Visit, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid
from service.operations import load
from service.operations.event import record
from service.rules.access import Actor

VISITABLE = frozenset({DisputeStatus.AGREED, DisputeStatus.CLOSED})


def hold_session(
    dispute_id: UUID, body: Mapping[str, Any], *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Record one meeting of a dispute in mediation: when, where, who came, minutes."""
    if body["held_at"] > now:
        raise Invalid({"held_at": ["调解会的时间不能晚于现在"]})
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "session", version=None, actor=actor, desk=desk, now=now
        )
        if dispute.status is not DisputeStatus.MEDIATING:
            raise Conflict("只有调解中的纠纷才能登记调解会")
        known = set(session.scalars(sa.select(Party.id).where(Party.dispute_id == dispute_id)))
        if any(each["party"] not in known for each in body["attendance"]):
            raise Invalid({"attendance": ["不是本案当事人"]})
        session_id, key = uuid4(), load.field_key(dispute, desk)
        held = session.scalar(
            sa.select(sa.func.count()).where(MediationSession.dispute_id == dispute_id)
        )
        session.add(
            MediationSession(
                id=session_id,
                dispute_id=dispute_id,
                ordinal=(held or 0) + 1,
                held_at=body["held_at"],
                place=body["place"],
                attendance={str(each["party"]): each["attended"] for each in body["attendance"]},
                minutes_sealed=key.seal(body["minutes"], f"session.minutes:{session_id}"),
                recorded_by=actor.user_id,
            )
        )
        record(
            session,
            dispute_id,
            subject="dispute",
            action="session",
            actor=actor,
            now=now,
            detail={"ordinal": (held or 0) + 1},
        )
    return session_id


def visit(
    dispute_id: UUID, body: Mapping[str, Any], *, actor: Actor, desk: Desk, now: datetime
) -> UUID:
    """Record one follow-up visit after an agreement or a closing."""
    if body["visited_on"] > desk.today(now):
        raise Invalid({"visited_on": ["回访日期不能晚于今天"]})
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "visit", version=None, actor=actor, desk=desk, now=now
        )
        if dispute.status not in VISITABLE:
            raise Conflict("达成协议或办结以后才能登记回访")
        visit_id, key = uuid4(), load.field_key(dispute, desk)
        session.add(
            Visit(
                id=visit_id,
                dispute_id=dispute_id,
                visited_on=body["visited_on"],
                result=body["result"],
                satisfied=body["satisfied"],
                note_sealed=key.seal_optional(body["note"], f"visit.note:{visit_id}"),
                recorded_by=actor.user_id,
            )
        )
        record(
            session,
            dispute_id,
            subject="dispute",
            action="visit",
            actor=actor,
            now=now,
            detail={"result": body["result"].value},
        )
    return visit_id
