"""Who asks, with their sessions and tokens; and accounts that nobody asks as."""

from collections.abc import Iterator
from typing import Final
from uuid import uuid4

import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role, Source, TokenScope
from models import Notice, UserSession, transaction
from service.gateways.keyring import token_hash
from service.operations import draft
from service.operations import token as tokens
from service.operations import user as users
from service.operations.token import TokenDraft
from service.queries import token as token_queries
from service.queries.user import by_username
from service.rules.access import Actor
from tests.factories.matrix.dispute import Way, sent
from tests.factories.matrix.world import EARLIER, NOW, Subject, Thing, World
from tests.factories.visitor import session_of


def people(world: World) -> None:
    """Accounts, sessions, tokens and organisations that nobody else here needs."""
    office = world.office
    for relation, unit in (
        ("my organisation's", "committee"),
        ("another town's", "north-committee"),
    ):
        spare = office.actor(Role.MEDIATOR, unit, name="spare")
        world.things.append(Thing("user_id", relation, spare.user_id, at=spare.organisation_id))
        world.things.append(
            Thing("organisation_id", relation, spare.organisation_id, at=spare.organisation_id)
        )


# who asks: name, role, unit; two of each business role where the relation needs two


WHO: Final = (
    ("window", Role.WINDOW, "centre"),
    ("window of the station", Role.WINDOW, "station"),
    ("mediator", Role.MEDIATOR, "committee"),
    ("mediator of the station", Role.MEDIATOR, "station"),
    ("liaison", Role.LIAISON, "committee"),
    ("liaison of the station", Role.LIAISON, "station"),
    ("director", Role.DIRECTOR, "centre"),
    ("director of another town", Role.DIRECTOR, "north-centre"),
    ("legal", Role.LEGAL, "justice"),
    ("planner", Role.PLANNER, "centre"),
    ("leader", Role.LEADER, "centre"),
    ("auditor", Role.AUDITOR, "centre"),
    ("sysadmin", Role.SYSADMIN, "centre"),
    ("secadmin", Role.SECADMIN, "centre"),
)


def subjects(world: World) -> Iterator[Subject]:
    """Everybody of the table, nobody, somebody who left, and two platforms."""
    office = world.office
    yield Subject("anonymous", None)
    gone = office.actor(Role.DIRECTOR, "centre", name="gone")
    session = session_of(office.app, gone)
    users.disable(gone.user_id, actor=office.actor(Role.SYSADMIN), desk=office.desk, now=EARLIER)
    with transaction() as rows:  # even one whose end was lost opens nothing
        rows.execute(sa.update(UserSession).values(ended_at=None))
    yield Subject("disabled account", None, session)
    for name, role, unit in WHO:
        actor = office.actor(role, unit)
        found = by_username(f"{role.value}-{unit}")
        yield Subject(name, found or actor, session_of(office.app, actor))
    for name in ("platform token", "another platform's token"):
        made = tokens.make(
            TokenDraft(
                name=name,
                source=Source.HOTLINE_12345,
                organisation=office.units["centre"],
                scopes=list(TokenScope),
            ),
            actor=office.actor(Role.SYSADMIN),
            desk=office.desk,
            now=EARLIER,
        )
        world.things.append(Thing("token_id", name, made.id))
        program = token_queries.by_secret(made.secret, now=NOW)
        assert program is not None
        yield Subject(name, program.caller.actor, made.secret)


def personal(world: World) -> None:
    """What is one person's alone: notices, sessions, drafts; and what platforms sent in."""
    told = next(each for each in world.disputes() if each.relation == "assigned to me")
    for subject in world.subjects:
        if subject.actor is None:
            continue
        if subject.is_program:
            way = Way(f"sent by {subject.name}", until=DisputeStatus.REGISTERED)
            world.things.append(sent(world, way, subject.actor))
            continue
        _own(world, subject, subject.actor, told)


def _own(world: World, subject: Subject, actor: Actor, told: Thing) -> None:
    office, whose = world.office, f"{subject.name}'s"
    other = session_of(office.app, actor)
    with transaction() as session:
        notice = session.scalars(
            sa.select(Notice.id).where(Notice.user_id == actor.user_id).limit(1)
        ).first()
        kept = session.scalars(
            sa.select(UserSession.id).where(UserSession.token_hash == token_hash(other))
        ).one()
    if notice is not None:
        world.things.append(Thing("notice_id", whose, notice, owner=actor.user_id))
    world.things.append(Thing("session_id", whose, kept, owner=actor.user_id))
    key, word = uuid4().hex, world.word(10)
    draft.save(key, [("narrative", word)], actor=actor, desk=office.desk, now=EARLIER)
    world.things.append(Thing("form_key", whose, key, {"draft": word}, owner=actor.user_id))
