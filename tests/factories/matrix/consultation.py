"""Words somebody asked, at every unit."""

from collections.abc import Iterator
from uuid import UUID

from config.vocabulary import Role
from tests.factories.consultation import asked
from tests.factories.dispute import registered
from tests.factories.matrix.world import EARLIER, Thing, World


def made(world: World) -> Iterator[Thing]:
    """One became a restricted dispute of others."""
    office = world.office
    clerks = {
        "registered by me": office.window,
        "my organisation's": office.actor(Role.LIAISON, "committee"),
        "another organisation's": office.actor(Role.LIAISON, "station"),
        "another organisation's, became a restricted dispute": office.actor(
            Role.LIAISON, "station"
        ),
        "another town's": office.actor(Role.WINDOW, "north-centre"),
    }
    for relation, clerk in clerks.items():
        who = world.person()
        said = {"question": world.word(8), "answer": world.word(8)}
        consultation = asked(
            office,
            actor=clerk,
            now=EARLIER,
            name=who["name"],
            phone=who["phone"],
            **said,
        )
        behind: UUID | None = None
        if "restricted" in relation:
            behind = registered(
                office, actor=clerk, now=EARLIER, consultation=consultation, restricted=True
            ).id
        canaries = said | {"name": who["name"], "phone": who["phone"]}
        yield Thing(
            "consultation_id",
            relation,
            consultation,
            canaries,
            clerk.organisation_id,
            clerk.user_id,
            behind,
        )
