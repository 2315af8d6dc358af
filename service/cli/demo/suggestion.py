"""Letters 建议书 of the demo: every state, one in its second round, one overdue, one objected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.suggestion import Adoption, SuggestionKind, SuggestionStep
from config.vocabulary import OrganisationKind
from service.cli.demo.office import back
from service.cli.demo.world import Life, World
from service.operations import suggestion as operations
from service.operations import suggestion_step as steps
from service.operations.suggestion import DemandDraft, SuggestionDraft
from service.queries import suggestion as queries

SEED: Final = 20261130
COURT, PROCURATORATE, BANNER = "奈曼旗人民法院", "奈曼旗人民检察院", "奈曼旗人民政府"
K, T, U = SuggestionKind, SuggestionStep, OrganisationKind
NONE: Final[Mapping[str, Any]] = {}
# what of a step's body is a day: so many days before today
DAYS: Final = frozenset(
    {
        "accepted_on",
        "dispatched_on",
        "filed_on",
        "looked_on",
        "received_on",
        "stated_due_on",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A letter that came so many days `ago`; `then`: days ago, step, what is told with it."""

    kind: SuggestionKind
    issuer: str
    title: str
    unit: OrganisationKind
    ago: int
    demands: tuple[str, ...]
    urgent: bool = False
    then: tuple[tuple[int, SuggestionStep, Mapping[str, Any]], ...] = field(default=())


# how each kind is numbered; the numbers are made up
SIGNS: Final[Mapping[SuggestionKind, str]] = {
    SuggestionKind.PROCURATORIAL_GENERAL: "奈检建〔{year}〕{number}号",
    SuggestionKind.PROCURATORIAL_PUBLIC_INTEREST: "奈检行公建〔{year}〕{number}号",
    SuggestionKind.PROCURATORIAL_SUPERVISION: "奈检行监建〔{year}〕{number}号",
    SuggestionKind.JUDICIAL_GOVERNANCE: "奈法建〔{year}〕{number}号",
    SuggestionKind.JUDICIAL_CASE: "奈法建〔{year}〕{number}号",
    SuggestionKind.REVIEW_OPINION: "奈政复意〔{year}〕{number}号",
}


def _sent(ago: int, number: int) -> tuple[tuple[int, SuggestionStep, Mapping[str, Any]], ...]:
    """Answered, approved and sent, all within two days."""
    told = {
        "dispatched_on": ago,
        "method": "邮政特快专递",
        "document_number": f"青政函〔{{year}}〕{number}号",
    }
    return (
        (ago + 2, T.ANSWER_DEMAND, NONE),
        (ago + 1, T.APPROVE, NONE),
        (ago, T.DISPATCH, told),
    )


def _assigned(ago: int) -> tuple[int, SuggestionStep, Mapping[str, Any]]:
    return (ago, T.ASSIGN, NONE)


