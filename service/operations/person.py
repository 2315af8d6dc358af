"""Look at a person 人: in which disputes somebody stands; it is written down."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from models import Party, db
from service.desk import Desk
from service.operations import audit, duplicate
from service.queries import person as queries
from service.queries.person import PersonView
from service.rules import access
from service.rules.access import Actor


def look(
    dispute_id: UUID, party_id: UUID, *, actor: Actor, desk: Desk, now: datetime
) -> PersonView:
    """Everything the actor may read that a party of a dispute stands in; NotFound as the dispute.

    How many more there are is told within the limit for numbers that are looked for.
    """
    told = access.may(actor, "search.identity", desk.policy.access)
    numbers = _numbers(dispute_id, party_id) if told else frozenset()
    within = told and numbers == duplicate.taken(numbers, actor=actor, desk=desk, now=now)
    found = queries.of_party(dispute_id, party_id, counts=within, actor=actor, desk=desk, now=now)
    audit.saw(
        "dispute.person",
        subject="dispute",
        subject_id=dispute_id,
        actor=actor,
        now=now,
        detail={"party": str(party_id), "found": len(found.disputes)},
    )
    return found


def _numbers(dispute_id: UUID, party_id: UUID) -> frozenset[str]:
    row = db.session.execute(
        sa.select(Party.id_number_index, Party.phone_index).where(
            Party.id == party_id, Party.dispute_id == dispute_id
        )
    ).first()
    return frozenset(each.hex() for each in row or () if each)
