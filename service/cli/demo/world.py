"""The world of the demo: who can act, what is said, and the disputes under way."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.demo import Office, Story, Town
from config.money import FEN_PER_YUAN
from config.vocabulary import OrganisationKind, Step
from service.cli.demo.office import Staff, later
from service.cli.demo.people import People
from service.desk import Desk
from service.gateways.attachment import Store
from service.operations import step as steps
from service.queries import dispute as queries
from service.rules.access import Actor

Life = Iterator[datetime]  # acts, then tells when it acts again
Way = Generator[datetime, None, datetime]  # a stretch of a life that tells when it ended
FALLBACK: Final = OrganisationKind.PEOPLE_MEDIATION_COMMITTEE.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What is to become of a dispute; `stall` names the last step that is taken at all."""

    ending: Step = Step.AGREE
    stall: Step | None = None
    early: bool = False  # it ends before anybody was asked to mediate
    returned: bool = False
    override: bool = False
    reopened: "Fate | None" = None  # what becomes of it the second time
    performed: bool = True
    quick: bool = False  # every step within the hour
    sent_at: datetime | None = None  # when it is dispatched, where that matters


@dataclass(slots=True)
class Case:
    """A dispute under way, with what the rules answered."""

    id: UUID
    number: str
    story: Story
    amount: int | None
    n: int
    lead: str | None
    accept: str
    go_to: list[str]
    parties: list[UUID]
    applicant: Mapping[str, Any]  # as the clerk typed it


@dataclass(slots=True)
class World:
    """Everything a life needs to act."""

    town: Town
    staff: Staff
    people: People
    desk: Desk
    store: Store
    rng: Random
    cases: list[Case] = field(default_factory=list)
    in_hand: dict[str, Case] = field(default_factory=dict)  # by its category
    hidden: list[Case] = field(default_factory=list)  # the restricted, in the order they came

    def say(self, kind: str) -> str:
        """One of the sentences of the town for this occasion."""
        return self.rng.choice(self.town.words[kind])

    def after(self, since: datetime, days: float, fate: Fate) -> datetime:
        """When the next step is taken, about `days` later."""
        if fate.quick:
            return since + timedelta(minutes=self.rng.randint(2, 6))
        return later(since, days * self.rng.uniform(0.6, 1.5), self.desk, self.rng)

    def take(self, case: Case, step: Step, actor: Actor, now: datetime, **body: Any) -> None:
        """Take one step of a case through the operation everybody uses."""
        director, desk = self.staff.actors["director"], self.desk
        version = queries.version(case.id, actor=director, desk=desk, now=now)
        steps.take(case.id, step, body, version=version, actor=actor, desk=desk, now=now)


def dispatch(
    world: World, case: Case, office: Office, now: datetime, mediator: UUID | None = None
) -> None:
    """Send a case to an office, with a reason when the rules named another kind."""
    other = office.kind.value != case.lead
    world.take(
        case,
        Step.DISPATCH,
        world.staff.actors["director"],
        now,
        organisation=world.staff.ids[office.name],
        assist=[],
        mediator=mediator,
        reason=world.say("override_reasons") if other else None,
    )


def office_for(world: World, case: Case, *, other: bool = False) -> Office:
    """An office of the kind the rules named, or another when that one is not to have it."""
    offices = world.staff.offices
    if other:
        kinds = [
            kind for kind in (FALLBACK, OrganisationKind.JUSTICE_OFFICE.value) if kind != case.lead
        ]
        return offices[kinds[0]][0]
    named = offices.get(case.lead or FALLBACK) or offices[FALLBACK]
    # the town's own committee is asked more often than a village's
    return named[0] if world.rng.random() < 0.6 else world.rng.choice(named)


def yuan(fen: int | None) -> str:
    """An amount as people write it."""
    return "若干" if fen is None else str(fen // FEN_PER_YUAN)
