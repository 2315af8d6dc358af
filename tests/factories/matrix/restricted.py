"""The restricted class 受限: who is named for what, and who broke the glass over what."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa

from config.vocabulary import Role
from models import Glass, Named, db, transaction
from service.operations import restricted
from service.rules.access import Actor
from tests.factories.dispute import Handling, let_in
from tests.factories.matrix.world import EARLIER, NOW, Thing, World

UNIT_OF: Final = {Role.MEDIATOR: "committee", Role.LIAISON: "committee", Role.LEGAL: "justice"}
JUST_NOW: Final = NOW - timedelta(hours=1)
UNTIL: Final = {
    "restricted behind broken glass": NOW + timedelta(hours=4),
    "restricted behind glass that closed": NOW - timedelta(hours=1),
}


def namings(world: World) -> None:
    """Who was named for what, and once was; each also names somebody who asks nothing here."""
    office, of = world.office, {each.relation: each for each in world.disputes()}
    everybody = [
        office.actor(role, UNIT_OF.get(role, "centre"))
        for role in Role
        if role is not Role.PLATFORM
    ]
    named = [each for each in everybody if Role.SECADMIN not in each.roles]
    for relation in ("restricted that names me", "restricted that named me once"):
        let_in(Handling(office, of[relation].uuid), *named)
    other = office.actor(Role.MEDIATOR, "station", name="named")
    once = of["restricted that named me once"].uuid
    with transaction() as session:
        session.execute(sa.update(Named).where(Named.dispute_id == once).values(ended_at=EARLIER))
    for thing in world.disputes():
        if "restricted" in thing.relation:
            thing.parts["named_id"] = _named(world, thing, other)


def _named(world: World, thing: Thing, other: Actor) -> UUID:
    let_in(Handling(world.office, thing.uuid), other)
    found = sa.select(Named.id).where(Named.dispute_id == thing.id, Named.user_id == other.user_id)
    return db.session.scalars(found).one()


def glasses(world: World) -> Iterator[Thing]:
    """What the director looked at through glass; and what waits, asked for by colleagues of hers.

    Hers would open to her while others still ask.
    """
    office, of = world.office, {each.relation: each for each in world.disputes()}
    for relation in UNTIL:
        yield _broken(world, of[relation])
    for relation, town in (
        ("another organisation's, restricted", "centre"),
        ("another town's, restricted", "north-centre"),
    ):
        asker, reason = office.actor(Role.DIRECTOR, town, name="b"), world.word(16)
        made = restricted.ask_for_glass(
            of[relation].uuid, reason, actor=asker, desk=office.desk, now=JUST_NOW
        )
        yield Thing(
            "glass_id",
            f"over {relation}",
            made,
            {"reason": reason},
            owner=asker.user_id,
            dispute=of[relation].uuid,
        )


def _broken(world: World, thing: Thing) -> Thing:
    """Glass that the director broke, and a second person let her."""
    director: Actor = world.office.director
    row = Glass(
        id=uuid4(),
        dispute_id=thing.id,
        user_id=director.user_id,
        asked_at=EARLIER,
        reason_sealed=b"-",
        decided_by=world.office.actor(Role.SECADMIN).user_id,
        decided_at=EARLIER,
        until=UNTIL[thing.relation],
    )
    with transaction() as session:
        session.add(row)
        session.flush()
        made = row.id
    return Thing("glass_id", thing.relation, made, owner=director.user_id, dispute=thing.uuid)
