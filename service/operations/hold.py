"""Hold a dispute back from being forgotten 暂缓销毁, and let it go again."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa

from config.vocabulary import HoldGround
from models import Dispute, Hold, transaction
from service.desk import Desk
from service.errors import Conflict, Erased, Invalid, NotFound
from service.operations.event import record
from service.queries import number as numbers
from service.queries import sight
from service.rules import access
from service.rules.access import Actor


@sight.whole("retention")
def place(number: str, ground: HoldGround, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Hold back the dispute of that number; Conflict when it is held already.

    The number of a merged one holds back the one that remained: the two are forgotten together.
    """
    access.require(actor, "retention.hold", desk.policy.access)
    hold_id = uuid4()
    with transaction() as session:
        dispute = session.scalar(
            sa.select(Dispute).where(Dispute.id.in_(numbers.stands_for(number))).with_for_update()
        )
        if dispute is None or not _is_of_town(actor, dispute):
            raise Invalid({"number": ["没有这个编号的纠纷"]})
        if dispute.erased_at is not None:
            raise Erased
        held = sa.exists().where(Hold.dispute_id == dispute.id, Hold.lifted_at.is_(None))
        if session.scalar(sa.select(held)):
            raise Conflict("这件纠纷已经暂缓销毁")
        session.add(
            Hold(
                id=hold_id,
                dispute_id=dispute.id,
                ground=ground,
                placed_by=actor.user_id,
                placed_at=now,
            )
        )
        record(
            session,
            dispute.id,
            subject="dispute",
            action="hold",
            actor=actor,
            now=now,
            detail={"ground": ground.value},
        )
    return hold_id


@sight.whole("retention")
def lift(hold_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Let it go again; nothing happens when it was let go before."""
    access.require(actor, "retention.hold", desk.policy.access)
    with transaction() as session:
        held = session.get(Hold, hold_id, with_for_update=True)
        dispute = session.get(Dispute, held.dispute_id) if held else None
        if held is None or dispute is None or not _is_of_town(actor, dispute):
            raise NotFound("没有这条暂缓记录")
        if held.lifted_at is not None:
            return
        held.lifted_by, held.lifted_at = actor.user_id, now
        record(session, held.dispute_id, subject="dispute", action="lift", actor=actor, now=now)


def _is_of_town(actor: Actor, dispute: Dispute) -> bool:
    at = {dispute.registered_at_organisation_id, dispute.organisation_id}
    return any(access.is_of_town(actor, each) for each in at if each is not None)
