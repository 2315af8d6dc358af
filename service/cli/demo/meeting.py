"""Meetings 会议 of the demo: one held with decisions late, done and waiting, one still to come."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.meeting import MeetingKind
from config.vocabulary import OrganisationKind
from service.cli.demo.office import back, soon
from service.cli.demo.world import Life, World
from service.operations import meeting as operations
from service.operations.meeting import DecisionDraft, ItemDraft, MeetingDraft, Minutes
from service.queries import meeting as queries

K = OrganisationKind
SEED: Final = 20261127
PLACE: Final = "镇综治中心三楼会议室"
INVITED: Final = (
    K.POLICE_STATION,
    K.JUSTICE_OFFICE,
    K.PEOPLE_MEDIATION_COMMITTEE,
    K.PEOPLE_COURT,
    K.MARKET_REGULATOR,
)
AGO: Final = 16


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One that was held, one that is called for next week."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    yield _held(world, rng, now)
    yield _to_come(world, rng, now)


def _unit(world: World, kind: OrganisationKind) -> UUID:
    return world.staff.ids[world.staff.offices[kind.value][0].name]


def _called(
    world: World, title: str, held_at: datetime, items: list[ItemDraft], at: datetime
) -> UUID:
    draft = MeetingDraft(
        kind=MeetingKind.JOINT,
        title=title,
        held_at=held_at,
        place=PLACE,
        members=[_unit(world, each) for each in INVITED],
        items=items,
    )
    director = world.staff.actors["director"]
    return operations.call(draft, actor=director, desk=world.desk, now=at)


def _held(world: World, rng: Random, now: datetime) -> Life:
    """Called, held two days later, and one of its decisions is carried out."""
    desk, director = world.desk, world.staff.actors["director"]
    yield (at := back(now, AGO, desk, rng))
    case = world.in_hand["contract"]
    items = [
        ItemDraft(number=case.number, words="合同的事谈了两次没有结果，请各单位出主意"),
        ItemDraft(words="冬季柴草、取暖纠纷怎么排查"),
    ]
    held_at = soon(at, 2, now, desk, rng)
    made = _called(world, "十一月矛盾纠纷联席会议", held_at, items, at)
    yield (at := held_at + timedelta(hours=2))
    today, told = desk.today(at), {"actor": director, "desk": desk, "now": at}
    minutes = Minutes(
        words="各单位通报了本月情况，没有新的苗头。",
        attended=[_unit(world, each) for each in INVITED[:4]],
        said={1: "司法所认为条款说得清楚，派出所说双方近来平静。", 2: "各村十二月以前走一遍。"},
        decisions=[
            DecisionDraft(
                words="请调委会再约双方谈一次",
                organisation=_unit(world, K.PEOPLE_MEDIATION_COMMITTEE),
                due_on=today + timedelta(days=5),
                item=1,
            ),
            DecisionDraft(
                words="排一张冬季走访表发给各村",
                organisation=_unit(world, K.JUSTICE_OFFICE),
                due_on=today + timedelta(days=7),
                item=2,
            ),
            DecisionDraft(
                words="检查取暖用煤的价格标示",
                organisation=_unit(world, K.MARKET_REGULATOR),
                due_on=today + timedelta(days=60),
                item=2,
            ),
        ],
    )
    who: dict[str, Any] = dict(told)
    version = queries.one(made, **who).version
    operations.record(made, minutes, version=version, **who)
    yield (at := soon(at, 3, now, desk, rng))
    liaison: dict[str, Any] = {"actor": world.staff.actors["liaison"], "desk": desk, "now": at}
    done = queries.one(made, **liaison).decisions[1]
    operations.settle(made, done.id, "走访表已经发到各村", **liaison)


def _to_come(world: World, rng: Random, now: datetime) -> Life:
    """Called for the week to come."""
    yield (at := back(now, 1, world.desk, rng))
    items = [
        ItemDraft(words="上次议定事项落实情况"),
        ItemDraft(words="年底欠薪纠纷联合处置怎么分工"),
    ]
    _called(world, "十二月矛盾纠纷联席会议", at + timedelta(days=8), items, at)
