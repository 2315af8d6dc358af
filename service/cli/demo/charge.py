"""Leaders of the demo: disputes in their charge, looked into or not yet, and reception days."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.vocabulary import AgreementForm, OrganisationKind, Outcome, Step
from service.cli.demo.intake import register, story_of
from service.cli.demo.office import back, soon
from service.cli.demo.world import Fate, Life, World, dispatch
from service.operations import charge as operations
from service.operations import reception
from service.operations.reception import ReceptionDraft
from service.rules.calendar import ONE_DAY

SEED: Final = 20261128
PLACE: Final = "镇政府一楼接访室"
BEGINS, ENDS = time(9), time(11, 30)
PLANNED, RECEIVED = 24, 18  # days ago
TO_COME: Final = (4, 11)  # days ahead
MEASURES: Final = (
    "请调委会和司法所本周一起上门，先把合同条款讲清楚",
    "已听调委会汇报，下周约双方到镇里面谈",
)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """Looked into, not yet, brought to a reception and settled; and receptions to come."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    yield _looked_into(world, rng, now)
    yield _not_yet(world, rng, now)
    yield _brought(world, rng, now)
    yield _to_come(world, rng, now)


def _name(world: World, dispute_id: UUID, at: datetime) -> None:
    leader, director = (world.staff.actors[each] for each in ("leader", "director"))
    operations.name(dispute_id, leader.user_id, actor=director, desk=world.desk, now=at)


def _looked_into(world: World, rng: Random, now: datetime) -> Life:
    """Two measures of the leader's own."""
    yield (at := back(now, 15, world.desk, rng))
    case = world.in_hand["contract"]
    _name(world, case.id, at)
    for words in MEASURES:
        yield (at := soon(at, 4, now, world.desk, rng))
        told: dict[str, Any] = {"actor": world.staff.actors["leader"], "desk": world.desk}
        operations.write(case.id, words, now=at, **told)


def _not_yet(world: World, rng: Random, now: datetime) -> Life:
    """Named two days ago."""
    yield (at := back(now, 2, world.desk, rng))
    _name(world, world.in_hand["housing"].id, at)


def _brought(world: World, rng: Random, now: datetime) -> Life:
    """Somebody comes to a reception, the leader takes it on, and it is settled."""
    desk, staff, fate = world.desk, world.staff, Fate(quick=True)
    director = staff.actors["director"]
    yield (at := back(now, PLANNED, desk, rng))
    day = desk.calendar.next_working_day(desk.today(now) - timedelta(days=RECEIVED))
    held = _plan(world, day, at)
    yield (at := datetime.combine(day, BEGINS, desk.zone) + timedelta(minutes=40))
    case = register(world, story_of(world, "neighbour"), at, card=True)
    yield (at := at + timedelta(minutes=15))
    reception.visit(held, case.number, actor=director, desk=desk, now=at)
    lead = staff.offices[OrganisationKind.PEOPLE_MEDIATION_COMMITTEE.value][0]
    mediator = staff.mediator_of(lead)
    dispatch(world, case, lead, at, mediator=mediator.user_id)
    _name(world, case.id, at)
    for step, body in (
        (Step.ACCEPT, {}),
        (Step.START, {}),
        (Step.AGREE, {"form": AgreementForm.ORAL}),
        (Step.CLOSE, {"outcome": Outcome.AGREED}),
    ):
        yield (at := world.after(at, 0, fate))
        world.take(case, step, mediator, at, **body)


def _to_come(world: World, rng: Random, now: datetime) -> Life:
    """Two planned, one of an earlier month's plan called off."""
    desk, today = world.desk, world.desk.today(now)
    yield (at := back(now, 3, desk, rng))
    days = [desk.calendar.next_working_day(today + timedelta(days=each)) for each in TO_COME]
    for day in days:
        _plan(world, day, at)
    off = _plan(world, desk.calendar.next_working_day(days[0] + ONE_DAY), at)
    yield (at := soon(at, 2, now, desk, rng))
    reception.call_off(off, actor=world.staff.actors["director"], desk=desk, now=at)


def _plan(world: World, day: date, at: datetime) -> UUID:
    leader, director = (world.staff.actors[each] for each in ("leader", "director"))
    draft = ReceptionDraft(leader=leader.user_id, on=day, begins=BEGINS, ends=ENDS, place=PLACE)
    return reception.plan(draft, actor=director, desk=world.desk, now=at)
