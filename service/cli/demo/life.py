"""How disputes go in the demo, from the window to the shelf."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from config.demo import InHand, SeveralMatters, Story
from config.vocabulary import DeclineGround, OrganisationKind, Outcome, Step
from service.cli.demo.intake import register, register_several, story_of
from service.cli.demo.mediation import mediated
from service.cli.demo.world import Case, Fate, Life, World, dispatch, office_for

GROUNDS: Final[Mapping[str, DeclineGround]] = {
    "administrative_act": DeclineGround.ADMINISTRATIVE_ACT,
    "land_matter": DeclineGround.TITLE_DISPUTE,
}


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
    now = yield from mediated(world, case, fate, now)
    if fate.reopened:
        yield (now := world.after(now, 6, fate))
        reason = world.say("reopen_reasons")
        world.take(case, Step.REOPEN, director, now, reason=reason)
        now = yield from mediated(world, case, fate.reopened, now)
    yield (now := world.after(now, 80, fate))
    world.take(case, Step.ARCHIVE, director, now)


def protected(world: World, story: Story, start: datetime, *, stall: Step | None) -> Life:
    """The way of a restricted dispute 受限: to a named police officer, ended by the director."""
    now, fate = start, Fate()
    yield now
    case = register(world, story, now)
    world.hidden.append(case)
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


def in_hand(world: World, each: InHand, start: datetime) -> Life:
    """A dispute that one mediator has taken up and is not done with."""
    mediator, fate = world.staff.actors[each.account], Fate(quick=True)
    yield (now := start)
    story = story_of(world, each.category)
    if each.source:
        story = replace(story, source=each.source)
    case = register(world, story, now, card=True)
    office = world.staff.office_of(mediator)
    yield (now := world.after(now, 0, fate))
    dispatch(world, case, office, now, mediator=mediator.user_id)
    yield (now := world.after(now, 0, fate))
    world.take(case, Step.ACCEPT, mediator, now)
    yield (now := world.after(now, 0, fate))
    world.take(case, Step.START, mediator, now)
    world.in_hand[each.category] = case


def several(world: World, visit: SeveralMatters, start: datetime) -> Life:
    """One visit that is registered as several disputes; each is then sent on its own way."""
    yield start
    now, fate = start, Fate()
    for case in register_several(world, visit, start):
        yield (now := world.after(now, 0.3, fate))
        if case.accept == "no" or case.lead is None:
            _show_the_door(world, case, now)
        else:
            office = office_for(world, case)
            dispatch(world, case, office, now)
            yield (now := world.after(now, 0.3, fate))
            world.take(case, Step.ACCEPT, world.staff.mediator_of(office), now)


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
