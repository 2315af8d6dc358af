"""府检府院联动 of the demo: every register, every stage, one late, one due; the court's sheet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from config.exchange import TO_EXPLAIN, ExchangeReason
from config.linkage import LinkagePeriod, LinkageRegister, LinkageStage
from config.meeting import MeetingKind
from config.vocabulary import OrganisationKind
from service.cli.demo.office import back, soon
from service.cli.demo.world import Life, World
from service.operations import exchange as exchanges
from service.operations import linkage as operations
from service.operations import meeting as meetings
from service.operations.linkage import LinkageDraft
from service.operations.meeting import DecisionDraft, ItemDraft, MeetingDraft, Minutes
from service.queries import exchange as sheets
from service.queries import linkage as queries
from service.queries import meeting as meeting_queries
from service.reports import exchange as reports
from service.rules.exchange import OurCase
from service.rules.linkage import Said

K, R, S = OrganisationKind, LinkageRegister, LinkageStage
SEED: Final = 20261215
PROCURATORATE, COURT = "奈曼旗人民检察院", "奈曼旗人民法院"
Stages = tuple[tuple[LinkageStage, int, str, str], ...]  # stage, days ago, words, paper


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `ago` days back it came, due so many days after; what happened to it since."""

    register: LinkageRegister
    sort: str
    unit: OrganisationKind
    asker: str
    sign: str
    title: str
    words: str
    ago: int
    due: int | None = None
    period: LinkagePeriod | None = None
    stages: Stages = ()