LETTERS: Final = (
    Made(
        kind=K.PROCURATORIAL_PUBLIC_INTEREST,
        issuer=PROCURATORATE,
        title="牤牛河岸边垃圾治理",
        unit=U.AGRICULTURE,
        ago=300,
        demands=("清理河道两岸堆放的生活垃圾", "建立河道日常巡查制度"),
        then=(
            _assigned(298),
            *_sent(250, 11),
            (240, T.SEND_BACK, {"received_on": 240, "reason": "下游两处没有清理干净"}),
            *_sent(222, 14),
            (210, T.ACCEPT, {"accepted_on": 210}),
            (150, T.LOOK_BACK, {"looked_on": 150, "holds": True, "words": "河道干净，没有反弹"}),
            (149, T.CLOSE, NONE),
        ),
    ),
    Made(
        kind=K.PROCURATORIAL_GENERAL,
        issuer=PROCURATORATE,
        title="村级印章管理不规范",
        unit=U.TOWN_GOVERNMENT,
        ago=100,
        demands=("清查村级印章使用登记", "制定用印审批办法"),
        then=(
            _assigned(98),
            *_sent(48, 21),
            (
                20,
                T.SEND_BACK,
                {"received_on": 20, "stated_due_on": -20, "reason": "用印审批办法没有附上"},
            ),
        ),
    ),
    Made(
        kind=K.PROCURATORIAL_GENERAL,
        issuer=PROCURATORATE,
        title="校园周边食品经营监管",
        unit=U.MARKET_REGULATOR,
        ago=78,
        demands=("检查校园周边食品经营户", "公布检查结果"),
        then=(_assigned(76),),
    ),
    Made(
        kind=K.PROCURATORIAL_PUBLIC_INTEREST,
        issuer=PROCURATORATE,
        title="草原开垦恢复植被",
        unit=U.FORESTRY_GRASSLAND,
        ago=25,
        demands=("督促恢复被开垦草原的植被",),
        then=(
            _assigned(24),
            (15, T.OBJECT, {"reason": "所涉地块登记为耕地，不属于草原"}),
        ),
    ),
    Made(
        kind=K.JUDICIAL_GOVERNANCE,
        issuer=COURT,
        title="土地流转合同签订不规范",
        unit=U.AGRICULTURE,
        ago=30,
        demands=("推广流转合同示范文本", "对已签合同逐份核对"),
        then=(_assigned(28),),
    ),
    Made(
        kind=K.REVIEW_OPINION,
        issuer=BANNER,
        title="信息公开答复超期",
        unit=U.TOWN_GOVERNMENT,
        ago=4,
        demands=("纠正答复超期的做法，报送整改情况",),
    ),
    Made(
        kind=K.PROCURATORIAL_SUPERVISION,
        issuer=PROCURATORATE,
        title="行政处罚决定送达不规范",
        unit=U.TOWN_GOVERNMENT,
        ago=125,
        demands=("规范文书送达程序",),
        then=(_assigned(123), *_sent(50, 19)),
    ),
    Made(
        kind=K.PROCURATORIAL_PUBLIC_INTEREST,
        issuer=PROCURATORATE,
        title="饮用水水源地保护",
        unit=U.NATURAL_RESOURCES,
        ago=200,
        demands=("拆除水源保护区内的违建羊圈", "设立保护标志"),
        then=(_assigned(198), *_sent(150, 16), (130, T.ACCEPT, {"accepted_on": 130})),
    ),
    Made(
        kind=K.JUDICIAL_CASE,
        issuer=COURT,
        title="负责人出庭应诉",
        unit=U.TOWN_GOVERNMENT,
        ago=10,
        demands=("今后依法安排负责人出庭应诉",),
    ),
    Made(
        kind=K.PROCURATORIAL_GENERAL,
        issuer=PROCURATORATE,
        title="道路护栏缺失",
        unit=U.TOWN_GOVERNMENT,
        ago=160,
        demands=("补齐村道临水路段护栏",),
        then=(
            (150, T.OBJECT, {"reason": "该路段由旗交通部门管养"}),
            (140, T.DECIDE_OBJECTION, {"upheld": True, "words": "建议撤回，改向旗交通部门提出"}),
        ),
    ),
)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """One life for each letter."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    for place, each in enumerate(LETTERS, 1):
        yield _life(world, each, place, rng, now)


def _life(world: World, made: Made, place: int, rng: Random, now: datetime) -> Life:
    desk, legal = world.desk, world.staff.actors["legal"]
    yield (at := back(now, made.ago, desk, rng))
    unit = world.staff.ids[world.staff.offices[made.unit.value][0].name]
    received = desk.today(at)
    letter = operations.record(
        SuggestionDraft(
            kind=made.kind,
            issuer=made.issuer,
            document_number=SIGNS[made.kind].format(year=received.year, number=900 + place),
            title=made.title,
            received_on=received,
            organisation=unit,
            urgent=made.urgent,
            served_how="直接送达",
            demands=[
                DemandDraft(number=number, text=text) for number, text in enumerate(made.demands, 1)
            ],
        ),
        actor=legal,
        desk=desk,
        now=at,
    )
    for ago, step, told in made.then:
        yield (at := max(back(now, ago, desk, rng), at + timedelta(minutes=1)))
        days = (desk.today(now), desk.today(at))
        for body in _bodies(step, told, made, unit, days):
            who = world.staff.actors["director" if step in (T.ASSIGN, T.APPROVE) else "legal"]
            version = queries.one(letter, actor=legal, desk=desk, now=at).version
            steps.take(letter, step, body, version=version, actor=who, desk=desk, now=at)


def _bodies(
    step: SuggestionStep,
    told: Mapping[str, Any],
    made: Made,
    unit: UUID,
    days: tuple[date, date],
) -> Iterator[dict[str, Any]]:
    """What is told with a step; each demand is answered by itself."""
    if step is T.ASSIGN:
        yield {"organisation": unit}
        return
    if step is T.ANSWER_DEMAND:
        for number in range(1, len(made.demands) + 1):
            measure = "已经安排专人办理，按要求整改到位，并建立了长效制度"
            yield {
                "number": number,
                "measure": measure,
                "adopted": Adoption.YES,
                "owner": "分管负责人",
            }
        return
    yield {name: _day(name, value, *days) for name, value in told.items()}


def _day(name: str, value: Any, today: date, acted: date) -> Any:
    """A day as it was so many days ago; what happened is told of on the day it happened."""
    if name == "document_number":
        return value.format(year=acted.year)
    if name not in DAYS:
        return value
    return today - timedelta(days=value) if value < 0 else acted
