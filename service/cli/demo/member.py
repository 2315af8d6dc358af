"""The members of the demo's centre: how they sit there, who is on duty, who came, guidance."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID

from config.vocabulary import OrganisationKind, SeatKind
from service.cli.demo.office import back
from service.cli.demo.world import Life, World
from service.operations import attendance, dossier_review, duty_list, guidance
from service.operations import member as operations
from service.operations.guidance import GuidanceDraft
from service.operations.member import Terms
from service.queries.dossier_review import samples

K, S = OrganisationKind, SeatKind
SEED: Final = 20261104
JOINED: Final = 160  # days ago
SIGNED: Final = 31
COME: Final = 0.9
# kind, seat, weekdays, duty list as it is pasted
UNITS: Final = (
    (K.POLICE_STATION, S.RESIDENT, (), "周一至周五\t卢志强\t是\n周六、周日\t苏海明\t是"),
    (K.JUSTICE_OFFICE, S.RESIDENT, (), "周一至周三\t冯立春\n周四、周五\t姜丽华"),
    (K.LAW_FIRM, S.ROTATING, (1, 4), "周一至周三\t彭文静\n周四、周五\t夏志远"),
    (K.LEGAL_SERVICE, S.ROTATING, (2,), "周一至周四\t汪德海"),
    (K.PEOPLE_COURT, S.ON_CALL, (), "工作日\t龚雪松"),
    (K.TRAFFIC_COMMITTEE, S.ON_CALL, (), "工作日\t乔振邦"),
)
OUTSIDE: Final = frozenset({K.LAW_FIRM, K.TRAFFIC_COMMITTEE})
PHONES: Final = {K.POLICE_STATION: "0475-5550110", K.LAW_FIRM: "0475-5550166"}
REFUSALS: Final = (
    (K.LEGAL_SERVICE, "medical", "医疗损害要先鉴定，本所没有条件", K.HEALTH),
    (K.POLICE_STATION, "intellectual_property", "不涉及治安，不属派出所调解", K.IP_OFFICE),
)
MISSING: Final = {"visit": "没有回访记录", "signatures": "协议书第二页没有盖章"}
GUIDED: Final = (
    (
        64,
        "papers",
        "抽看了五份协议书，两份没有写履行方式和期限。",
        "补写履行方式和期限，以后逐份核对",
        20,
    ),
    (33, "screening", "春播地界排查表填得全，没有漏户。", None, 0),
    (12, "dossier", "三册案卷缺回访记录，目录页码对不上。", "补回访记录，重编目录", 9),
    (3, "method", "一起听了一场赡养调解，讲了分开谈、再合起来谈的办法。", None, 0),
)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """Membership and duty first, then every morning, then the guidance of the justice office."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    yield _joined(world, rng, now)
    yield _mornings(world, rng, now)
    yield _called(world, rng, now)
    yield _reviewed(world, rng, now)
    for each in GUIDED:
        yield _guided(world, rng, now, each)


def _joined(world: World, rng: Random, now: datetime) -> Life:
    desk, director = world.desk, world.staff.actors["director"]
    yield (at := back(now, JOINED, desk, rng))
    for kind, seat, weekdays, duty in UNITS:
        unit = _unit(world, kind)
        terms = Terms(
            joined_on=desk.today(at),
            inside_town=kind not in OUTSIDE,
            duty_phone=PHONES.get(kind),
            takes=["traffic"] if kind is K.TRAFFIC_COMMITTEE else None,
            seat=seat,
            weekdays=weekdays,
        )
        operations.take_in(unit, terms, actor=director, desk=desk, now=at)
        duty_list.take_list(unit, duty, actor=director, desk=desk, now=at)
    for kind, category, words, go_to in REFUSALS:
        operations.refuse(
            _unit(world, kind),
            category,
            words=words,
            go_to=go_to,
            version=1,
            actor=director,
            desk=desk,
            now=at,
        )


def _mornings(world: World, rng: Random, now: datetime) -> Life:
    """The resident and rotating units sign in; now and then one is missing."""
    desk, window = world.desk, world.staff.actors["window"]
    for ago in range(SIGNED, 0, -1):
        day = desk.today(now) - timedelta(days=ago)
        if not desk.calendar.is_working_day(day):
            continue
        at = _morning(world, day)
        yield at
        for kind, seat, weekdays, _ in UNITS:
            due = seat is S.RESIDENT or day.isoweekday() in weekdays
            if due and rng.random() < 0.9:
                attendance.sign_in(_unit(world, kind), actor=window, desk=desk, now=at)


def _called(world: World, rng: Random, now: datetime) -> Life:
    """The court was asked for and came; another time it is still awaited."""
    desk, window = world.desk, world.staff.actors["window"]
    court = _unit(world, K.PEOPLE_COURT)
    yield (at := back(now, 5, desk, rng))
    attendance.ask(court, actor=window, desk=desk, now=at)
    yield (at := at + timedelta(minutes=25))
    attendance.sign_in(court, actor=window, desk=desk, now=at)
    yield (at := now - timedelta(minutes=4))
    attendance.ask(court, actor=window, desk=desk, now=at)


def _guided(
    world: World, rng: Random, now: datetime, told: tuple[int, str, str, str | None, int]
) -> Life:
    ago, topic, finding, follow_up, days = told
    desk, liaison = world.desk, world.staff.actors["liaison"]
    yield (at := back(now, ago, desk, rng))
    today = desk.today(at)
    draft = GuidanceDraft(
        committee=rng.choice(_committees(world)),
        guided_on=today,
        guided_by="冯立春",
        topic=topic,
        finding=finding,
        follow_up=follow_up,
        follow_up_on=today + timedelta(days=days) if follow_up else None,
    )
    made = guidance.record(draft, actor=liaison, desk=desk, now=at)
    if topic == "papers":
        yield (at := back(now, ago - days, desk, rng))
        guidance.done(made, actor=liaison, desk=desk, now=at)


def _reviewed(world: World, rng: Random, now: datetime) -> Life:
    """Four dossiers are drawn: one is complete, one was put right, one is not yet, one waits."""
    desk, director = world.desk, world.staff.actors["director"]
    yield (at := back(now, 4, desk, rng))
    today = desk.today(at)
    made = dossier_review.draw(
        today - timedelta(days=120), today, 4, actor=director, desk=desk, now=at
    )
    drawn = samples(made, actor=director, desk=desk, now=at)
    whole = dict.fromkeys(desk.policy.members.items, "yes")
    for each, failing in zip(drawn, (None, "visit", "signatures"), strict=False):
        words = {failing: MISSING[failing]} if failing else {}
        answers = whole | dict.fromkeys(words, "no")
        dossier_review.score(each.id, answers, words, actor=director, desk=desk, now=at)
        if failing == "visit":
            dossier_review.remedy(each.id, actor=director, desk=desk, now=at)


def _committees(world: World) -> Sequence[UUID]:
    return [
        world.staff.ids[each.name] for each in world.staff.offices[K.PEOPLE_MEDIATION_COMMITTEE]
    ]


def _unit(world: World, kind: OrganisationKind) -> UUID:
    return world.staff.ids[world.staff.offices[kind][0].name]


def _morning(world: World, day: date) -> datetime:
    return datetime.combine(day, time(8, 40), tzinfo=world.desk.zone).astimezone(UTC)