ROWS: Final = (
    Row(
        R.OVERSIGHT,
        "public_interest",
        K.MARKET_REGULATOR,
        PROCURATORATE,
        "奈检行公立〔{year}〕9001号",
        "集贸市场散装食品没有标签",
        "三个摊位的散装食品没有生产日期，检察院已拍照。",
        90,
        stages=(
            (S.CONSULTED, 84, "双方到市场看过，当场说明了要求。", ""),
            (S.SUGGESTED, 75, "", "奈检行公建〔{year}〕9001号"),
            (S.RECTIFIED, 40, "三个摊位都贴了标签，附照片。", ""),
            (S.FOLLOWED, 12, "检察院回看，新来的两个摊位还没有贴。", ""),
        ),
    ),
    Row(
        R.OVERSIGHT,
        "litigation",
        K.TOWN_GOVERNMENT,
        PROCURATORATE,
        "奈检行监〔{year}〕9002号",
        "拆除决定的送达程序",
        "拆除决定没有留下送达回证。",
        200,
        stages=(
            (S.SUGGESTED, 190, "", "奈检行建〔{year}〕9002号"),
            (S.FOLLOWED, 130, "检察院跟进，仍未补正。", ""),
            (S.SUED, 110, "", ""),
            (S.ENDED, 30, "判决履行完毕，检察院终结。", ""),
        ),
    ),
    Row(
        R.INQUIRY,
        "files",
        K.JUSTICE_OFFICE,
        PROCURATORATE,
        "奈检调〔{year}〕9003号",
        "调阅三册调解案卷",
        "调阅土地承包调解案卷三册。",
        12,
        due=7,
    ),
    Row(
        R.INQUIRY,
        "questions",
        K.POLICE_STATION,
        PROCURATORATE,
        "奈检调〔{year}〕9004号",
        "核实出警记录",
        "核实一次出警的时间和经过。",
        45,
        due=10,
        stages=((S.DONE, 38, "已书面答复，附出警记录复印件。", ""),),
    ),
    Row(
        R.INQUIRY,
        "files",
        K.JUSTICE_OFFICE,
        PROCURATORATE,
        "奈检调〔{year}〕9005号",
        "调阅一册案卷",
        "调阅邻里调解案卷一册。",
        33,
        due=10,
        stages=((S.ENDED, 29, "检察院来电撤回调阅。", ""),),
    ),
    Row(
        R.COURT_AID,
        "service",
        K.POLICE_STATION,
        COURT,
        "（{year}）内0525民初9011号",
        "协助送达起诉状副本",
        "收件人常年不在家，请到牧铺找。",
        4,
        due=9,
    ),
    Row(
        R.COURT_AID,
        "enforcement",
        K.TOWN_GOVERNMENT,
        COURT,
        "（{year}）内0525执9012号",
        "协助腾退房屋",
        "请村里派人到场见证。",
        60,
        due=15,
        stages=((S.DONE, 50, "村干部两人到场，当天腾退完毕。", ""),),
    ),
    Row(
        R.COURT_AID,
        "service",
        K.POLICE_STATION,
        COURT,
        "（{year}）内0525民初9013号",
        "协助送达传票",
        "收件人在外地打工。",
        55,
        due=10,
        stages=((S.FAILED, 42, "人在外地，电话里不肯告诉地址，已回复法庭。", ""),),
    ),
    Row(
        R.COURT_AID,
        "service",
        K.POLICE_STATION,
        COURT,
        "（{year}）内0525民初9014号",
        "协助送达判决书",
        "收件人在牧区。",
        25,
        due=10,
        stages=((S.ENDED, 22, "法庭说已经电子送达。", ""),),
    ),
    Row(
        R.OBLIGATION,
        "clause",
        K.TOWN_GOVERNMENT,
        "青龙山镇府院联动实施办法",
        "第三条",
        "每季度开一次府院联席会议",
        "镇政府和人民法庭每季度开一次联席会议。",
        150,
        due=30,
        period=LinkagePeriod.QUARTERLY,
        stages=((S.DONE, 112, "会议纪要第 1 期，晚开了一周。", ""),),
    ),
    Row(
        R.OBLIGATION,
        "joint_list",
        K.JUSTICE_OFFICE,
        "涉府未结案件联合清单",
        "第 2 项",
        "补偿案件共同约谈一次",
        "司法所和法庭共同约谈双方。",
        20,
        due=26,
        period=LinkagePeriod.ONCE,
    ),
    Row(
        R.OBLIGATION,
        "clause",
        K.TOWN_GOVERNMENT,
        "青龙山镇府院联动实施办法",
        "第七条",
        "设联络员值班表",
        "双方各设一名联络员。",
        140,
        due=20,
        period=LinkagePeriod.ONCE,
        stages=((S.ENDED, 100, "并入第六条，不再单独办。", ""),),
    ),
    Row(
        R.ENFORCEMENT_CHECK,
        "inspection",
        K.MARKET_REGULATOR,
        "旗司法局抽查",
        "",
        "处罚告知程序",
        "两份处罚卷宗没有听证告知书。",
        70,
        due=40,
        stages=(
            (S.CONSULTED, 62, "司法所、市场监管所会商，认定是程序瑕疵。", ""),
            (S.RECTIFIED, 35, "补了告知书，完善了模板。", ""),
            (S.ENDED, 28, "抽看三册，已改好。", ""),
        ),
    ),
)
SEALED: Final = (
    Row(
        R.REFERRAL,
        "duty_violation",
        K.TOWN_GOVERNMENT,
        "奈曼旗纪委监委",
        "",
        "",
        "",
        80,
        stages=(
            (S.RECEIVED, 72, "", "奈纪收〔{year}〕9021号"),
            (S.FED_BACK, 20, "", "奈纪复〔{year}〕9022号"),
        ),
    ),
    Row(R.REFERRAL, "enforcement", K.TOWN_GOVERNMENT, "奈曼旗纪委监委", "", "", "", 9),
    Row(
        R.INTERFERENCE,
        "call",
        K.TOWN_GOVERNMENT,
        COURT,
        "（{year}）内0525行初9031号",
        "",
        "有人来电打听案件怎么判，已告知按规定记录。",
        16,
    ),
)


