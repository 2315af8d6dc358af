"""How disputes come in to the demo: a story becomes a visit at the window."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.demo import SeveralMatters, Story
from config.money import FEN_PER_YUAN
from config.vocabulary import PartyRole, Source
from service.cli.demo.world import Case, World, yuan
from service.operations import dispute as disputes
from service.operations.dispute import Visit
from service.queries import dispute as queries

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


def register(world: World, story: Story, now: datetime) -> Case:
    """Register a story as the window, or whoever its source comes by."""
    rng = world.rng
    n = rng.randint(*story.n)
    amount = rng.randint(*story.amount) // 10 * 10 * FEN_PER_YUAN if story.amount else None
    source = story.source or rng.choice(SOURCES)
    village, today = rng.choice(world.town.villages), world.desk.today(now)
    words = {"n": n, "amount": yuan(amount), "village": village, "when": world.say("times")}
    ago = {name: today - timedelta(days=days) for name, days in story.ago.items()}
    visit = Visit(
        category=story.category,
        narrative=story.narrative.format(**words),
        source=source,
        source_reference=_reference(source, rng, now),
        parties=_parties(world, story.against),
        place={"village": village, "detail": f"{rng.randint(1, 9)}组路口"},
        occurred_on=today - timedelta(days=rng.randint(0, 40)),
        amount=amount,
        people_count=rng.randint(*story.people) if story.people else 2,
        facts=dict(story.facts) | ago,
    )
    registrar = world.staff.actors[REGISTRARS.get(source, "window")]
    made = disputes.register(visit, actor=registrar, desk=world.desk, now=now)
    return _case(world, made[0].id, story, now, amount=amount, n=n)


def register_several(world: World, visit: SeveralMatters, now: datetime) -> list[Case]:
    """Register one visit as several disputes."""
    stories = [_story_of(world, category) for category in visit.categories]
    made = disputes.register(
        Visit(
            category=stories[0].category,
            narrative=visit.narrative,
            source=Source.WALK_IN,
            parties=_parties(world, None),
            place={"village": world.rng.choice(world.town.villages), "detail": None},
            matters=[{"category": s.category, "facts": dict(s.facts)} for s in stories],
        ),
        actor=world.staff.actors["window"],
        desk=world.desk,
        now=now,
    )
    return [
        _case(world, each.id, story, now, amount=None, n=1)
        for each, story in zip(made, stories, strict=True)
    ]


def _parties(world: World, against: str | None) -> list[dict[str, Any]]:
    people, role = world.people, PartyRole.RESPONDENT
    other = people.business(role, against) if against else people.person(role)
    return [people.person(PartyRole.APPLICANT), other]


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


def _story_of(world: World, category: str) -> Story:
    return next(
        each for each in world.town.stories if each.category == category and not each.against
    )


def _reference(source: Source, rng: Random, now: datetime) -> str | None:
    if source in (Source.HOTLINE_12345, Source.MENGQITONG, Source.POLICE_110):
        return f"示-{now:%Y%m}-{rng.randint(1, 9999):04d}"
    return None
