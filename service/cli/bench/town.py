"""A made-up town of any size: one office, and disputes imported as ledgers, the bulk path.

People come back, some names are common, villages and categories are unevenly busy.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any, Final

import xlsxwriter

from config import demo
from config.demo import Town
from config.vocabulary import OrganisationKind, Role
from service.cli.demo.people import People
from service.desk import Desk
from service.operations import ledger, organisation, user
from service.operations.organisation import OrganisationDraft
from service.operations.user import UserDraft

SHEET: Final = 5_000  # rows of one ledger
YEARS: Final = 5
PASSWORD: Final = "Nur-fuer-eine-Messung-1"  # noqa: S105 -- of accounts that live in a scratch database
UNIT: Final = "测试镇人民调解委员会"
MEDIATORS: Final = ("调解甲", "调解乙", "调解丙", "调解丁")
HEADINGS: Final = (
    "登记日期",
    "申请人",
    "身份证号",
    "联系电话",
    "被申请人",
    "被申请人电话",
    "纠纷类型",
    "纠纷简要情况",
    "涉及金额",
    "涉及人数",
    "发生地",
    "承办单位",
    "调解员",
    "办理结果",
    "办结日期",
)  # fmt: skip -- one row
WHO: Final = "邻居 亲戚 合伙人 房东 租户 承包户 工友 买家 卖家 对方司机 施工队 经销商".split()
WHAT: Final = (
    "院墙 宅基地 排水沟 工钱 彩礼 货款 地界 草场 羊群 房租 押金 修路 取暖费 医药费".split()
)
HOW: Final = "一直没有说清 说好的又反悔 两家起了口角 多次商量不成 拖了半年不给 量出来对不上".split()
WISH: Final = (
    "请求中心调解 要求赔偿损失 要求恢复原状 希望当面说清 请求帮助讨要 要求书面道歉".split()
)
COMMON: Final = ("王伟", "李娜", "张敏", "刘洋")  # two-character names many people bear


@dataclass(slots=True)
class Crowd:
    """The people of the town, and what they quarrel about; the same for the same size."""

    size: int
    today: date
    labels: Sequence[str]
    rng: Random = field(default_factory=lambda: Random(20_261_102))  # noqa: S311 -- made-up people
    town: Town = field(default_factory=demo.load)
    known: list[tuple[str, str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        people = People(self.town, self.rng)
        for _ in range(max(20, self.size // 2)):
            phone = f"19{self.rng.randrange(10**9):09d}"
            village = self.rng.choice(self.town.villages)
            self.known.append((self.name(), people.id_number(), phone, village))

    def name(self) -> str:
        """Some bear a common name; one in three has two characters."""
        if self.rng.random() < 0.02:
            return self.rng.choice(COMMON)
        given = self.rng.choice(self.town.given) + self.rng.choice(self.town.given)
        return self.rng.choice(self.town.surnames) + given[: self.rng.choice((1, 2, 2))]

    def story(self) -> str:
        """What happened, in some of the words that such stories share."""
        pick = self.rng.choice
        parts = (f"与{pick(WHO)}因{pick(WHAT)}的事{pick(HOW)}", f"涉及{pick(WHAT)}和{pick(WHAT)}")
        told = f"前后{self.rng.randint(2, 60)}天，共{self.rng.randint(1, 900)}米"
        return "，".join((*parts, told, f"{pick(HOW)}，{pick(WISH)}")) + "。"

    def rows(self, count: int) -> Iterator[tuple[Any, ...]]:
        """Rows of a ledger, none of which equals another."""
        for _ in range(count):
            applicant, respondent = self.rng.sample(self.known, 2)
            day = self.today - timedelta(days=self.rng.randrange(YEARS * 365))
            closed = self.rng.random() < 0.9
            yield (
                day.isoformat(),
                *applicant[:3],
                respondent[0],
                respondent[2],
                self.labels[min(int(self.rng.expovariate(0.15)), len(self.labels) - 1)],
                self.story(),
                str(self.rng.randrange(100, 90_000)),
                self.rng.randint(2, 6),
                applicant[3],
                UNIT,
                self.rng.choice(MEDIATORS),
                "调解成功" if closed else "正在调解",
                min(self.today, day + timedelta(days=20)).isoformat() if closed else "",
            )


def workbook(rows: Iterator[tuple[Any, ...]]) -> bytes:
    """The rows as an office would send them."""
    kept = BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, HEADINGS)
    for place, row in enumerate(rows, 1):
        sheet.write_row(place, 0, row)
    book.close()
    return kept.getvalue()


def staff(desk: Desk, now: datetime) -> None:
    """The centre, a committee, and one account for each role that works in the measuring."""
    centre = organisation.create(
        OrganisationDraft(kind=OrganisationKind.GOVERNANCE_CENTRE, name="测试镇中心", prefix="BEN"),
        actor=None,
        now=now,
    )
    unit = organisation.create(
        OrganisationDraft(kind=OrganisationKind.PEOPLE_MEDIATION_COMMITTEE, name=UNIT),
        actor=None,
        now=now,
    )
    people = [(centre, "窗口", "window", Role.WINDOW)]
    people += [
        (unit, name, f"mediator{place}", Role.MEDIATOR) for place, name in enumerate(MEDIATORS)
    ]
    people += [
        (unit, "联络", "liaison", Role.LIAISON),
        (centre, "主任", "director", Role.DIRECTOR),
        (centre, "领导", "leader", Role.LEADER),
    ]
    for home, name, username, role in people:
        draft = UserDraft(
            username=username, name=name, organisation=home, roles={role}, password=PASSWORD
        )
        user.create(draft, actor=None, desk=desk, now=now)


def fill(crowd: Crowd, desk: Desk, now: datetime, tell: Callable[[float], None]) -> None:
    """Import disputes until the town has its size."""
    done = 0
    while done < crowd.size:
        count = min(SHEET, crowd.size - done)
        content = workbook(crowd.rows(count))
        ledger.take_in(content, f"{done}.xlsx", actor=None, desk=desk, now=now)
        done += count
        tell(done / crowd.size)
