"""The consultations of the demo, and two handovers of its window: one taken, one that waits."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from config.demo import Question
from service.cli.demo.office import back
from service.cli.demo.people import People
from service.cli.demo.world import Life, World
from service.operations import consultation as operations
from service.operations import shift_note as notes
from service.operations.consultation import Asked

SEED: Final = 20260712  # dice of their own: the year of the disputes stays what it was
FEW_HOURS: Final = timedelta(hours=3)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each question, and the two handovers."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up questions every time
    people = People(world.town, rng)
    for question in world.town.consultations:
        yield _asked(world, question, people, rng, now)
    yield _handed_over(world, rng, now)


def _asked(world: World, question: Question, people: People, rng: Random, now: datetime) -> Life:
    name, _ = people.name()
    yield (at := back(now, question.ago, world.desk, rng))
    operations.record(
        Asked(
            question=question.question,
            answer=question.answer,
            source=question.source,
            category=question.category,
            name=name if question.named else None,
            village=rng.choice(world.town.villages),
            guided_to=list(question.guided_to) or None,
        ),
        actor=world.staff.actors["window"],
        desk=world.desk,
        now=at,
    )


def _handed_over(world: World, rng: Random, now: datetime) -> Life:
    """The clerk to the director at noon, and the other way round this morning."""
    window, director = world.staff.actors["window"], world.staff.actors["director"]
    first, last = world.town.shift_notes
    yield (at := back(now, 1, world.desk, rng) - FEW_HOURS)
    note = notes.hand_over(first, actor=window, desk=world.desk, now=at)
    yield (at := at + timedelta(minutes=20))
    notes.take(note, actor=director, desk=world.desk, now=at)
    yield (at := max(at, now - FEW_HOURS))
    notes.hand_over(last, actor=director, desk=world.desk, now=at)
