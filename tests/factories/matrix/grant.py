"""Proposals of rights 授权申请, which wait for a second person."""

from collections.abc import Iterator

from config.vocabulary import Role
from service.operations import grant
from service.operations.grant import GrantDraft
from tests.factories.matrix.world import EARLIER, Thing, World


def made(world: World) -> Iterator[Thing]:
    """One of each administrator of rights, about people who ask nothing here themselves."""
    office = world.office
    for relation, asker, unit in (
        ("asked for by a colleague", office.actor(Role.SECADMIN, name="b"), "committee"),
        ("asked for by another, of another town", office.actor(Role.SECADMIN, name="c"), "north"),
        ("asked for by me", office.actor(Role.SECADMIN), "station"),
    ):
        home = "north-committee" if unit == "north" else unit
        person = office.actor(Role.MEDIATOR, home, name="raised")
        reason = world.word(10)
        draft = GrantDraft(roles={Role.MEDIATOR, Role.DIRECTOR}, reason=reason)
        waiting = grant.change(person.user_id, draft, actor=asker, desk=office.desk, now=EARLIER)
        assert waiting is not None
        said = {"reason": reason}
        yield Thing("grant_id", relation, waiting, said, person.organisation_id, asker.user_id)
