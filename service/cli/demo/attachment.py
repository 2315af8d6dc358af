"""The files of the demo: a photo, an application, a scanned IOU, and one added by mistake."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final

from config.demo import Paper
from service.cli.demo import picture
from service.cli.demo.office import back
from service.cli.demo.world import Life, World
from service.operations import attachment as operations
from service.operations.attachment import AttachmentDraft

SEED: Final = 20260713
AGO: Final = 5


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life in which the mediator adds all of them, and looks at each once."""
    yield _added(world, Random(SEED), now)  # noqa: S311 -- the same made-up papers every time


def _added(world: World, rng: Random, now: datetime) -> Life:
    yield (at := back(now, AGO, world.desk, rng))
    for paper in world.town.papers:
        yield (at := at + timedelta(minutes=1))
        _add(world, paper, rng, at)


def _add(world: World, paper: Paper, rng: Random, at: datetime) -> None:
    case, mediator, desk = world.in_hand[paper.category], world.staff.actors["mediator"], world.desk
    draft = AttachmentDraft(name=paper.name, content=_content(paper, rng), kind=paper.kind)
    with operations.taken_in(
        case.id, draft, store=world.store, actor=mediator, desk=desk, now=at
    ) as candidate:
        added = operations.add(case.id, candidate, actor=mediator, desk=desk, now=at)
    if paper.withdrawn:
        operations.withdraw(case.id, added, paper.withdrawn, actor=mediator, desk=desk, now=at)
    else:
        operations.give(case.id, added, store=world.store, actor=mediator, desk=desk, now=at)


def _content(paper: Paper, rng: Random) -> bytes:
    if paper.text:
        return picture.document(paper.text)
    return picture.scan(rng) if paper.name.endswith(".pdf") else picture.photo(rng)
