"""The consents of the demo: two of grown-ups, one of them withdrawn, and one for a child."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Final
from uuid import UUID

from config.vocabulary import BasisGround, ConsentForm, PartyRole
from service.cli.demo.office import back
from service.cli.demo.world import Life, World
from service.operations import basis as operations
from service.operations.basis import Consent
from service.queries import dispute as queries

SEED: Final = 20260714


def lives(world: World, now: datetime) -> Iterator[Life]:
    """Told to the mediators who work with the people."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up consents every time
    yield _told(world, rng, now)
    yield _for_a_child(world, rng, now)


def _told(world: World, rng: Random, now: datetime) -> Life:
    desk, mediator = world.desk, world.staff.actors["mediator"]
    about_work, about_sound, _ = world.town.words["consents"]
    yield (at := back(now, 7, desk, rng))
    _keep(world, "neighbour", about_work, ConsentForm.WRITTEN, at)
    taken_back = _keep(world, "debt", about_sound, ConsentForm.ORAL, at)
    yield (at := max(at, back(now, 3, desk, rng)))
    debt, today = world.in_hand["debt"].id, desk.today(at)
    operations.withdraw(debt, taken_back, today, None, actor=mediator, desk=desk, now=at)


def _keep(world: World, category: str, scope: str, form: ConsentForm, at: datetime) -> UUID:
    """The applicant's consent, noted by the mediator who has the dispute in hand."""
    case, desk = world.in_hand[category], world.desk
    given = Consent(
        ground=BasisGround.CONSENT,
        form=form,
        obtained_on=desk.today(at),
        party=case.parties[0],
        scope=scope,
    )
    return operations.consent(
        case.id, given, actor=world.staff.actors["mediator"], desk=desk, now=at
    )


def _for_a_child(world: World, rng: Random, now: datetime) -> Life:
    """The guardian signs for the child, before the officer who has the dispute."""
    yield (at := back(now, 3, world.desk, rng))
    case = next(each for each in world.hidden if each.story.child)
    officer = world.staff.actors["mediator-police"]
    people = queries.one(case.id, actor=officer, desk=world.desk, now=at).parties
    child, guardian = (
        next(each.id for each in people if each.role is role)
        for role in (PartyRole.APPLICANT, PartyRole.GUARDIAN)
    )
    given = Consent(
        ground=BasisGround.GUARDIAN,
        form=ConsentForm.WRITTEN,
        obtained_on=world.desk.today(at),
        party=child,
        given_by=guardian,
        scope=world.town.words["consents"][-1],
    )
    operations.consent(case.id, given, actor=officer, desk=world.desk, now=at)
