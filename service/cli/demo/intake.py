"""How disputes come in to the demo: a story becomes a visit at the window."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
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


def register(world: World, story: Story, now: datetime, *, card: bool = False) -> Case:
    """Register a story as the window, or whoever its source comes by; a `card` is surely shown."""
    rng = world.rng
    n = rng.randint(*story.n)
    amount = rng.randint(*story.amount) // 10 * 10 * FEN_PER_YUAN if story.amount else None
    source = story.source or rng.choice(SOURCES)
    village, today = rng.choice(world.town.villages), world.desk.today(now)
    words = {"n": n, "amount": yuan(amount), "village": village, "when": world.say("times")}
    ago = {name: today - timedelta(days=days) for name, days in story.ago.items()}
    reference = _reference(source, rng, now)
    parties = _parties(world, story, today)
    if card:
        parties[0]["id_number"] = parties[0]["id_number"] or world.people.id_number()
    visit = Visit(
        category=story.category,
        narrative=story.narrative.format(**words),
        source=source,
        source_reference=reference,
        parties=parties,
        place={"village": village, "detail": f"{rng.randint(1, 9)}组路口"},
        occurred_on=today - timedelta(days=rng.randint(0, 40)),
        amount=amount,
        people_count=rng.randint(*story.people) if story.people else 2,
        facts=dict(story.facts) | ago,
    )
    registrar = world.staff.actors[REGISTRARS.get(source, "window")]
    made = disputes.register(visit, actor=registrar, desk=world.desk, now=now)
    return _case(world, made[0].id, story, now, parties[0], amount=amount, n=n)


def register_several(world: World, visit: SeveralMatters, now: datetime) -> list[Case]:
    """Register one visit as several disputes."""
    stories = [story_of(world, category) for category in visit.categories]
    parties = _parties(world, stories[0], world.desk.today(now))
    made = disputes.register(
        Visit(
            category=stories[0].category,
            narrative=visit.narrative,
            source=Source.WALK_IN,
            parties=parties,
            place={"village": world.rng.choice(world.town.villages), "detail": None},
            matters=[{"category": s.category, "facts": dict(s.facts)} for s in stories],
        ),
        actor=world.staff.actors["window"],
        desk=world.desk,
        now=now,
    )
    return [
        _case(world, each.id, story, now, parties[0], amount=None, n=1)
        for each, story in zip(made, stories, strict=True)
    ]


def _parties(world: World, story: Story, today: date) -> list[dict[str, Any]]:
    people, role = world.people, PartyRole.RESPONDENT
    other = people.business(role, story.against) if story.against else people.person(role)
    comes = people.person(PartyRole.APPLICANT)
    return [*(people.with_child(comes, today) if story.child else [comes]), other]


def _case(
    world: World,
    dispute_id: UUID,
    story: Story,
    now: datetime,
    applicant: Mapping[str, Any],
    *,
    amount: int | None,
    n: int,
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
        parties=[each.id for each in view.parties],
        applicant=applicant,
    )
    world.cases.append(case)
    return case


def story_of(world: World, category: str) -> Story:
    """The first story of a category in which people quarrel with one another."""
    return next(
        each for each in world.town.stories if each.category == category and not each.against
    )


def _reference(source: Source, rng: Random, now: datetime) -> str | None:
    if source in (Source.HOTLINE_12345, Source.MENGQITONG, Source.POLICE_110):
        return f"示-{now:%Y%m}-{rng.randint(1, 9999):04d}"
    return None