def lives(world: World, now: datetime) -> Iterator[Life]:
    """The rows, the meeting with the court, and the sheets it sent."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    for row in (*ROWS, *SEALED):
        yield _life(world, row, rng, now)
    yield _met(world, rng, now)
    yield _exchanged(world, rng, now)


def _life(world: World, row: Row, rng: Random, now: datetime) -> Life:
    desk, legal = world.desk, world.staff.actors["legal"]
    yield (at := back(now, row.ago, desk, rng))
    today, year = desk.today(at), desk.today(at).year
    sealed = row in SEALED
    interfered = row.register is R.INTERFERENCE
    draft = LinkageDraft(
        register=row.register,
        sort=row.sort,
        asker=row.asker,
        received_on=today,
        organisation=None if sealed else _unit(world, row.unit),
        title=row.title or None,
        sign=row.sign.format(year=year) or None,
        due_on=today + timedelta(days=row.due) if row.due else None,
        period=row.period,
        words=row.words or None,
        readers=[world.staff.actors["leader"].user_id] if interfered else [],
    )
    made = operations.record(draft, actor=legal, desk=desk, now=at)
    for stage, ago, words, paper in row.stages:
        yield (at := max(back(now, ago, desk, rng), at + timedelta(minutes=15)))
        told: dict[str, Any] = {"sealed": sealed, "actor": legal, "desk": desk, "now": at}
        said = Said(on=desk.today(at), words=words or None, paper=paper.format(year=year) or None)
        version = queries.one(made, **told).version
        operations.take(made, stage, said, version=version, **told)


def _unit(world: World, kind: OrganisationKind) -> UUID:
    return world.staff.ids[world.staff.offices[kind.value][0].name]


def _met(world: World, rng: Random, now: datetime) -> Life:
    """府院联席会议: one decision is late, one is carried out, one waits."""
    desk = world.desk
    yield (at := back(now, 34, desk, rng))
    told: dict[str, Any] = {"actor": world.staff.actors["director"], "desk": desk}
    draft = MeetingDraft(
        kind=MeetingKind.COURT,
        title="第四季度府院联席会议",
        held_at=soon(at, 2, now, desk, rng),
        place="人民法庭会议室",
        members=[_unit(world, each) for each in (K.PEOPLE_COURT, K.JUSTICE_OFFICE)],
        items=[ItemDraft(words="未结涉府案件逐件过一遍"), ItemDraft(words="协助送达怎么对接")],
    )
    made = meetings.call(draft, now=at, **told)
    yield (at := draft.held_at + timedelta(hours=2))
    today = desk.today(at)
    minutes = Minutes(
        words="双方逐件过了清单，约定每月交换一次数据。",
        attended=list(draft.members),
        decisions=[
            DecisionDraft(words=words, organisation=_unit(world, kind), due_on=today + days)
            for words, kind, days in (
                ("每月底前交换一次案件数据", K.JUSTICE_OFFICE, timedelta(days=12)),
                ("编一份协助送达联系表", K.JUSTICE_OFFICE, timedelta(days=20)),
                ("商定补偿案件的约谈办法", K.PEOPLE_COURT, timedelta(days=75)),
            )
        ],
    )
    version = meeting_queries.one(made, now=at, **told).version
    meetings.record(made, minutes, version=version, now=at, **told)
    yield (at := soon(at, 6, now, desk, rng))
    liaison: dict[str, Any] = {"actor": world.staff.actors["liaison"], "desk": desk, "now": at}
    done = meeting_queries.one(made, **liaison).decisions[1]
    meetings.settle(made, done.id, "联系表已经发给各村和法庭", **liaison)


def _exchanged(world: World, rng: Random, now: datetime) -> Life:
    """The court's sheet twice: explained last month, waiting since yesterday."""
    legal = world.staff.actors["legal"]
    for ago in (31, 1):
        yield (at := back(now, ago, world.desk, rng))
        told: dict[str, Any] = {"actor": legal, "desk": world.desk, "now": at}
        made = exchanges.read(_of_the_court(world, ago), **told)
        if ago == 1:
            return
        asked = [each for each in sheets.rows(made) if each.verdict in TO_EXPLAIN]
        reasons = {each.ordinal: ExchangeReason.COURT_AHEAD for each in asked}
        exchanges.keep(made, reasons, version=1, **told)


def _of_the_court(world: World, ago: int) -> bytes:
    """Our cases as the court has them: one is elsewhere, one it has alone."""
    ours = sheets.our_cases(world.staff.actors["legal"])[-4:]
    other = OurCase(f"（2026）内0525行初{9900 + ago}号", COURT, None, "审理中")
    moved = [OurCase(each.case_number, each.court, None, "已裁判") for each in ours[-1:]]
    return reports.workbook([*ours[:-1], *moved, other])
