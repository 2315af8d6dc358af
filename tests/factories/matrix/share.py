"""Shares 共享: in force, ended, run out."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from config.vocabulary import SharePurpose
from models import Share, transaction
from tests.factories.matrix.world import EARLIER, NOW, Thing, World

ENDS: dict[str, dict[str, datetime]] = {
    "shared with my organisation": {"until": NOW + timedelta(days=30)},
    "share that was ended": {"ended_at": NOW - timedelta(hours=2)},
    "share that ran out": {"until": NOW - timedelta(hours=2)},
}


def made(world: World) -> None:
    """With the committee; every other open one with a unit where nobody reads what is shared."""
    for thing in world.disputes():
        if "restricted" in thing.relation:
            continue
        end = ENDS.get(thing.relation)
        unit = "committee" if end else "justice"
        thing.parts["share_id"] = _share(world, thing, unit, end or {})


def _share(world: World, thing: Thing, unit: str, end: dict[str, datetime]) -> UUID:
    with transaction() as session:
        row = Share(
            id=uuid4(),
            dispute_id=thing.id,
            organisation_id=world.office.units[unit],
            purpose=SharePurpose.REFERRAL,
            basis=thing.canaries["basis"],
            shared_by=world.office.director.user_id,
            shared_at=EARLIER,
            **end,
        )
        session.add(row)
        session.flush()
        return row.id
