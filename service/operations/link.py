"""Keep what people found between disputes that look alike 查重结论."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import LinkRelation
from models import Dispute, Link, insert, transaction
from service.desk import Desk
from service.errors import Invalid
from service.operations import load, notice
from service.operations.event import record
from service.queries.duplicate import Pairing, pairings
from service.rules.access import Actor

UNKNOWN = "没有这个编号，请核对"
SELF = "不能与自己关联"


def keep(
    session: Session,
    dispute_id: UUID,
    found: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Store the decisions `{number, relation}` made while `dispute_id` was being registered.

    The reasons are weighed anew. Invalid at `links.<n>.number` for a number that the actor could
    not have been shown: then nothing of the registration stays either.
    """
    if not found:
        return
    session.flush()  # the parties just written are weighed
    numbers = [str(each["number"]).strip().upper() for each in found]
    paired = pairings(dispute_id, numbers, actor=actor, desk=desk, now=now)
    unknown = [place for place, number in enumerate(numbers) if number not in paired]
    if unknown:
        raise Invalid({f"links.{place}.number": [UNKNOWN] for place in unknown})
    dispute = session.get_one(Dispute, dispute_id)
    for number, each in zip(numbers, found, strict=True):
        _decide(session, dispute, paired[number], each["relation"], actor=actor, desk=desk, now=now)


def decide(
    dispute_id: UUID,
    decision: Mapping[str, Any],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Decide later, or otherwise than before, what another dispute `{number, relation}` is to it.

    The same decision once more changes nothing. Invalid at `number` for one nobody may know of.
    """
    number = str(decision["number"]).strip().upper()
    with transaction() as session:
        dispute = load.dispute_for_change(
            session, dispute_id, "link", version=None, actor=actor, desk=desk, now=now
        )
        if number == dispute.number:
            raise Invalid({"number": [SELF]})
        paired = pairings(dispute_id, [number], actor=actor, desk=desk, now=now)
        if number not in paired:
            raise Invalid({"number": [UNKNOWN]})
        _decide(
            session, dispute, paired[number], decision["relation"], actor=actor, desk=desk, now=now
        )


def _decide(
    session: Session,
    dispute: Dispute,
    other: Pairing,
    relation: LinkRelation,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """One row for the two, kept with the newer; the event keeps what was decided before."""
    newer = (dispute.registered_at, dispute.id) >= (other.registered_at, other.id)
    pair = (dispute.id, other.id) if newer else (other.id, dispute.id)
    before = session.scalar(
        sa.select(Link.relation).where(Link.dispute_id == pair[0], Link.other_id == pair[1])
    )
    if before is relation:
        return
    reasons = [code.value for code in other.reasons]
    _write(session, pair, relation, reasons, actor=actor, now=now)
    record(
        session,
        dispute.id,
        subject="dispute",
        action="link",
        actor=actor,
        now=now,
        detail={
            "other": str(other.id),
            "relation": relation.value,
            "before": before.value if before else None,
            "matched_by": reasons,
        },
    )
    if before is LinkRelation.SAME:
        notice.same_no_more(session, pair, now=now)
    if relation is LinkRelation.SAME:
        notice.same(session, dispute, actor=actor, desk=desk, now=now)


def _write(
    session: Session,
    pair: tuple[UUID, UUID],
    relation: LinkRelation,
    reasons: list[str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Insert, or change what two people at once decided about the same pair."""
    told = {
        "relation": relation,
        "reasons": reasons,
        "decided_by": actor.user_id,
        "decided_at": now,
    }
    session.execute(
        insert(session, Link)
        .values(dispute_id=pair[0], other_id=pair[1], **told)
        .on_conflict_do_update(index_elements=[Link.dispute_id, Link.other_id], set_=told)
    )
