"""How disputes go in the demo: each is a story that acts, then says when it acts again."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.demo import Office, SeveralMatters, Story, Town
from config.money import FEN_PER_YUAN
from config.vocabulary import (
    AgreementForm,
    DeclineGround,
    FailureReason,
    OrganisationKind,
    Outcome,
    PartyRole,
    Source,
    Step,
    VisitResult,
)
from service.cli.demo.office import Staff, later
from service.cli.demo.people import People
from service.desk import Desk
from service.operations import dispute as disputes
from service.operations import mediation
from service.operations import step as steps
from service.operations.dispute import Visit
from service.queries import dispute as queries
from service.rules.access import Actor

Life = Iterator[datetime]
Way = Generator[datetime, None, datetime]  # a stretch of a life that tells when it ended
FALLBACK: Final = OrganisationKind.PEOPLE_MEDIATION_COMMITTEE.value
SOURCES: Final = (
    *[Source.WALK_IN] * 8,
    *[Source.PHONE] * 3,
    *[Source.GRID] * 4,
    Source.HOTLINE_12345,
    Source.HOTLINE_12345,
    Source.PETITION,
    Source.MENGQITONG,
    Source.INITIATIVE,
    Source.OTHER_PLATFORM,
    Source.COURT_ASSIGNED,
)  # fmt: skip -- a list of words
REGISTRARS: Final[Mapping[Source, str]] = {
    Source.POLICE_110: "liaison-police",
    Source.COURT_ASSIGNED: "liaison-court",
}
GROUNDS: Final[Mapping[str, DeclineGround]] = {
    "administrative_act": DeclineGround.ADMINISTRATIVE_ACT,
    "land_matter": DeclineGround.TITLE_DISPUTE,
}


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


@dataclass(slots=True)
class World:
    """Everything a life needs to act."""

    town: Town
    staff: Staff
    people: People
    desk: Desk
    rng: Random
    cases: list[Case] = field(default_factory=list)

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
        version = queries.one(case.id, actor=director, desk=desk, now=now).version
        steps.take(case.id, step, body, version=version, actor=actor, desk=desk, now=now)


def ordinary(world: World, story: Story, start: datetime, fate: Fate) -> Life:
    """The way of one dispute from the window to the shelf."""
    now = start
    yield now
    case = register(world, story, now)
    director = world.staff.actors["director"]
    if fate.stall is Step.VOID:
        return
    if fate.early:
        yield (now := world.after(now, 0.1, fate))
        _end_early(world, case, fate.ending, now)
        return
    if story.guided or case.accept == "no" or case.lead is None:
        yield (now := world.after(now, 0.4, fate))
        _show_the_door(world, case, now)
        return
    now = yield from _mediated(world, case, fate, now)
    if fate.reopened:
        yield (now := world.after(now, 6, fate))
        reason = world.say("reopen_reasons")
        world.take(case, Step.REOPEN, director, now, reason=reason)
        now = yield from _mediated(world, case, fate.reopened, now)
    yield (now := world.after(now, 80, fate))
    world.take(case, Step.ARCHIVE, director, now)


def protected(world: World, story: Story, start: datetime, *, stall: Step | None) -> Life:
    """The way of a restricted dispute 受限: to a named police officer, ended by the director."""
    now, fate = start, Fate()
    yield now
    case = register(world, story, now)
    if stall is Step.DISPATCH:
        return
    yield (now := world.after(now, 0.1, fate))
    police = world.staff.offices[OrganisationKind.POLICE_STATION.value][0]
    officer = world.staff.mediator_of(police)
    dispatch(world, case, police, now, mediator=officer.user_id)
    yield (now := world.after(now, 0.3, fate))
    world.take(case, Step.ACCEPT, officer, now)
    if stall is Step.ACCEPT:
        return
    yield (now := world.after(now, 12, fate))
    director = world.staff.actors["director"]
    world.take(case, Step.CLOSE, director, now, outcome=Outcome.GUIDED)


def several(world: World, visit: SeveralMatters, start: datetime) -> Life:
    """One visit that is registered as several disputes; each then goes its own way."""
    yield start
    stories = [_story_of(world, category) for category in visit.categories]
    parties = [
        world.people.person(PartyRole.APPLICANT),
        world.people.person(PartyRole.RESPONDENT),
    ]
    matters = [{"category": each.category, "facts": dict(each.facts)} for each in stories]
    made = disputes.register(
        Visit(
            category=stories[0].category,
            narrative=visit.narrative,
            source=Source.WALK_IN,
            parties=parties,
            place={"village": world.rng.choice(world.town.villages), "detail": None},
            matters=matters,
        ),
        actor=world.staff.actors["window"],
        desk=world.desk,
        now=start,
    )
    now, fate = start, Fate()
    for fresh, story in zip(made, stories, strict=True):
        case = _case(world, fresh.id, story, start, amount=None, n=1)
        yield (now := world.after(now, 0.3, fate))
        if case.accept == "no" or case.lead is None:
            _show_the_door(world, case, now)
        else:
            dispatch(world, case, _office_for(world, case), now)


def register(world: World, story: Story, now: datetime) -> Case:
    """Register a story as the window, or whoever its source comes by."""
    rng = world.rng
    n = rng.randint(*story.n)
    amount = rng.randint(*story.amount) // 10 * 10 * FEN_PER_YUAN if story.amount else None
    source = story.source or rng.choice(SOURCES)
    village = rng.choice(world.town.villages)
    today = world.desk.today(now)
    facts = dict(story.facts) | {
        name: today - timedelta(days=days) for name, days in story.ago.items()
    }
    narrative = story.narrative.format(
        n=n,
        amount=_yuan(amount),
        settled=_yuan(amount),
        village=village,
        when=world.say("times"),
    )
    respondent = (
        world.people.business(PartyRole.RESPONDENT, story.against)
        if story.against
        else world.people.person(PartyRole.RESPONDENT)
    )
    made = disputes.register(
        Visit(
            category=story.category,
            narrative=narrative,
            source=source,
            source_reference=_reference(source, rng, now),
            parties=[world.people.person(PartyRole.APPLICANT), respondent],
            place={"village": village, "detail": f"{rng.randint(1, 9)}组路口"},
            occurred_on=today - timedelta(days=rng.randint(0, 40)),
            amount=amount,
            people_count=rng.randint(*story.people) if story.people else 2,
            facts=facts,
        ),
        actor=world.staff.actors[REGISTRARS.get(source, "window")],
        desk=world.desk,
        now=now,
    )[0]
    return _case(world, made.id, story, now, amount=amount, n=n)


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


def _mediated(world: World, case: Case, fate: Fate, since: datetime) -> Way:
    """Dispatch, accept, mediate, end."""
    now = since
    yield (now := world.after(now, 0.3, fate))
    office = _office_for(world, case, other=fate.override)
    dispatch(world, case, office, now)
    if fate.stall is Step.DISPATCH:
        yield from _never()
    yield (now := world.after(now, 0.5, fate))
    if fate.returned:
        reason = world.say("return_reasons")
        world.take(case, Step.RETURN, world.staff.mediator_of(office), now, reason=reason)
        yield (now := world.after(now, 0.5, fate))
        office = _office_for(world, case, other=True)
        dispatch(world, case, office, now)
        yield (now := world.after(now, 0.5, fate))
    mediator = world.staff.mediator_of(office)
    world.take(case, Step.ACCEPT, mediator, now)
    if fate.stall is Step.ACCEPT:
        yield from _never()
    yield (now := world.after(now, 1.2, fate))
    world.take(case, Step.START, mediator, now)
    now = yield from _sessions(world, case, mediator, fate, now)
    if fate.stall is Step.START:
        yield from _never()
    yield (now := world.after(now, 4, fate))
    return (yield from _ended(world, case, mediator, fate, now))


def _never() -> Iterator[datetime]:
    """Wait for a day that does not come."""
    yield datetime.max.replace(tzinfo=UTC)


def _sessions(world: World, case: Case, mediator: Actor, fate: Fate, since: datetime) -> Way:
    now = since
    parties = queries.one(case.id, actor=mediator, desk=world.desk, now=now).parties
    for _ in range(world.rng.choice((1, 1, 2, 3))):
        yield (now := world.after(now, 3, fate))
        attendance = [{"party": each.id, "attended": world.rng.random() < 0.9} for each in parties]
        mediation.hold_session(
            case.id,
            {
                "held_at": now - timedelta(minutes=1),
                "place": world.rng.choice(world.town.places),
                "attendance": attendance,
                "minutes": world.say("minutes"),
            },
            actor=mediator,
            desk=world.desk,
            now=now,
        )
    return now


def _ended(world: World, case: Case, mediator: Actor, fate: Fate, since: datetime) -> Way:
    now = since
    if fate.ending is Step.FAIL:
        reasons = world.rng.sample(list(FailureReason), world.rng.choice((1, 1, 2)))
        world.take(case, Step.FAIL, mediator, now, reasons=reasons, note=None)
    elif fate.ending is Step.WITHDRAW:
        world.take(case, Step.WITHDRAW, mediator, now, reason=world.say("withdraw_reasons"))
    elif fate.ending is Step.TERMINATE:
        world.take(case, Step.TERMINATE, mediator, now, reason=world.say("terminate_reasons"))
    elif fate.ending is Step.CLOSE:
        world.take(case, Step.CLOSE, mediator, now, outcome=Outcome.GUIDED)
    else:
        now = yield from _agreed(world, case, mediator, fate, now)
    return now


def _agreed(world: World, case: Case, mediator: Actor, fate: Fate, since: datetime) -> Way:
    now = since
    settled = case.amount * world.rng.randint(6, 10) // 10 if case.amount else None
    written = world.rng.random() < 0.7
    world.take(
        case,
        Step.AGREE,
        mediator,
        now,
        form=AgreementForm.WRITTEN if written else AgreementForm.ORAL,
        terms=case.story.terms.format(n=case.n, settled=_yuan(settled)) if written else None,
        amount=settled,
        performed_by=_promised(world, now),
    )
    if not fate.performed:
        yield from _never()
    yield (now := world.after(now, 7, fate))
    world.take(case, Step.PERFORM, mediator, now)
    yield (now := world.after(now, 2, fate))
    world.take(case, Step.CLOSE, mediator, now, outcome=Outcome.AGREED)
    if world.rng.random() < 0.6:
        yield (now := world.after(now, 14, fate))
        _visit(world, case, mediator, now)
    return now


def _visit(world: World, case: Case, mediator: Actor, now: datetime) -> None:
    mediation.visit(
        case.id,
        {
            "visited_on": world.desk.today(now),
            "result": VisitResult.PERFORMED,
            "satisfied": world.rng.random() < 0.9,
            "note": world.say("visit_notes"),
        },
        actor=mediator,
        desk=world.desk,
        now=now,
    )


def _end_early(world: World, case: Case, ending: Step, now: datetime) -> None:
    director = world.staff.actors["director"]
    if ending is Step.VOID:
        world.take(case, Step.VOID, director, now, reason=world.say("void_reasons"))
    elif ending is Step.CLOSE:
        world.take(case, Step.CLOSE, director, now, outcome=Outcome.GUIDED)
    else:
        world.take(case, ending, director, now, reason=world.say("withdraw_reasons"))


def _show_the_door(world: World, case: Case, now: datetime) -> None:
    """Not for mediation: refused with its ground, or guided to where it belongs."""
    director = world.staff.actors["director"]
    kinds = [OrganisationKind(kind) for kind in case.go_to][:6]
    if kinds and world.rng.random() < 0.5:
        ground = next(
            (GROUNDS[fact] for fact in GROUNDS if fact in case.story.facts),
            DeclineGround.NOT_MEDIABLE,
        )
        world.take(case, Step.DECLINE, director, now, ground=ground, go_to=kinds, reason=None)
    else:
        world.take(case, Step.CLOSE, director, now, outcome=Outcome.GUIDED)


def _case(
    world: World, dispute_id: UUID, story: Story, now: datetime, *, amount: int | None, n: int
) -> Case:
    view = queries.one(dispute_id, actor=world.staff.actors["director"], desk=world.desk, now=now)
    route = view.route or {}
    case = Case(
        id=dispute_id,
        number=view.number,
        story=story,
        amount=amount,
        n=n,
        lead=route.get("lead"),
        accept=str(route.get("accept")),
        go_to=list(route.get("go_to") or []),
    )
    world.cases.append(case)
    return case


def _office_for(world: World, case: Case, *, other: bool = False) -> Office:
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


def _story_of(world: World, category: str) -> Story:
    return next(
        each for each in world.town.stories if each.category == category and not each.against
    )


def _reference(source: Source, rng: Random, now: datetime) -> str | None:
    if source in (Source.HOTLINE_12345, Source.MENGQITONG, Source.POLICE_110):
        return f"示-{now:%Y%m}-{rng.randint(1, 9999):04d}"
    return None


def _promised(world: World, now: datetime) -> date:
    return world.desk.today(now) + timedelta(days=world.rng.choice((3, 7, 15, 30)))


def _yuan(fen: int | None) -> str:
    return "若干" if fen is None else str(fen // FEN_PER_YUAN)
